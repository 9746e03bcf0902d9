import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import type { LogFeed } from '../log/index.ts';
import { type Outcome, refuse } from '../outcome.ts';

/** The same words for one that is not there and one that the caller may not see. */
export const NO_SUCH_CAMPAIGN = 'There is no such campaign. Check its campaign_id.';
export const NO_CAMPAIGN = refuse('campaign_unknown', NO_SUCH_CAMPAIGN, {
  details: { resource: 'campaign' },
});

/** Thrown inside a transaction to undo it; never leaves this file. */
class Undone extends Error {
  override readonly name = 'Undone';
  readonly outcome: Outcome<never>;

  constructor(outcome: Outcome<never>) {
    super('a refusal undoes its transaction');
    this.outcome = outcome;
  }
}

/** One transaction of an organisation for each act of these rooms. */
export class Transactions {
  readonly #database: Database;
  readonly #feed: LogFeed;

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
  }

  read<T>(orgId: string, work: (tx: Transaction) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    return guarded(() => this.#database.management.withOrg(orgId, work));
  }

  /** A refusal undoes whatever was written before it; what was appended to the log is looked at at once. */
  async write<T>(
    orgId: string,
    work: (tx: Transaction) => Promise<Outcome<T>>,
    timeoutMs?: number,
  ): Promise<Outcome<T>> {
    const outcome = await guarded(async () => {
      try {
        return await this.#database.management.withOrg(
          orgId,
          async (tx) => {
            const done = await work(tx);
            if (!done.ok) throw new Undone(done);
            return done;
          },
          timeoutMs,
        );
      } catch (error) {
        if (error instanceof Undone) return error.outcome;
        throw error;
      }
    });
    if (outcome.ok) this.#feed.poke(orgId);
    return outcome;
  }
}
