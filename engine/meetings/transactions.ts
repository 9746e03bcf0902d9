import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import type { LogFeed } from '../log/index.ts';
import { type Outcome, refuse } from '../outcome.ts';

export const NO_MEETING = refuse('not_found', 'There is no such meeting. Check its id.', {
  details: { resource: 'meeting' },
});

/** One transaction of an organisation for each act of this room. Whoever refuses has written nothing before. */
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

  /** The same; what it appended to the log is looked at at once. */
  async write<T>(orgId: string, work: (tx: Transaction) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const outcome = await this.read(orgId, work);
    if (outcome.ok) this.#feed.poke(orgId);
    return outcome;
  }
}
