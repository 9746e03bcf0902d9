import type { NotificationFacts } from '../../protocol/notifications.ts';
import type { Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogEntry } from '../log/index.ts';
import { CAMPAIGN_NEWS, isSaid } from './campaign-news.ts';
import type { NotificationEvent } from './event.ts';
import * as queries from './news-queries.ts';

/** What a log row tells people, read as things are now: an election that has closed since is not announced as open. */
type News = (tx: Transaction, entry: LogEntry) => Promise<NotificationEvent | null>;

const moment = (at: Date | null) => at?.toISOString() ?? null;

/** Elections of a meeting's attendees are announced in the hall; those of members are told to members. */
async function opened(tx: Transaction, { orgId, topic }: LogEntry): Promise<NotificationEvent | null> {
  const election = await queries.selectElectionNews(tx, orgId, topic);
  if (election === undefined || election.roll !== 'members' || election.state !== 'open') return null;
  return {
    event: `election.opened:${topic}`,
    kind: 'election.opened',
    subject: topic,
    facts: { title: election.title, closes_at: moment(election.closes_at), join_code: election.join_code },
    worthUntil: election.closes_at,
  };
}

/** Who has not voted is told before the end; the same for every election, so this is the scheduler's and not the log's. */
export async function reminderOf(
  tx: Transaction,
  orgId: string,
  electionId: string,
): Promise<NotificationEvent | null> {
  const election = await queries.selectElectionNews(tx, orgId, electionId);
  if (election === undefined || election.state !== 'open') return null;
  return {
    event: `election.reminder:${electionId}`,
    kind: 'election.reminder',
    subject: electionId,
    facts: { title: election.title, closes_at: moment(election.closes_at), join_code: election.join_code },
    worthUntil: election.closes_at,
  };
}

async function published(tx: Transaction, { orgId, topic }: LogEntry): Promise<NotificationEvent | null> {
  const election = await queries.selectElectionNews(tx, orgId, topic);
  if (election === undefined || election.roll !== 'members') return null;
  return {
    event: `result.published:${topic}`,
    kind: 'result.published',
    subject: topic,
    facts: { title: election.title, join_code: election.join_code },
    worthUntil: null,
  };
}

/**
 * Invited, moved, called off: each as the meeting is now, if that is not what was told last. One that loses its date is
 * called off until it has another.
 */
async function meeting(tx: Transaction, entry: LogEntry): Promise<NotificationEvent | null> {
  const now = await queries.selectMeetingNews(tx, entry.orgId, entry.topic);
  const facts = now?.invitees === true ? meetingFacts(entry.kind, now) : null;
  if (facts === null) return null;
  return {
    event: `meeting.invitation:${entry.topic}:${entry.pos}`,
    kind: 'meeting.invitation',
    subject: entry.topic,
    facts,
    worthUntil: null,
  };
}

function meetingFacts(kind: string, now: queries.MeetingNews): NotificationFacts | null {
  const { title, told, state, join_code } = now;
  const starts_at = moment(now.starts_at);
  if (kind === 'meeting.invited') return state === 'ended' ? null : { title, change: 'invited', starts_at, join_code };
  if (told === null || (state === 'ended' && now.started_at !== null)) return null; // it took place
  const wasOff = told.change === 'cancelled';
  const isOff = state === 'ended' || (starts_at === null && told.starts_at != null);
  if (isOff) return wasOff ? null : { title, change: 'cancelled', starts_at: told.starts_at ?? null, join_code: null };
  const same = told.title === title && (told.starts_at ?? null) === starts_at;
  return same && !wasOff ? null : { title, change: 'moved', starts_at, join_code };
}

async function proxy(tx: Transaction, { orgId, payload, kind }: LogEntry): Promise<NotificationEvent | null> {
  const proxyId = payload.proxy as string;
  const found = await queries.selectProxyNews(tx, orgId, proxyId);
  const offered = kind === 'proxy.offered';
  if (found === undefined || found.state !== (offered ? 'offered' : 'accepted')) return null;
  return {
    event: `${kind}:${proxyId}`,
    kind: offered ? 'proxy.offered' : 'proxy.accepted',
    subject: proxyId,
    facts: { person: offered ? found.grantor : found.holder, join_code: found.join_code },
    worthUntil: null,
  };
}

async function roles(tx: Transaction, { orgId, topic, pos, payload }: LogEntry): Promise<NotificationEvent | null> {
  if (payload.roles_changed !== true) return null;
  const now = await queries.selectRoles(tx, orgId, topic);
  if (now === undefined) return null;
  return {
    event: `member.roles:${topic}:${pos}`,
    kind: 'member.roles',
    subject: topic,
    facts: { roles: now },
    worthUntil: null,
  };
}

const NEWS: Readonly<Record<string, readonly News[]>> = {
  ...CAMPAIGN_NEWS,
  'election.opened': [opened],
  'election.published': [published],
  'meeting.invited': [meeting],
  'meeting.changed': [meeting],
  'meeting.ended': [meeting],
  'proxy.offered': [proxy],
  'proxy.accepted': [proxy],
  'member.changed': [roles],
};

/** Notes the events among rows of the log. */
export async function noteNews(tx: Transaction, rows: readonly LogEntry[], now: Date): Promise<void> {
  const since = now.getTime() - limits.newsMs;
  const told = rows.filter(({ kind, at }) => NEWS[kind] !== undefined && at.getTime() >= since);
  for (const [i, entry] of told.entries()) {
    if (isSaid(entry, told.slice(0, i))) continue;
    for (const news of NEWS[entry.kind] ?? []) {
      const event = await news(tx, entry);
      if (event !== null) await queries.insertEvents(tx, entry.orgId, [event]); // at once: the next row may ask what was told
    }
  }
}
