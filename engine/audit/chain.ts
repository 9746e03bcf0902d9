import { randomBytes } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { consumeRun, type LogRange } from '../jobs/index.ts';
import { limits } from '../limits.ts';
import type { LogEntry } from '../log/index.ts';
import { type EntryContent, hashOfDetails, hashOfEntry, hashOfOrigin, SALT_BYTES } from './entry.ts';
import { appendEntries, beginChaining, type NewEntry, type StagedChange, selectStaged } from './queries.ts';

/** Who the log's own rows are acts of. */
const VOTERS = 'voters';
const LOG = 'system:log';

/** An entry before it has its place. */
interface Draft {
  readonly content: Omit<EntryContent, 'orgId' | 'seq' | 'chainedAt' | 'detailsHash' | 'originHash'>;
  readonly change: StagedChange | null;
}

/** Appends to audit chains what the log and the triggers have written down. */
export class Chain {
  readonly #database: Pick<Database, 'management'>;
  readonly #clock: (() => string) | undefined;

  /** @param clock in place of the database's, for tests; ISO 8601 with microseconds */
  constructor(database: Pick<Database, 'management'>, clock?: () => string) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Batches of ballots and revocations of a run of log rows, each once. @returns entries appended */
  async logRun(run: LogRange): Promise<number> {
    let appended = 0;
    await consumeRun(this.#database, 'audit', run, async (tx, rows) => {
      const drafts = rows.flatMap(draftsOf);
      if (drafts.length === 0) return;
      await this.#append(tx, run.orgId, drafts);
      appended += drafts.length;
    });
    return appended;
  }

  /** Everything that is staged for one chain. @returns entries appended */
  async changes(orgId: string): Promise<number> {
    let appended = 0;
    for (;;) {
      const moved = await this.#database.management.withOrg(
        orgId,
        (tx) => this.#move(tx, orgId),
        limits.consumeTimeoutMs,
      );
      appended += moved;
      if (moved < limits.auditChainRows) return appended;
    }
  }

  async #move(tx: Transaction, orgId: string): Promise<number> {
    const end = await beginChaining(tx, orgId); // first: two that read the same staged rows would both append them
    const staged = await selectStaged(tx, orgId, limits.auditChainRows);
    if (staged.length === 0) return 0;
    const drafts = staged.map((change) => ({ content: change.content, change }));
    const now = this.#clock?.() ?? end.now;
    await appendEntries(tx, orgId, { ...end, now }, entriesOf(orgId, { ...end, now }, drafts));
    return staged.length;
  }

  async #append(tx: Transaction, orgId: string, drafts: readonly Draft[]): Promise<void> {
    const taken = await beginChaining(tx, orgId);
    const end = { ...taken, now: this.#clock?.() ?? taken.now };
    await appendEntries(tx, orgId, end, entriesOf(orgId, end, drafts));
  }
}

/** Of ballots how many and where they stand in the log: what they say, and whose they are, is not in the log either. */
function draftsOf(row: LogEntry): Draft[] {
  const common = { at: row.at.toISOString().replace('Z', '000Z'), bypassed: false, person: null, requestId: null };
  if (row.kind === 'election.ballots') {
    const facts = { ballots: Number(row.payload.size), pos: row.pos };
    const content = { ...common, actor: VOTERS, act: 'ballots.cast', subject: `elections/${row.topic}`, facts };
    return [{ content, change: null }];
  }
  if (row.kind === 'access.revoked') {
    const facts = { kind: String(row.payload.kind), pos: row.pos };
    const content = { ...common, actor: LOG, act: 'access.revoked', subject: `access/${row.topic}`, facts };
    return [{ content, change: null }];
  }
  return [];
}

function entriesOf(
  orgId: string,
  end: { readonly seq: number; readonly hash: string; readonly now: string },
  drafts: readonly Draft[],
): NewEntry[] {
  const salts = randomBytes(2 * SALT_BYTES * drafts.length).toString('hex');
  const saltAt = (i: number) => salts.slice(2 * SALT_BYTES * i, 2 * SALT_BYTES * (i + 1));
  let prevHash = end.hash;
  return drafts.map(({ content, change }, i) => {
    const hasValues = change !== null && (change.old !== null || change.new !== null);
    const salt = hasValues ? saltAt(2 * i) : null;
    const origin = change?.origin ?? null;
    const originSalt = origin === null ? null : saltAt(2 * i + 1);
    const unlinked: EntryContent = {
      ...content,
      orgId,
      seq: end.seq + 1 + i,
      chainedAt: end.now,
      detailsHash: change === null || salt === null ? null : hashOfDetails(salt, change),
      originHash: origin === null || originSalt === null ? null : hashOfOrigin(originSalt, origin),
    };
    const entry = { ...unlinked, prevHash, entryHash: hashOfEntry(prevHash, unlinked) };
    prevHash = entry.entryHash;
    return { entry, stagedId: change?.stagedId ?? null, salt, originSalt };
  });
}
