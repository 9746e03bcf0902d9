import { expect, test } from 'vitest';
import { COINS_QUICK, type CoinsBenchReport, coinsTableOf, runCoinsBench } from '../../loadtest/bench/index.ts';

test('--coins measures the engine and sockets, and every acknowledged act is in the ledger', {
  timeout: 240_000,
}, async () => {
  const small = {
    members: 400,
    ideas: 40,
    rounds: 1,
    roundActs: 4_000,
    sockets: 40,
    socketActs: 2_000,
    loopMaxMs: 4_000,
  };
  const report = await runCoinsBench({ sizes: { ...COINS_QUICK, ...small }, say: () => {} });
  const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);
  const expected: Record<keyof CoinsBenchReport, unknown> = {
    ...{ participants: 400, ideas: 40, engine_per_s: positive, hot_per_s: positive, hot_over_spread: positive },
    ...{ sockets: 40, socket_per_s: positive, socket_p50_ms: positive, socket_p99_ms: positive },
    ...{ lost: 0, created: 0, contradictions: 0 },
  };
  expect(JSON.parse(JSON.stringify(report))).toEqual(expected);
  const table = coinsTableOf({ ...report, engine_per_s: 9_999, hot_over_spread: 0.7 });
  expect(table).toMatch(/engine in process, 40 ideas +9,999 acts\/s +>= 10,000 +MISS/);
  expect(table).toMatch(/over all ideas +0.7 +>= 0.7 +pass/);
});
