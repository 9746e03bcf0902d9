import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Agenda, AgendaItem, AgendaItemChange, NewAgendaItem } from './agenda-item.ts';
import * as queries from './agenda-queries.ts';
import { appendLog, lockMeeting } from './queries.ts';
import { NO_MEETING, Transactions } from './transactions.ts';

const NO_ITEM = refuse('not_found', 'There is no such item on the agenda. Read it again.', {
  details: { resource: 'agenda_item' },
});
const NO_ELECTION = refuse('not_found', 'There is no such election in this meeting.', {
  details: { resource: 'election', fields: [{ path: 'election_id', problem: 'is no election of this meeting' }] },
});
const NOT_AN_ELECTION = refuse('invalid_input', 'Only an item of kind election has one.', {
  details: { fields: [{ path: 'election_id', problem: "goes with kind 'election' only" }] },
});

/** Puts an item at a place: the list without it, and it in between. */
function placed(ids: readonly string[], itemId: string, position: number): string[] {
  const others = ids.filter((each) => each !== itemId);
  return [...others.slice(0, position), itemId, ...others.slice(position)];
}

/** The agenda of a meeting. Every change answers it whole, and waits for the one before. */
export class Agendas {
  readonly #transactions: Transactions;

  constructor(database: Database, feed: LogFeed) {
    this.#transactions = new Transactions(database, feed);
  }

  async get(orgId: string, meetingId: string): Promise<Outcome<Agenda>> {
    return this.#transactions.read(orgId, async (tx) => {
      const agenda = await queries.selectAgenda(tx, orgId, meetingId);
      return agenda === undefined ? NO_MEETING : accept(agenda);
    });
  }

  async add(orgId: string, meetingId: string, input: NewAgendaItem, actor: string): Promise<Outcome<Agenda>> {
    const item: AgendaItem = {
      itemId: randomUUID(),
      kind: input.kind,
      title: input.title,
      body: input.body ?? '',
      minutes: input.minutes ?? null,
      electionId: input.electionId ?? null,
    };
    return this.#change(orgId, meetingId, actor, async (tx, { items }) => {
      if (items.length >= limits.agendaMaxItems) {
        return refuse('conflict', `An agenda has at most ${limits.agendaMaxItems} items.`, {
          details: { reason: 'full' },
        });
      }
      const problem = await this.#electionProblem(tx, orgId, meetingId, item);
      if (problem !== null) return problem;
      await queries.insertItem(tx, orgId, meetingId, item, items.length);
      if (input.position !== undefined) {
        const ids = items.map(({ itemId }) => itemId);
        await queries.updateOrder(tx, orgId, placed(ids, item.itemId, input.position));
      }
      return accept(null);
    });
  }

  async change(
    orgId: string,
    meetingId: string,
    itemId: string,
    change: AgendaItemChange,
    actor: string,
  ): Promise<Outcome<Agenda>> {
    return this.#change(orgId, meetingId, actor, async (tx, { items }) => {
      const before = items.find((each) => each.itemId === itemId);
      if (before === undefined) return NO_ITEM;
      const item: AgendaItem = {
        ...before,
        title: change.title ?? before.title,
        body: change.body ?? before.body,
        minutes: change.minutes === undefined ? before.minutes : change.minutes,
        electionId: change.electionId === undefined ? before.electionId : change.electionId,
      };
      const problem = await this.#electionProblem(tx, orgId, meetingId, item);
      if (problem !== null) return problem;
      await queries.updateItem(tx, orgId, item);
      if (change.position !== undefined) {
        const ids = items.map((each) => each.itemId);
        await queries.updateOrder(tx, orgId, placed(ids, itemId, change.position));
      }
      return accept(null);
    });
  }

  async remove(orgId: string, meetingId: string, itemId: string, actor: string): Promise<Outcome<Agenda>> {
    return this.#change(orgId, meetingId, actor, async (tx, { items }) => {
      if (!items.some((each) => each.itemId === itemId)) return NO_ITEM;
      await queries.deleteItem(tx, orgId, itemId);
      return accept(null);
    });
  }

  /** @param itemIds every item, each once: who ordered a list that has changed meanwhile is told so */
  async order(orgId: string, meetingId: string, itemIds: readonly string[], actor: string): Promise<Outcome<Agenda>> {
    return this.#change(orgId, meetingId, actor, async (tx, { items }) => {
      const named = new Set(itemIds);
      const complete = items.every(({ itemId }) => named.has(itemId));
      if (!complete || named.size !== items.length || itemIds.length !== items.length) {
        return refuse('conflict', 'The agenda has changed meanwhile. Read it and order it again.', {
          details: { reason: 'changed' },
        });
      }
      await queries.updateOrder(tx, orgId, itemIds);
      return accept(null);
    });
  }

  /** Where the meeting is; null: nowhere. */
  async setCurrent(orgId: string, meetingId: string, itemId: string | null, actor: string): Promise<Outcome<Agenda>> {
    return this.#change(orgId, meetingId, actor, async (tx, { items }) => {
      if (itemId !== null && !items.some((each) => each.itemId === itemId)) return NO_ITEM;
      await queries.updateCurrent(tx, orgId, meetingId, itemId);
      return accept(null);
    });
  }

  async #electionProblem(
    tx: Transaction,
    orgId: string,
    meetingId: string,
    { kind, electionId }: AgendaItem,
  ): Promise<Outcome<never> | null> {
    if (electionId === null) return null;
    if (kind !== 'election') return NOT_AN_ELECTION;
    return (await queries.isElectionOf(tx, orgId, meetingId, electionId)) ? null : NO_ELECTION;
  }

  async #change(
    orgId: string,
    meetingId: string,
    actor: string,
    work: (tx: Transaction, agenda: Agenda) => Promise<Outcome<null>>,
  ): Promise<Outcome<Agenda>> {
    return this.#transactions.write(orgId, async (tx) => {
      if ((await lockMeeting(tx, orgId, meetingId)) === undefined) return NO_MEETING;
      const done = await work(tx, (await queries.selectAgenda(tx, orgId, meetingId)) as Agenda);
      if (!done.ok) return done;
      await appendLog(tx, orgId, meetingId, 'agenda.changed', { by: actor });
      return accept((await queries.selectAgenda(tx, orgId, meetingId)) as Agenda);
    });
  }
}
