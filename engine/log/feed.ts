import { classifyFailure, type Database, isAway } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { LogSignals } from '../redis/index.ts';
import type { LogEntry } from './entry.ts';
import { selectEntries, selectEpoch, selectHeads, selectNewest } from './queries.ts';

type Listener = (entries: readonly LogEntry[]) => void;

interface Followed {
  pos: number;
  readonly listeners: Map<Listener, number>;
}

/** Rows of one read; a follower that is further behind reads again at once. */
const READ_ROWS = 500;

/**
 * Follows the logs of the organisations that somebody here listens to: one look at their heads every 50 ms, or at once
 * when this process itself has written, then the new rows of those that moved. Positions are in commit order, so a
 * row is never passed over. Where Redis carries signals between processes, another's writing is looked at at once too, and
 * polling is the net below it.
 */
export class LogFeed {
  readonly #database: Database;
  readonly #report: (error: unknown) => void;
  readonly #followed = new Map<string, Followed>();
  #epoch = '';
  #signals: LogSignals | null = null;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(database: Database, report: (error: unknown) => void) {
    this.#database = database;
    this.#report = report;
  }

  /** The life of the database that positions belong to. */
  epoch(): string {
    return this.#epoch;
  }

  /** Reads the epoch; before anything else. Throws the database's errors. */
  async start(): Promise<void> {
    this.#epoch = await this.#database.management.call((sql) => selectEpoch(sql));
  }

  /** From now on other processes are told of what is written here, and what they tell of is looked at at once. */
  useSignals(signals: LogSignals): void {
    this.#signals = signals;
    signals.start(
      (orgId) => this.#wake(orgId),
      () => this.#schedule(this.#pollMs),
    );
    for (const orgId of this.#followed.keys()) signals.follow(orgId);
  }

  /** The newest position of an organisation's log; 0 where it has none. Throws the database's errors. */
  async pos(orgId: string): Promise<number> {
    const heads = await this.#database.management.call((sql) => selectHeads(sql, [orgId]));
    return heads.get(orgId) ?? 0;
  }

  /**
   * Every entry after `afterPos` (null: after the newest of now), in order, in batches, until stop().
   * Throws the database's errors.
   */
  async follow(
    orgId: string,
    afterPos: number | null,
    listener: Listener,
  ): Promise<{ epoch: string; pos: number; stop(): void }> {
    const from = afterPos ?? (await this.pos(orgId));
    let followed = this.#followed.get(orgId);
    if (followed === undefined) {
      followed = { pos: from, listeners: new Map() };
      this.#followed.set(orgId, followed);
      this.#signals?.follow(orgId);
    } else {
      followed.pos = Math.min(followed.pos, from);
    }
    followed.listeners.set(listener, from);
    this.#schedule(0);
    const stop = () => {
      followed.listeners.delete(listener);
      if (followed.listeners.size > 0 || this.#followed.get(orgId) !== followed) return;
      this.#followed.delete(orgId);
      this.#signals?.leave(orgId);
    };
    return { epoch: this.#epoch, pos: from, stop };
  }

  /** Newest first, before a position; of one kind, or of one sort ('election' takes in 'election.closed'). */
  async newest(
    orgId: string,
    query: {
      readonly before?: number | undefined;
      readonly kind?: string | undefined;
      readonly topic?: string | undefined;
      readonly limit?: number | undefined;
    },
  ): Promise<Outcome<Page<LogEntry>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        selectNewest(tx, orgId, {
          before: query.before ?? null,
          kind: query.kind ?? null,
          topic: query.topic ?? null,
          limit: limit + 1,
        }),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? String(items.at(-1)?.pos) : null });
    });
  }

  /** Up to `limit` entries after a position, of one topic or of all. */
  async read(orgId: string, afterPos: number, limit: number, topic?: string): Promise<Outcome<readonly LogEntry[]>> {
    return guarded(async () =>
      accept(
        await this.#database.management.withOrg(orgId, (tx) =>
          selectEntries(tx, orgId, afterPos, limit, topic ?? null),
        ),
      ),
    );
  }

  /** This process has just written to the organisation's log: look now rather than at the next poll. */
  poke(orgId: string): void {
    this.#signals?.tell(orgId);
    this.#wake(orgId);
  }

  #wake(orgId: string): void {
    if (!this.#followed.has(orgId)) return;
    if (this.#looking) this.#again = true;
    else this.#schedule(POKE_MS);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#signals?.close();
  }

  get #pollMs(): number {
    return this.#signals?.healthy === true ? limits.feedSignalledPollMs : limits.feedPollMs;
  }

  /** Looks after so long, or when it was going to anyway if that is sooner: pokes that keep coming put nothing off. */
  #schedule(afterMs: number): void {
    if (this.#closed || this.#looking) return;
    const dueMs = performance.now() + afterMs;
    if (this.#timer !== undefined) {
      if (dueMs >= this.#dueMs) return;
      clearTimeout(this.#timer);
    }
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look().catch(this.#report);
    }, afterMs);
  }

  async #look(): Promise<void> {
    if (this.#followed.size === 0) return;
    this.#looking = true;
    this.#again = false;
    try {
      const heads = await this.#database.management.call((sql) => selectHeads(sql, [...this.#followed.keys()]));
      for (const [orgId, followed] of [...this.#followed]) {
        if ((heads.get(orgId) ?? 0) > followed.pos) await this.#readAhead(orgId, followed);
      }
    } catch (error) {
      if (!isAway(classifyFailure(error))) this.#report(error);
    } finally {
      this.#looking = false;
      this.#schedule(this.#again ? POKE_MS : this.#pollMs);
    }
  }

  async #readAhead(orgId: string, followed: Followed): Promise<void> {
    const from = followed.pos;
    const entries = await this.#database.management.withOrg(orgId, (tx) =>
      selectEntries(tx, orgId, from, READ_ROWS, null),
    );
    const last = entries.at(-1)?.pos ?? from;
    // a listener that came meanwhile with an earlier position has set it back: read on from there next time
    if (followed.pos === from) followed.pos = last;
    for (const [listener, seen] of followed.listeners) {
      const fresh = entries.filter((entry) => entry.pos > seen);
      if (fresh.length === 0 || (fresh[0] as LogEntry).pos !== seen + 1) continue;
      followed.listeners.set(listener, last);
      try {
        listener(fresh);
      } catch (error) {
        this.#report(error); // one listener's bug must not cut the others off from the log
      }
    }
    if (entries.length === READ_ROWS) this.#again = true;
  }
}

/** Batches follow each other by a few ms: gathering them for so long saves most of the reads. */
const POKE_MS = 20;
