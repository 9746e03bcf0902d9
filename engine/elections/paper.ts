import { randomUUID } from 'node:crypto';
import { type Database, noteAct, type Sql } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { type Definition, Definitions } from './definitions.ts';
import { entriesOf, type PaperCount, type PaperEntries, pathOfKey } from './paper-count.ts';
import * as queries from './paper-queries.ts';
import { selectElection } from './queries.ts';
import { forbidden, NO_ELECTION } from './refusals.ts';

/** A heap of paper ballots as moderators see it before the result: never what it says. */
export interface PaperBatchInfo {
  readonly batchId: string;
  readonly label: string;
  readonly ballots: number;
  readonly confirmed: boolean;
  /** the person who asks made the first count */
  readonly own: boolean;
  readonly mismatches: number;
  readonly enteredAt: Date;
  readonly confirmedAt: Date | null;
}

export interface PaperState {
  readonly declared: number;
  readonly batches: readonly PaperBatchInfo[];
}

const NO_BATCH = refuse('not_found', 'There is no such batch of paper ballots.', {
  details: { resource: 'paper_batch' },
});

/** Batches lie in the urn, which the audit does not look into: what is done with one is said, never what it holds. */
function noteBatch(
  sql: Sql,
  orgId: string,
  electionId: string,
  what: string,
  batchId: string,
  ballots?: number,
): Promise<void> {
  const facts = { batch: batchId, ...(ballots === undefined ? {} : { ballots }) };
  return noteAct(sql, orgId, `paper.${what}`, `elections/${electionId}`, facts);
}

/**
 * Ballots on paper, counted by hand: one person enters a heap, another one, who has not seen the first count, enters the
 * same. Persons are told apart by an id: the member's, also of the one who made a key, else the attendee's or 'operator'.
 */
