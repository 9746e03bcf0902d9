import { WEBHOOK_EVENTS, type WebhookEvent } from '../../protocol/webhooks.ts';
import type { Transaction } from '../db/index.ts';
import type { LogEntry } from '../log/index.ts';
import { type ElectionFacts, selectElectionFacts, selectMeetingTitles } from './follow-queries.ts';
import { Milestones } from './milestones.ts';

/** Something that other systems are told. */
export interface OutwardEvent {
  /** the same whenever it is made again from the same log row */
  readonly id: string;
  readonly kind: WebhookEvent;
  readonly pos: number;
  readonly body: string;
}

type Data = Readonly<Record<string, unknown>>;

/** The state that an election is in after each event. */
const STATE_AFTER: Partial<Record<WebhookEvent, string>> = {
  'election.created': 'draft',
  'election.opened': 'open',
  'election.extended': 'open',
  'election.milestone': 'open',
  'election.closed': 'closed',
  'election.cancelled': 'cancelled',
  'election.deleted': 'deleted',
  'election.counted': 'closed',
  'election.published': 'published',
};
const MEETING_STATE_AFTER: Partial<Record<WebhookEvent, string>> = {
  'meeting.created': 'planned',
  'meeting.started': 'live',
  'meeting.ended': 'ended',
};
/** Events that say how many took part. */
const WITH_TURNOUT: readonly WebhookEvent[] = ['election.closed', 'election.counted', 'election.published'];

const isOutward = (kind: string): kind is WebhookEvent => Object.hasOwn(WEBHOOK_EVENTS, kind);

/** The body that is posted, byte for byte the same over all attempts. */
export function bodyOf(id: string, kind: string, orgId: string, at: Date, pos: number | null, data: Data): string {
  const occurredAt = at.toISOString();
  return JSON.stringify({ id, event: kind, organisation_id: orgId, occurred_at: occurredAt, position: pos, data });
}

function electionData(kind: WebhookEvent, entry: LogEntry, facts: ElectionFacts | undefined, more: Data): Data {
  const { reason } = entry.payload;
  return {
    election_id: entry.topic,
    meeting_id: facts?.meeting_id ?? null,
    title: facts?.title ?? null,
    state: STATE_AFTER[kind],
    ...(kind === 'election.cancelled' && typeof reason === 'string' ? { reason } : {}),
    ...(kind === 'election.opened' ? { closes_at: facts?.closes_at?.toISOString() ?? null } : {}),
    ...(kind === 'election.extended' ? { closes_at: entry.payload.closes_at } : {}),
    ...more,
  };
}

/**
 * What a run of log rows tells other systems: states and counts. What a ballot says is not in the log, and nothing of it
 * is added here.
 * @param epoch the database's life: positions begin anew in another one, and ids must not
 */
export async function outwardEvents(
  tx: Transaction,
  orgId: string,
  epoch: string,
  entries: readonly LogEntry[],
): Promise<OutwardEvent[]> {
  const topics = (prefix: string) => new Set(entries.filter(({ kind }) => kind.startsWith(prefix)).map((e) => e.topic));
  const elections = await selectElectionFacts(tx, orgId, topics('election.'));
  const meetings = await selectMeetingTitles(tx, orgId, topics('meeting.'));
  const milestones = await Milestones.of(tx, orgId, topics('election.'));
  const events: OutwardEvent[] = [];
  const tell = (entry: LogEntry, kind: WebhookEvent, data: Data, part = '') => {
    const id = `evt_${epoch}_${orgId}_${entry.pos}${part}`;
    events.push({ id, kind, pos: entry.pos, body: bodyOf(id, kind, orgId, entry.at, entry.pos, data) });
  };
  for (const entry of entries) {
    const { kind, topic } = entry;
    const facts = elections.get(topic);
    if (kind === 'election.ballots') {
      for (const percent of await milestones.ballots(topic, Number(entry.payload.size))) {
        const data = { percent, ...(await milestones.turnout(topic)) };
        tell(entry, 'election.milestone', electionData('election.milestone', entry, facts, data), `_${percent}`);
      }
    }
    if (kind === 'election.opened') await milestones.opened(topic);
    if (kind === 'election.closed' || kind === 'election.cancelled') milestones.ended(topic);
    if (!isOutward(kind) || kind === 'election.milestone') continue;
    if (kind.startsWith('meeting.')) {
      const title = meetings.get(topic) ?? null;
      tell(entry, kind, { meeting_id: topic, title, state: MEETING_STATE_AFTER[kind] });
    } else {
      const turnout = WITH_TURNOUT.includes(kind) ? await milestones.turnout(topic) : {};
      tell(entry, kind, electionData(kind, entry, facts, turnout));
    }
  }
  await milestones.save();
  return events;
}
