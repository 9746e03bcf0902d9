import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome } from '../outcome.ts';
import type { Taken } from './queries.ts';
import * as queries from './queries.ts';

/** How attempts in a row are slowed down. */
export interface Pauses {
  /** so many attempts have no pause after them */
  readonly free: number;
  /** after the next one; each further one doubles it */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Attempts that all gateways of a database count together. Keys name a limit and whom it counts, as a hash. */
export class Attempts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Takes points in a window that begins with the first; `points` may be negative: they are given back. */
  async take(key: string, points: number, windowMs: number): Promise<Outcome<Taken>> {
    return guarded(async () =>
      accept(await this.#database.management.call((sql) => queries.takePoints(sql, key, points, windowMs))),
    );
  }

  /** What has been taken, without taking any. */
  async taken(key: string): Promise<Outcome<Taken>> {
    return guarded(async () => accept(await this.#database.management.call((sql) => queries.pointsTaken(sql, key))));
  }

  /**
   * One attempt, counted as failed until forget(). Answers how many milliseconds to wait for the next turn; 0: this one
   * may go on. A day without attempts forgets them all.
   */
  async turn(key: string, { free, firstMs, longestMs }: Pauses): Promise<Outcome<number>> {
    return guarded(async () =>
      accept(
        await this.#database.management.call((sql) =>
          queries.takeTurn(sql, key, free, firstMs, longestMs, limits.attemptsForgottenMs),
        ),
      ),
    );
  }

  async forget(key: string): Promise<Outcome<null>> {
    return guarded(async () => {
      await this.#database.management.call((sql) => queries.forgetPoints(sql, key));
      return accept(null);
    });
  }

  /** Removes what counts no more. Throws the database's errors. */
  async clear(): Promise<void> {
    await this.#database.management.call((sql) => queries.clearRateLimits(sql, limits.attemptsForgottenMs));
  }
}
