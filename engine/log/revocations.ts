import { classifyFailure, type Database, isAway } from '../db/index.ts';
import { limits } from '../limits.ts';
import { selectRevocations } from './queries.ts';

/** Somebody or something has lost access. */
export interface Revocation {
  readonly orgId: string;
  /** of the key, session, member or attendee */
  readonly id: string;
  /** milliseconds since 1970: access lasts until then, for whoever has a secret of before; null: it is over */
  readonly endsAtMs: number | null;
  /** when it was revoked, by this process's performance.now() */
  readonly atMs: number;
}

type Listener = (revocations: readonly Revocation[]) => void;

/**
 * Tells of every revocation in any organisation, wherever it was made, within about a fifth of a second. It asks for the
 * rows of that one kind, which are few, so it costs the same whatever else happens in the logs.
 *
 * Rows become visible up to a transaction's length after their time: each look goes back a margin, and what has been
 * told is remembered for as long.
 */
export class Revocations {
  readonly #database: Database;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  /** 'organisation position' -> performance.now() from which on no look can meet it again */
  readonly #told = new Map<string, number>();
  #since: Date | null = null;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;
  #heardMs = Number.NEGATIVE_INFINITY;

  constructor(database: Database, report: (error: unknown) => void) {
    this.#database = database;
    this.#report = report;
  }

  /** From now on, until the function that it returns is called. The first listener starts the looking. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) this.#schedule(0);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** How long ago it was last known that all revocations had been told. */
  get heardAgoMs(): number {
    return performance.now() - this.#heardMs;
  }

  /** Those of the last so many milliseconds, by about the database's clock. Throws the database's errors. */
  async since(backMs: number): Promise<readonly { readonly id: string }[]> {
    const since = new Date(Date.now() - backMs);
    return (await this.#database.management.call((sql) => selectRevocations(sql, since))).rows;
  }

  /** Tells the listeners of this process alone, of what no other need know. */
  tell(revocations: readonly Revocation[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(revocations);
      } catch (error) {
        this.#report(error); // one listener's bug must not keep the others from hearing
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #schedule(afterMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error) => {
          if (!isAway(classifyFailure(error))) this.#report(error);
        })
        .finally(() => {
          this.#timer = undefined;
          if (this.#listeners.size > 0) this.#schedule(limits.revocationPollMs);
        });
    }, afterMs);
  }

  async #look(): Promise<void> {
    const { now, rows } = await this.#database.management.call((sql) => selectRevocations(sql, this.#since));
    const askedMs = performance.now();
    this.#since = new Date(now.getTime() - limits.revocationMarginMs);
    for (const [key, untilMs] of this.#told) if (untilMs < askedMs) this.#told.delete(key);
    const fresh: Revocation[] = [];
    for (const { orgId, pos, id, endsAt, ageMs } of rows) {
      const key = `${orgId} ${pos}`;
      if (this.#told.has(key)) continue;
      this.#told.set(key, askedMs + 2 * limits.revocationMarginMs);
      fresh.push({ orgId, id, endsAtMs: endsAt?.getTime() ?? null, atMs: askedMs - ageMs });
    }
    if (fresh.length > 0) this.tell(fresh);
    this.#heardMs = askedMs;
  }
}
