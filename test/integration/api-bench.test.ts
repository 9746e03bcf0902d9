import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { API_QUICK, type ApiBenchReport, apiTableOf, runApiBench } from '../../loadtest/bench/index.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Seconds instead of minutes: this looks at what is reported, not at how fast a machine under test is. */
const SMALL = {
  ...API_QUICK,
  members: { members: 400, otherOrganisations: 2, otherMembers: 30, searches: 24, pages: 3 },
  importRows: 300,
  reads: 20,
  ballots: 200,
  elections: 5,
};

test('one run measures import, search, pages and reads, and says what is in its table', {
  timeout: 60_000,
}, async () => {
  const report = await runApiBench({ sizes: SMALL, say: () => {} });
  const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);
  const expected: Record<keyof ApiBenchReport, unknown> = {
    import: {
      rows: 300,
      preview_ms: positive,
      accept_ms: positive,
      ms: positive,
      audit_chain_ms: positive,
      audit_entries: expect.toSatisfy((entries: number) => entries >= 300),
    },
    members: expect.objectContaining({ members: 400, search_p95_ms: positive, page_of_100_p95_ms: positive }),
    http_p95_ms: {
      member_search: positive,
      members_page: positive,
      election: positive,
      elections_page: positive,
      tally: positive,
      participation: positive,
      result: positive,
      ballots_page: positive,
    },
  };
  expect(report).toEqual(expected);
  const slow = { ...report, import: { ...report.import, ms: 5_001 } };
  const lineOf = (table: string) => table.split('\n').find((line) => line.startsWith('import of 300 members'));
  expect(lineOf(apiTableOf(slow))).toMatch(/5,001 ms\s+<= 5,000\s+MISS$/);
  expect(lineOf(apiTableOf({ ...slow, import: { ...slow.import, ms: 5_000 } }))).toMatch(/pass$/);
});

test('the command says that --api is a run of its own', () => {
  const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'cli/bench.ts'), '--help'], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toMatch(/--api\s+instead: the HTTP API/);
});
