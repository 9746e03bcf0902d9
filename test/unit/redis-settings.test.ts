import { expect, test } from 'vitest';
import { redisOptionsOf } from '../../cli/redis-settings.ts';
import { parseSettings } from '../../cli/settings.ts';

const optionsOf = (environment: Record<string, string>) => redisOptionsOf(parseSettings(environment));
const REDIS_URL = 'redis://127.0.0.1:6379';

test('without Redis there is none; with it ballots wait there only where that is asked for', () => {
  expect(optionsOf({})).toEqual({});
  expect(optionsOf({ REDIS_URL })).toEqual({ redis: { url: REDIS_URL, ballotQueue: false } });
  expect(optionsOf({ REDIS_URL, BALLOT_FALLBACK: 'queue' })).toEqual({ redis: { url: REDIS_URL, ballotQueue: true } });
});

test('a queue without a Redis is refused, with what to set', () => {
  expect(() => optionsOf({ BALLOT_FALLBACK: 'queue' })).toThrow(/REDIS_URL is missing.*example: REDIS_URL=/);
  expect(() => optionsOf({ BALLOT_FALLBACK: 'on' })).toThrow(/BALLOT_FALLBACK="on": neither off nor queue/);
});
