import type { Database } from '../db/index.ts';
import { neglectedTables, serverState } from './queries.ts';

/** Autovacuum starts at a fifth of the rows; twice that means that it does not keep up, or may not. */
const DEAD_ROWS = 50_000;
const DEAD_SHARE = 0.4;
const FREEZE_SHARE = 0.8;
const TRANSACTION_S = 3_600;
const HELD_BYTES = 4e9;

/** Sentences for whoever runs the database; none: all is well. None of it needs a superuser to find out. */
export async function hints({ management }: Database): Promise<{ hints: readonly string[] }> {
  const found: string[] = [];
  const state = await management.call((sql) => serverState(sql));
  for (const { name, dead, live } of await management.call((sql) => neglectedTables(sql, DEAD_ROWS, DEAD_SHARE))) {
    found.push(
      `${name} holds ${dead} dead rows beside ${live}: run VACUUM (ANALYZE) ${name}, and look why autovacuum does not.`,
    );
  }
  if (state.freeze_share > FREEZE_SHARE) {
    found.push(
      `The database has used ${Math.round(state.freeze_share * 100)} % of its transactions until it must freeze: run VACUUM (FREEZE).`,
    );
  }
  if (state.oldest_transaction_s > TRANSACTION_S) {
    found.push(
      `A transaction has been open for ${Math.round(state.oldest_transaction_s / 60)} minutes: vacuum cannot remove what is younger. End it.`,
    );
  }
  for (const { slot, active, lost, held_bytes: held } of state.slots) {
    if (lost) found.push(`The slot ${slot} has lost its log: drop it, and take a new backup.`);
    else if (!active && held > HELD_BYTES)
      found.push(
        `The slot ${slot} holds back ${Math.round(held / 1e9)} GB of log, and nobody reads it: start its reader, or drop it.`,
      );
  }
  return { hints: found };
}
