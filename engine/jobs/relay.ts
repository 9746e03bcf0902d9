import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogEntry } from '../log/index.ts';
import type { LogRange } from './consume.ts';
import { clearAgain, type LetterAgain, selectAgain } from './dead-letter-queries.ts';
import { moveRelay, selectBehind, selectChangesBehind, selectUntaken, takeRelayTurn } from './queries.ts';

/** What is new since the last round, to be made into jobs. */
export interface RelayRound {
  /** log rows, a run an organisation */
  readonly runs: readonly (LogRange & { readonly epoch: string; readonly rows: readonly LogEntry[] })[];
  /** dead letters that somebody has run again */
  readonly letters: readonly LetterAgain[];
  /** runs of jobs that were added before and may have been lost, without their rows */
  readonly untaken: readonly (LogRange & { readonly epoch: string })[];
  /** organisations with staged changes, by the queue that takes them in */
  readonly changes: readonly { readonly queue: string; readonly orgId: string }[];
}

export interface RelayResult {
  /** false: another process is the relay */
  readonly turn: boolean;
  /** log rows that are in jobs now */
  readonly rows: number;
  /** runs of as many rows as one holds: there is more */
  readonly more: boolean;
}

const NOT_OURS: RelayResult = { turn: false, rows: 0, more: false };

/**
 * Makes logs into jobs. A round is one transaction: it takes the relay's lock (which goes with the connection), reads what
 * is new, hands it over, and moves the cursors. Whoever dies within it leaves the cursors where they were, so the same jobs
 * are made again; consumers pass over what they had (consume.ts).
 */
export class Relay {
  readonly #database: Pick<Database, 'management'>;
  readonly #epoch: () => string;

  constructor(database: Pick<Database, 'management'>, epoch: () => string) {
    this.#database = database;
    this.#epoch = epoch;
  }

  /**
   * @param publish resolves once every job is with the queue; it rejects rather than hang
   * @param look for staged changes too, and for runs that nobody has taken in
   * @throws what publish or the database throws; no cursor has moved then
   */
  async round(
    publish: (round: RelayRound) => Promise<void>,
    look: { readonly changes?: boolean; readonly untaken?: boolean } = {},
  ): Promise<RelayResult> {
    return this.#database.management.asWorker(async (tx) => {
      if (!(await takeRelayTurn(tx))) return NOT_OURS;
      const entries = await selectBehind(tx, limits.relayRoundItems, limits.relayRunRows);
      const letters = await selectAgain(tx, limits.relayRunRows);
      const changes = look.changes ? await selectChangesBehind(tx, limits.relayRunRows) : [];
      const epoch = this.#epoch();
      const behind = look.untaken ? await selectUntaken(tx, limits.relayRunRows) : [];
      const untaken = behind.map((range) => ({ ...range, epoch }));
      if (entries.length + letters.length + changes.length === 0 && !look.untaken) {
        return { turn: true, rows: 0, more: false };
      }
      const runs = runsOf(entries, epoch);
      await publish({ runs, letters, untaken, changes });
      if (runs.length > 0) await moveRelay(tx, new Map(runs.map(({ orgId, to }) => [orgId, to])));
      if (letters.length > 0) await clearAgain(tx, letters);
      const more = runs.length === limits.relayRoundItems || runs.some(isFull);
      return { turn: true, rows: entries.length, more };
    }, limits.relayRoundTimeoutMs);
  }
}

const isFull = ({ rows }: { readonly rows: readonly LogEntry[] }) => rows.length === limits.relayRunRows;

/** @param entries sorted by organisation and position */
function runsOf(entries: readonly LogEntry[], epoch: string): RelayRound['runs'] {
  const runs = new Map<string, LogEntry[]>();
  for (const entry of entries) {
    const run = runs.get(entry.orgId);
    if (run === undefined) runs.set(entry.orgId, [entry]);
    else run.push(entry);
  }
  return [...runs].map(([orgId, rows]) => ({
    orgId,
    epoch,
    from: (rows[0] as LogEntry).pos,
    to: (rows.at(-1) as LogEntry).pos,
    rows,
  }));
}
