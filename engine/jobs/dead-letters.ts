import { type Database, noteAct, type Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import {
  countLetters,
  type DecidedLetter,
  deleteLetter,
  markAgain,
  NOBODY,
  selectLetters,
  upsertLetter,
} from './dead-letter-queries.ts';

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

  /**
   * Has it run again: the relay puts it back into its queue within a second, and it leaves this list. An entry of the audit of the
   * organisation whose work it is, or of the platform.
   */
  async retry(whose: Whose, letterId: string): Promise<Outcome<{ letterId: string }>> {
    return guarded(() => this.#decide(whose, letterId, 'retried', markAgain));
  }

  /** Forgets it: what the job was to do is not done. An entry of the audit, as retry(). */
  async drop(whose: Whose, letterId: string): Promise<Outcome<{ letterId: string }>> {
    return guarded(() => this.#decide(whose, letterId, 'dropped', deleteLetter));
  }

  /** How many wait, by queue. */
  async counts(whose: Whose): Promise<Outcome<ReadonlyMap<string, number>>> {
    return guarded(async () => accept(await this.#within(whose, countLetters)));
  }

  async #decide(
    whose: Whose,
    letterId: string,
    verb: 'retried' | 'dropped',
    change: (tx: Transaction, which: { orgId: Whose; letterId: string }) => Promise<DecidedLetter | undefined>,
  ): Promise<Outcome<{ letterId: string }>> {
    const { management } = this.#database;
    const decide = async (tx: Transaction, enter: (orgId: string) => Promise<void>) => {
      const letter = await change(tx, { orgId: whose, letterId });
      if (letter === undefined) return NO_LETTER;
      const { orgId, queue, jobId } = letter; // of nobody: the platform's chain has the same id
      await enter(orgId);
      await noteAct(tx, orgId, `dead_letters.${verb}`, `dead_letters/${letterId}`, { queue, job_id: jobId });
      return accept({ letterId });
    };
    return whose === null
      ? management.actAsWorker(decide)
      : management.withOrg(whose, (tx) => decide(tx, async () => {}));
  }

  #within<T>(whose: Whose, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { management } = this.#database;
    return whose === null ? management.asWorker(work) : management.withOrg(whose, work);
  }
}