export class Paper {
  readonly #database: Database;
  readonly #feed: LogFeed;
  readonly #definitions: Definitions;

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
    this.#definitions = new Definitions(database);
  }

  async state(orgId: string, electionId: string, person: string): Promise<Outcome<PaperState>> {
    return guarded(async () => {
      const { management } = this.#database;
      const election = await management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId));
      if (election === undefined) return NO_ELECTION;
      const rows = await management.call((sql) => queries.paperBatches(sql, orgId, electionId));
      return accept({ declared: election.paperDeclared, batches: rows.map((row) => infoOf(row, person)) });
    });
  }

  /** How many were handed out: no more are ever counted. */
  async declare(orgId: string, electionId: string, ballots: number, person: string): Promise<Outcome<PaperState>> {
    return guarded(async () => {
      const answer = await this.#database.management.act((sql) =>
        queries.declarePaper(sql, orgId, electionId, ballots, person),
      );
      this.#feed.poke(orgId);
      if (answer === 'entered') {
        return refuse('conflict', 'More paper ballots than these are in batches already. Take a batch back first.', {
          details: { reason: 'entered' },
        });
      }
      return answer === 'done' ? this.state(orgId, electionId, person) : forbidden(answer);
    });
  }

  /** The first count. */
  async enter(
    orgId: string,
    electionId: string,
    { label, count }: { readonly label: string; readonly count: PaperCount },
    person: string,
  ): Promise<Outcome<PaperBatchInfo>> {
    return this.#counted(orgId, electionId, count, async (_definition, entries) => {
      const batchId = randomUUID();
      const batch = { batchId, label, ballots: count.ballots, entries };
      const answer = await this.#database.management.act(async (sql) => {
        const entered = await queries.enterPaper(sql, orgId, electionId, batch, person);
        if (entered === 'done') await noteBatch(sql, orgId, electionId, 'entered', batchId, count.ballots);
        return entered;
      });
      if (answer === 'too_many') {
        return refuse('conflict', 'More paper ballots than were declared. Check the count, or declare more of them.', {
          details: { reason: 'too_many', fields: [{ path: 'count.ballots', problem: 'more than were declared' }] },
        });
      }
      if (answer !== 'done') return forbidden(answer);
      return this.#batch(orgId, electionId, batchId, person);
    });
  }

  /** The second count: the same figures, by another person. Where they differ, the places are named, not the figures. */
  async confirm(
    orgId: string,
    electionId: string,
    batchId: string,
    count: PaperCount,
    person: string,
  ): Promise<Outcome<PaperBatchInfo>> {
    return this.#counted(orgId, electionId, count, async ({ method, contest }, entries) => {
      const batch = { batchId, ballots: count.ballots, entries };
      const { answer, differing } = await this.#database.management.act(async (sql) => {
        const confirmed = await queries.confirmPaper(sql, orgId, electionId, batch, person);
        const what =
          confirmed.answer === 'mismatch' ? 'mismatched' : confirmed.answer === 'done' ? 'confirmed' : undefined;
        if (what !== undefined) await noteBatch(sql, orgId, electionId, what, batchId, count.ballots);
        return confirmed;
      });
      switch (answer) {
        case 'done':
          return this.#batch(orgId, electionId, batchId, person);
        case 'no_batch':
          return NO_BATCH;
        case 'confirmed':
          return refuse('conflict', 'This batch is confirmed already.', { details: { reason: 'confirmed' } });
        case 'same_person':
          return refuse('conflict', 'You made the first count: somebody else has to make the second.', {
            details: { reason: 'same_person' },
          });
        case 'other_form':
          return refuse(
            'conflict',
            'The first count was entered in the other form: patterns and totals cannot be compared.',
            {
              details: { reason: 'other_form' },
            },
          );
        case 'mismatch': {
          const places = differing.map((key) => pathOfKey(method, contest, entries.form, key));
          const fields = (places.length > 0 ? places : ['count.ballots']).map((path) => ({
            path,
            problem: 'differs from the first count' as const,
          }));
          return refuse(
            'conflict',
            'The two counts differ. Count the heap again; nothing of it counts until they agree.',
            {
              details: { reason: 'mismatch', fields: fields.slice(0, 20) },
            },
          );
        }
        default:
          return forbidden(answer);
      }
    });
  }

  /** Until the result is published; what was confirmed is counted no more. */
  async withdraw(orgId: string, electionId: string, batchId: string, person: string): Promise<Outcome<null>> {
    return guarded(async () => {
      const answer = await this.#database.management.act(async (sql) => {
        const withdrawn = await queries.withdrawPaper(sql, orgId, electionId, batchId, person);
        if (withdrawn === 'done') await noteBatch(sql, orgId, electionId, 'withdrawn', batchId);
        return withdrawn;
      });
      this.#feed.poke(orgId);
      if (answer === 'no_batch') return NO_BATCH;
      return answer === 'done' ? accept(null) : forbidden(answer);
    });
  }

  async #counted<T>(
    orgId: string,
    electionId: string,
    count: PaperCount,
    work: (definition: Definition, entries: PaperEntries) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return guarded(async () => {
      const definition = await this.#definitions.load(orgId, electionId);
      if (definition === undefined) return NO_ELECTION;
      const { method, contest } = definition;
      const read = entriesOf(method, contest, count);
      if ('problems' in read) {
        return refuse('invalid_input', 'These paper ballots cannot be counted as they are entered.', {
          details: { fields: read.problems },
        });
      }
      const outcome = await work(definition, read.entries);
      this.#feed.poke(orgId);
      return outcome;
    });
  }

  async #batch(orgId: string, electionId: string, batchId: string, person: string): Promise<Outcome<PaperBatchInfo>> {
    const rows = await this.#database.management.call((sql) => queries.paperBatches(sql, orgId, electionId));
    const row = rows.find((batch) => batch.batchId === batchId);
    return row === undefined ? NO_BATCH : accept(infoOf(row, person));
  }
}

function infoOf(row: queries.PaperBatchRow, person: string): PaperBatchInfo {
  const { batchId, label, ballots, enteredBy, enteredAt, mismatches, confirmedAt } = row;
  const confirmed = confirmedAt !== null;
  return { batchId, label, ballots, confirmed, own: enteredBy === person, mismatches, enteredAt, confirmedAt };
}
