import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type BenchReport,
  QUICK,
  runBench,
  runWorkersBench,
  type Sizes,
  tableOf,
  type WorkersBenchReport,
  workersTableOf,
} from '../../loadtest/bench/index.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Seconds instead of minutes: this looks at what is reported, not at how fast a machine under test is. */
const SMALL: Sizes = {
  ...QUICK,
  rounds: 1,
  roundBallots: 10_000,
  naiveBallots: 300,
  freshRoll: 30_000,
  freshRounds: 1,
  freshBallots: 5_000,
  closes: 1,
  fairnessSeconds: 1,
  sockets: 50,
  socketBallots: 8_000,
  openLoopPerSecond: 500,
  openLoopSeconds: 1,
  bursts: 2,
  idleSockets: 200,
  idleSettleMs: 400,
  subscribers: 20,
  fanoutSeconds: 1,
  growthBallots: 50_000,
  growthRounds: 1,
};

function bench(...args: string[]) {
  return spawnSync(process.execPath, [join(ROOT, 'cli/bench.ts'), ...args], { encoding: 'utf8' });
}

test('one run measures everything, and every acknowledged ballot is stored once', { timeout: 110_000 }, async () => {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const report = await runBench({ sizes: SMALL, growth: true, fanout: true, idle: true, say });

  expect(report).toMatchObject({ lost: 0, doubled: 0 });
  expect(report.ratios.engine_over_naive).toBeGreaterThan(5);
  expect(report.ratios.engine_over_ceiling).toBeGreaterThan(0.2);
  expect(report.ratios.engine_over_ceiling).toBeLessThan(2);
  const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);
  const expected: Record<keyof BenchReport, unknown> = {
    naive_per_s: positive,
    ceiling_per_s: positive,
    engine_per_s: positive,
    socket_per_s: positive,
    open_loop: { rate: 500, p50_ms: positive, p99_ms: positive },
    burst300: { p50_ms: positive, max_ms: positive },
    close_ms: positive,
    fresh_roll_ratio: positive,
    ratios: { engine_over_naive: positive, engine_over_ceiling: positive },
    lost: 0,
    doubled: 0,
    fairness: { a_offered_per_s: positive, b_p99_ms: positive },
    growth: { ballots: SMALL.growthBallots, other_ratio: positive, same_ratio: positive },
    fanout: {
      subscribers: 20,
      ballots_per_s: positive,
      messages_per_s: positive,
      age_p50_ms: expect.any(Number),
      age_p99_ms: expect.any(Number),
    },
    idle: { sockets: 200, kb_per_socket: expect.any(Number) },
  };
  expect(JSON.parse(JSON.stringify(report))).toEqual(expected);
  expect(lines.join('\n')).toContain('0 lost, 0 doubled');

  const table = tableOf({ ...report, socket_per_s: 19_999, close_ms: 100 });
  expect(table).toMatch(/through sockets.* 19,999 ballots\/s +>= 20,000 +MISS/);
  expect(table).toMatch(/close under full load.* 100 ms +<= 100 +pass/);
});

test('--workers measures the relay and the hot path over both stores of jobs', { timeout: 150_000 }, async () => {
  const sizes = { organisations: 3, rows: 900, rounds: 1, roundBallots: 4_000, loopMaxMs: 4_000 };
  const report = await runWorkersBench({ sizes, say: () => {} });
  const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);
  const figures = { relay_rows_per_s: positive, hot_path_ratio: positive, hot_path_per_s: positive };
  const expected: Record<keyof WorkersBenchReport, unknown> = {
    ...{ organisations: 3, rows: 900, alone_per_s: positive, lost: 0, doubled: 0 },
    postgres: figures,
    redis: figures,
  };
  expect(JSON.parse(JSON.stringify(report))).toEqual(expected);
  const table = workersTableOf({ ...report, redis: { ...report.redis, relay_rows_per_s: 4_999 } });
  expect(table).toMatch(/jobs in Redis: log rows until done +4,999 rows\/s +>= 5,000 +MISS/);
});

test('--help lists the flags, and a flag that is none is refused before anything starts', () => {
  const help = bench('--help');
  expect(help.status).toBe(0);
  for (const flag of ['--json', '--quick', '--growth', '--fanout', '--idle', '--workers'])
    expect(help.stdout).toContain(flag);
  const wrong = bench('--quik');
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toContain('--quik');
});
