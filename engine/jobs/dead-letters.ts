import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import { countLetters, deleteLetters, markAgain, NOBODY, selectLetters, upsertLetter } from './dead-letter-queries.ts';

/** A job that failed for the last time. */
export interface NewDeadLetter {
  /** null: of no organisation, or it cannot be told */
  readonly orgId: string | null;
  readonly queue: string;
  readonly jobId: string;
  /** its queue's, unless nobody knows it */
  readonly jobName: string;
  /** JSON, without log rows */
  readonly payload: unknown;
  /** in words for an administrator; cut to 1,000 characters */
  readonly reason: string;
  readonly attempts: number;
}

export interface DeadLetter extends NewDeadLetter {
  readonly letterId: string;
  /** how often it has come to this */
  readonly times: number;
  /** again: it goes back into its queue as soon as a relay sees it */
  readonly state: 'waiting' | 'again';
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
}

/** null: those of every organisation and of none, for platform administrators */
type Whose = string | null;

const NO_LETTER = refuse('not_found', 'There is no such dead letter. It may have been run again or dropped.', {
  details: { resource: 'dead_letter' },
});

/** The room of jobs that came to nothing: shown to whoever can mend the cause, run again, or dropped. */
export class DeadLetters {
  readonly #database: Pick<Database, 'management'>;

  constructor(database: Pick<Database, 'management'>) {
    this.#database = database;
  }

  /** The same job again counts up; it waits for a person then, whatever was decided before. Throws the database's errors. */
  async add(letter: NewDeadLetter): Promise<void> {
    const reason = letter.reason.replaceAll('\u0000', '').slice(0, limits.deadLetterReasonCharacters);
    await this.#database.management.asWorker((tx) => upsertLetter(tx, { ...letter, reason }, letter.orgId ?? NOBODY));
  }

  /** Newest first. */
  async list(
    whose: Whose,
    query: {
      readonly cursor?: string | undefined;
      readonly queue?: string | undefined;
      readonly limit?: number | undefined;
    },
  ): Promise<Outcome<Page<DeadLetter>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    const { cursor: before = null, queue = null } = query;
    return guarded(async () => {
      const rows = await this.#within(whose, (tx) =>
        selectLetters(tx, { orgId: whose, before, queue, limit: limit + 1 }),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.letterId ?? null) : null });
    });
  }

  /** Has it run again: the relay puts it back into its queue within a second, and it leaves this list. */
  async retry(whose: Whose, letterId: string): Promise<Outcome<{ letterId: string }>> {
    const which = { orgId: whose, letterId };
    return guarded(async () =>
      (await this.#within(whose, (tx) => markAgain(tx, which))) === 0 ? NO_LETTER : accept({ letterId }),
    );
  }

  /** Forgets it: what the job was to do is not done. */
  async drop(whose: Whose, letterId: string): Promise<Outcome<{ letterId: string }>> {
    const which = { orgId: whose, letterId };
    return guarded(async () =>
      (await this.#within(whose, (tx) => deleteLetters(tx, which))) === 0 ? NO_LETTER : accept({ letterId }),
    );
  }

  /** How many wait, by queue. */
  async counts(whose: Whose): Promise<Outcome<ReadonlyMap<string, number>>> {
    return guarded(async () => accept(await this.#within(whose, countLetters)));
  }

  #within<T>(whose: Whose, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { management } = this.#database;
    return whose === null ? management.asWorker(work) : management.withOrg(whose, work);
  }
}
