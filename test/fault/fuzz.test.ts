import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { runNpmCommand } from './npm-command.ts';

const COUNT = 20_000;
const TIMEOUT_MS = 240_000;

test(`${COUNT} hostile inputs: no crash, no 5xx, no bug, no growth`, { timeout: TIMEOUT_MS }, async () => {
  const seed = process.env.PSEPHOS_SEED ?? String(randomInt(2 ** 31));
  const { code, output, figures } = await runNpmCommand('fuzz', ['--count', String(COUNT), '--seed', seed, '--json']);
  expect(figures, output).toMatchObject({ count: COUNT, crashes: 0, status_5xx: 0, internal: 0, silent: 0 });
  expect(figures.rss_growth, output).toBeLessThan(0.05);
  expect(code).toBe(0);
});
