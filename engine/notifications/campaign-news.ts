import type { NotificationFacts } from '../../protocol/notifications.ts';
import type { Transaction } from '../db/index.ts';
import type { LogEntry } from '../log/index.ts';
import * as queries from './campaign-news-queries.ts';
import type { NotificationEvent } from './event.ts';

/** What the log says of campaigns and ideas that people are told, read as things are now. */
type News = (tx: Transaction, entry: LogEntry) => Promise<NotificationEvent | null>;

const IDEA_CHANGES = {
  'idea.approved': 'approved',
  'idea.rejected': 'rejected',
  'idea.merged': 'merged',
  'idea.accepted': 'accepted',
  'idea.started': 'begun',
  'idea.completed': 'done',
} as const;

const factsOf = ({ title, campaign_id: campaign }: queries.CampaignNews) => ({ title, campaign });

/** Nobody is invited to a draft, which they could not see: that waits for its start. */
async function invited(tx: Transaction, { orgId, topic, pos }: LogEntry): Promise<NotificationEvent | null> {
  const now = await queries.selectCampaignNews(tx, orgId, topic);
  if (now?.status !== 'active' || !now.awaits) return null;
  return {
    event: `campaign.invitation:${topic}:${pos}`,
    kind: 'campaign.invitation',
    subject: topic,
    facts: { ...factsOf(now), closes_at: now.end_date?.toISOString() ?? null },
    worthUntil: now.end_date,
  };
}

/** Invited, asking to join, or let in. */
async function member(tx: Transaction, entry: LogEntry): Promise<NotificationEvent | null> {
  const { user, state } = entry.payload as { user: string; state: string };
  const { orgId, topic } = entry;
  if (state === 'invited') return invited(tx, entry);
  if (state !== 'requested' && state !== 'joined') return null;
  const now = await queries.selectCampaignNews(tx, orgId, topic);
  const part = await queries.selectPart(tx, orgId, topic, user);
  if (now === undefined || part?.state !== state) return null;
  return state === 'requested' ? asks(entry, user, part.name, now) : admitted(tx, entry, user, now);
}

function asks({ topic, pos }: LogEntry, user: string, person: string, now: queries.CampaignNews): NotificationEvent {
  return {
    event: `campaign.request:${topic}:${user}:${pos}`,
    kind: 'campaign.request',
    subject: topic,
    facts: { ...factsOf(now), person },
    worthUntil: null,
  };
}

/** Once for each request: the log says that a member is in when a role is given, too. */
async function admitted(
  tx: Transaction,
  { orgId, topic }: LogEntry,
  user: string,
  now: queries.CampaignNews,
): Promise<NotificationEvent | null> {
  const request = await queries.selectRequest(tx, orgId, topic, `campaign.request:${topic}:${user}:`);
  if (request === undefined) return null;
  return {
    event: request.replace('request', 'admitted'),
    kind: 'campaign.admitted',
    subject: user,
    facts: factsOf(now),
    worthUntil: null,
  };
}

async function started(tx: Transaction, { orgId, topic }: LogEntry): Promise<NotificationEvent | null> {
  const now = await queries.selectCampaignNews(tx, orgId, topic);
  return now?.status === 'active' ? scheduleEvent(topic, 'begun', now) : null;
}

/** Its submitter is told what became of an idea, unless it was the submitter who did it. */
async function ideaChanged(
  tx: Transaction,
  { orgId, kind, pos, payload }: LogEntry,
): Promise<NotificationEvent | null> {
  const { by, idea } = payload as { by: string; idea: string };
  const now = await queries.selectIdeaNews(tx, orgId, idea);
  if (now === undefined || now.submitter_id === by) return null;
  const change = IDEA_CHANGES[kind as keyof typeof IDEA_CHANGES];
  const reason = change === 'rejected' && now.rejected_reason !== null ? { reason: now.rejected_reason } : {};
  return {
    event: `idea.status:${idea}:${pos}`,
    kind: 'idea.status',
    subject: idea,
    facts: { ...factsOf(now), idea: now.idea, change, ...reason },
    worthUntil: null,
  };
}

async function commented(tx: Transaction, { orgId, pos, payload }: LogEntry): Promise<NotificationEvent | null> {
  const { by, idea, comment } = payload as { by: string; idea: string; comment: string };
  const now = await queries.selectIdeaNews(tx, orgId, idea);
  const person = await queries.selectCommentAuthor(tx, orgId, comment);
  if (now === undefined || person === undefined || now.submitter_id === by) return null;
  return {
    event: `idea.comment:${idea}:${pos}`,
    kind: 'idea.comment',
    subject: idea,
    facts: { ...factsOf(now), idea: now.idea, person },
    worthUntil: null,
  };
}

export const CAMPAIGN_NEWS: Readonly<Record<string, readonly News[]>> = {
  'campaign.member': [member],
  'campaign.activated': [invited, started],
  'idea.commented': [commented],
  ...Object.fromEntries(Object.keys(IDEA_CHANGES).map((kind) => [kind, [ideaChanged]])),
};

/**
 * Whether a row tells what another one of the same rows tells already: an invitation is spread over all who are invited by
 * then and were not told.
 */
export function isSaid(entry: LogEntry, before: readonly LogEntry[]): boolean {
  const isInvitation = ({ kind, payload }: LogEntry) => kind === 'campaign.member' && payload.state === 'invited';
  return isInvitation(entry) && before.some((other) => isInvitation(other) && other.topic === entry.topic);
}

function scheduleEvent(
  campaign: string,
  change: 'soon' | 'begun' | 'ending',
  now: queries.CampaignNews,
): NotificationEvent {
  const { start_date: start, end_date: end } = now;
  const facts: NotificationFacts = {
    ...factsOf(now),
    change,
    ...(change === 'soon' ? { starts_at: start?.toISOString() ?? null } : { closes_at: end?.toISOString() ?? null }),
  };
  const worthUntil = change === 'soon' ? start : end;
  return {
    event: `campaign.schedule:${campaign}:${change}`,
    kind: 'campaign.schedule',
    subject: campaign,
    facts,
    worthUntil,
  };
}

/** Told once before it starts and once before it ends; null where that is no more so. */
export async function campaignReminder(
  tx: Transaction,
  orgId: string,
  campaign: string,
  change: 'soon' | 'ending',
): Promise<NotificationEvent | null> {
  const now = await queries.selectCampaignNews(tx, orgId, campaign);
  if (now?.status !== (change === 'soon' ? 'draft' : 'active')) return null;
  return scheduleEvent(campaign, change, now);
}

/** What an idea got since its submitter was last told, which counts as told from now on; null where it is nothing. */
export async function coinsReceived(tx: Transaction, orgId: string, idea: string): Promise<NotificationEvent | null> {
  const coins = await queries.settleUntoldCoins(tx, orgId, idea);
  if (coins === undefined || coins.count <= 0) return null;
  const now = await queries.selectIdeaNews(tx, orgId, idea);
  if (now === undefined || now.idea_status === 'rejected' || now.hides_totals) return null;
  return {
    event: `coins.received:${idea}:${coins.at.getTime()}`,
    kind: 'coins.received',
    subject: idea,
    facts: { ...factsOf(now), idea: now.idea, coins: coins.count },
    worthUntil: null,
  };
}
