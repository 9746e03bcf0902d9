import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import { analyseNext, keepSnapshot, openElections } from './queries.ts';

/** More than there are tables: an end even where one is passed over again and again. */
const TABLES_MAX = 500;

/** Snapshots of the tallies that have grown by so many ballots since their last, whether anybody watches them or not. */
export async function takeSnapshots(
  { management }: Database,
  ballots: number,
): Promise<{ open: number; taken: number }> {
  const open = await management.call((sql) => openElections(sql));
  let taken = 0;
  for (const { orgId, electionId } of open) {
    const done = await management.call((sql) => keepSnapshot(sql, orgId, electionId, ballots), limits.countTimeoutMs);
    if (done) taken += 1;
  }
  return { open: open.length, taken };
}

/** One table a statement, so that nobody waits for more than one. */
export async function refreshStatistics(
  { management }: Database,
  rows: number,
): Promise<{ analysed: readonly string[] }> {
  const analysed: string[] = [];
  for (const schema of ['app', 'urn'] as const) {
    while (analysed.length < TABLES_MAX) {
      const table = await management.call((sql) => analyseNext(sql, schema, rows, analysed), limits.countTimeoutMs);
      if (table === null) break;
      analysed.push(table);
    }
  }
  return { analysed };
}
