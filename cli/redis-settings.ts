import type { EngineOptions } from '../engine/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import type { Settings } from './settings.ts';

/**
 * What the engine uses Redis for, from the environment.
 * @throws StartProblem where ballots are to wait in a Redis that nobody names
 */
export function redisOptionsOf({ REDIS_URL, BALLOT_FALLBACK }: Settings): Pick<EngineOptions, 'redis'> {
  if (REDIS_URL !== undefined) return { redis: { url: REDIS_URL, ballotQueue: BALLOT_FALLBACK === 'queue' } };
  if (BALLOT_FALLBACK === 'off') return {};
  throw new StartProblem(
    'REDIS_URL is missing, and BALLOT_FALLBACK=queue: ballots wait in Redis; example: REDIS_URL=redis://127.0.0.1:6379',
  );
}
