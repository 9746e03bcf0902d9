import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { planRun } from '../../loadtest/fault/plan.ts';
import { runNpmCommand } from './npm-command.ts';

const RUNS = 20;
/** Of `npm run fault`. */
const GATEWAYS = 2;
const QUEUED_RUNS = 6;
/** A minute with what starts before and settles afterwards; more of them by the command. */
const WORKERS_RUNS = 3;
/** 2 to 4 s a run, and the machine is shared. */
const TIMEOUT_MS = 240_000;

test(`${RUNS} faulted runs lose, double and misreport nothing`, { timeout: TIMEOUT_MS }, async () => {
  const seed = process.env.PSEPHOS_SEED ?? String(randomInt(2 ** 31));
  const { code, output, figures } = await runNpmCommand('fault', ['--runs', String(RUNS), '--seed', seed, '--json']);
  expect(figures, output).toMatchObject({ runs: RUNS, lost: 0, doubled: 0, untrue: 0, crashes: 0, seed: Number(seed) });
  expect(code).toBe(0);
  expect(figures.acked).toBeGreaterThan(RUNS);
  expect(figures.kills + figures.cuts + figures.half_open).toBeGreaterThan(RUNS);
});

test(`${QUEUED_RUNS} runs with the fallback queue, Redis killed as well, do the same`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const seed = process.env.PSEPHOS_SEED ?? String(randomInt(2 ** 31));
  const args = ['--queue', '--runs', String(QUEUED_RUNS), '--seed', seed, '--json'];
  const { code, output, figures } = await runNpmCommand('fault', args);
  expect(figures, output).toMatchObject({ runs: QUEUED_RUNS, lost: 0, doubled: 0, untrue: 0, crashes: 0 });
  expect(code).toBe(0);
  expect(figures.queued, output).toBeGreaterThan(QUEUED_RUNS);
});

/** Every short campaign kills OpenSearch: of seeds at random the first whose plans do. */
function seedThatKillsOpenSearch(): string {
  for (;;) {
    const seed = randomInt(2 ** 31);
    const beside = { workers: true, redis: true, search: true };
    const plans = Array.from({ length: WORKERS_RUNS }, (_, run) => planRun(seed, run + 1, GATEWAYS, false, beside));
    if (plans.some(({ faults }) => faults.some(({ kind }) => kind === 'kill_opensearch'))) return String(seed);
  }
}

test(`${WORKERS_RUNS} runs with workers beside, killed as their Redis and OpenSearch are: each effect is there once`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const seed = process.env.PSEPHOS_SEED ?? seedThatKillsOpenSearch();
  const args = ['--workers', '--redis', '--search', '--runs', String(WORKERS_RUNS), '--seed', seed, '--json'];
  const { code, output, figures } = await runNpmCommand('fault', args);
  expect(figures, output).toMatchObject({ runs: WORKERS_RUNS, lost: 0, doubled: 0, untrue: 0, crashes: 0 });
  expect(figures, output).toMatchObject({ effects_missing: 0, effects_doubled: 0 });
  expect(code).toBe(0);
  expect(figures.workers_killed, output).toBeGreaterThan(0);
  expect(figures.opensearch_killed, output).toBeGreaterThan(0);
  const [, batches, told, mails, pushes] =
    /effects: (\d+) batches in audit chains, (\d+) members told, (\d+) mails, (\d+) pushes/.exec(output) ?? [];
  expect(Number(batches), output).toBeGreaterThanOrEqual(WORKERS_RUNS);
  for (const sent of [told, mails, pushes]) expect(Number(sent), output).toBeGreaterThanOrEqual(WORKERS_RUNS);
});
