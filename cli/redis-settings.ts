import type { Engine, EngineOptions } from '../engine/index.ts';
import type { Logger } from '../gateway/logging.ts';
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

/** A gateway starts without a Redis that is away: whoever runs it hears of it, and what goes on without. */
export function warnWithoutRedis({ redisUp }: Pick<Engine, 'redisUp'>, { REDIS_URL }: Settings, logger: Logger): void {
  if (REDIS_URL === undefined || redisUp() !== false) return;
  logger.warn(
    { redis: new URL(REDIS_URL).host },
    'REDIS_URL: no Redis answers. The gateway goes on without it, somewhat slower, and uses it as soon as it is there',
  );
}
