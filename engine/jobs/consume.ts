import type { Database, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import { type LogEntry, selectEntries } from '../log/index.ts';
import { moveCursor, takeCursor } from './queries.ts';

/** Rows `from` to `to` of an organisation's log, as a job names them. */
export interface LogRange {
  readonly orgId: string;
  /** the life of the database that the positions belong to; carried rows of another one are not believed */
  readonly epoch?: string;
  readonly from: number;
  readonly to: number;
  /** the rows themselves, all of them in order, or as few as none: what is missing is read from the log */
  readonly rows?: readonly LogEntry[];
}

/** What is done with rows of the log, in the transaction that moves the consumer's cursor past them. Never empty. */
export type Apply = (tx: Transaction, rows: readonly LogEntry[]) => Promise<void>;

/**
 * Lets a run of log rows take effect: each row once and in order for this consumer, however often and in whatever order
 * its jobs come. Rows that have taken effect before are passed over; rows before `from` that have not are read from the log.
 * Takes as many transactions as there are batches of rows to read; each holds the consumer's cursor of this organisation,
 * so jobs of the same organisation wait for each other and those of others do not.
 * @param consumer who follows the log, e.g. 'audit'; a new one begins with the log's first row
 * @returns how many rows took effect by this call
 * @throws what `apply` or the database throws; the rows of that transaction have then not taken effect
 */
export async function consumeRun(
  database: Pick<Database, 'management'>,
  consumer: string,
  run: LogRange,
  apply: Apply,
): Promise<number> {
  let taken = 0;
  for (;;) {
    const step = await database.management.withOrg(
      run.orgId,
      (tx) => consumeBatch(tx, consumer, run, apply),
      limits.consumeTimeoutMs,
    );
    taken += step.rows;
    if (step.done) return taken;
  }
}

async function consumeBatch(
  tx: Transaction,
  consumer: string,
  run: LogRange,
  apply: Apply,
): Promise<{ readonly rows: number; readonly done: boolean }> {
  const cursor = await takeCursor(tx, run.orgId, consumer);
  if (cursor.pos >= run.to) return { rows: 0, done: true };
  const rows =
    carriedRows(run, cursor) ?? (await selectEntries(tx, run.orgId, cursor.pos, limits.consumeMaxRows, null));
  const last = rows.at(-1);
  if (last === undefined) return { rows: 0, done: true }; // a run of a log that is no more: a restore went back behind it
  await apply(tx, rows);
  await moveCursor(tx, run.orgId, consumer, last.pos);
  return { rows: rows.length, done: last.pos >= run.to };
}

/** What the job carries, where that is everything from the cursor on. */
function carriedRows(
  { epoch, rows = [], to }: LogRange,
  cursor: { readonly pos: number; readonly epoch: string },
): readonly LogEntry[] | null {
  if (epoch !== cursor.epoch) return null;
  const fresh = rows.filter(({ pos }) => pos > cursor.pos && pos <= to);
  return fresh.every(({ pos }, i) => pos === cursor.pos + 1 + i) && fresh.at(-1)?.pos === to ? fresh : null;
}
