import type { NotificationChannels, NotificationFacts, NotificationKind } from '../../protocol/notifications.ts';
import type { Sql, Transaction } from '../db/index.ts';
import type { NotificationEvent, Recipient } from './event.ts';

/** SQL that finds who should know, and writes down that they were told. */

interface EventRow {
  readonly event: string;
  readonly kind: NotificationKind;
  readonly subject: string;
  readonly facts: NotificationFacts;
  readonly worth_until: Date | null;
  readonly after_member_id: string | null;
  readonly created_at: Date;
}

export interface UnspreadEvent extends NotificationEvent {
  /** members up to this one have got theirs */
  readonly afterMemberId: string | null;
  readonly notedAt: Date;
}

/** The oldest event of which not everybody was told yet, held: events of an organisation are told in their order. */
export async function takeUnspread(tx: Transaction, orgId: string): Promise<UnspreadEvent | undefined> {
  const [row] = await tx<EventRow[]>`
    SELECT event, kind, subject, facts, worth_until, after_member_id, created_at FROM app.notification_events
    WHERE org_id = ${orgId} AND spread_at IS NULL ORDER BY created_at, event LIMIT 1 FOR UPDATE`;
  if (row === undefined) return undefined;
  const { event, kind, subject, facts, worth_until: worthUntil, after_member_id: afterMemberId } = row;
  return { event, kind, subject, facts, worthUntil, afterMemberId, notedAt: row.created_at };
}

/** @param last null: everybody was told */
export async function moveOn(tx: Transaction, orgId: string, event: string, last: string | null): Promise<void> {
  await tx`
    UPDATE app.notification_events SET after_member_id = coalesce(${last}::uuid, after_member_id),
      spread_at = CASE WHEN ${last}::uuid IS NULL THEN clock_timestamp() END
    WHERE org_id = ${orgId} AND event = ${event}`;
}

/** Ids of those whom an event is for. */
function meantBy(tx: Transaction, orgId: string, { kind, subject, event, facts }: NotificationEvent) {
  const told = tx`
    SELECT n.member_id FROM app.notification_events e JOIN app.notifications n ON n.org_id = e.org_id AND n.event = e.event
    WHERE e.org_id = ${orgId} AND e.subject = ${subject} AND e.kind = ${kind} AND e.event <> ${event}`;
  switch (kind) {
    case 'election.opened':
    case 'result.published':
      return tx`SELECT voter_id FROM app.electoral_roll WHERE org_id = ${orgId} AND election_id = ${subject}`;
    case 'election.reminder': // whether they have voted, never how
      return tx`SELECT voter_id FROM urn.participants(${orgId}, ${subject}, false, NULL, NULL)`;
    case 'meeting.invitation':
      return facts.change === 'invited'
        ? tx`SELECT member_id FROM app.meeting_invitees WHERE org_id = ${orgId} AND meeting_id = ${subject} EXCEPT ${told}`
        : told;
    case 'proxy.offered':
      return tx`SELECT holder_id FROM app.proxies WHERE org_id = ${orgId} AND proxy_id = ${subject}`;
    case 'proxy.accepted':
      return tx`SELECT grantor_id FROM app.proxies WHERE org_id = ${orgId} AND proxy_id = ${subject}`;
    case 'member.roles':
    case 'campaign.admitted':
      return tx`SELECT ${subject}::uuid`;
    case 'campaign.invitation':
      return tx`SELECT user_id FROM app.campaign_members WHERE org_id = ${orgId} AND campaign_id = ${subject} AND state = 'invited'
        EXCEPT ${told}`;
    case 'campaign.request':
      return tx`SELECT user_id FROM app.campaign_members WHERE org_id = ${orgId} AND campaign_id = ${subject} AND state = 'joined'
        AND role = 'manager'`;
    case 'campaign.schedule': // whoever joined after it began knows that it has
      return tx`SELECT m.user_id FROM app.campaign_members m JOIN app.campaigns c ON c.org_id = m.org_id AND c.id = m.campaign_id
        WHERE m.org_id = ${orgId} AND m.campaign_id = ${subject} AND m.state = 'joined'
          AND (${facts.change !== 'begun'} OR m.joined_at <= c.activated_at)`;
    case 'idea.status':
    case 'idea.comment':
    case 'coins.received':
      return tx`SELECT submitter_id FROM app.ideas WHERE org_id = ${orgId} AND id = ${subject}`;
  }
}

interface RecipientRow {
  readonly member_id: string;
  readonly account_id: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly locale: Recipient['locale'];
  readonly muted: boolean;
  readonly kinds: Partial<Record<NotificationKind, NotificationChannels>> | null;
  readonly wants_email: boolean | null;
  readonly delivery: 'at_once' | 'daily' | null;
  readonly daily_hour: number | null;
  readonly quiet_from: number | null;
  readonly quiet_to: number | null;
  readonly time_zone: string;
}

function recipientOf(row: RecipientRow): Recipient {
  return {
    memberId: row.member_id,
    accountId: row.account_id,
    name: row.name,
    email: row.email,
    locale: row.locale,
    wishes: {
      kinds: row.kinds ?? {},
      email: !row.muted && (row.wants_email ?? true),
      delivery: row.delivery ?? 'at_once',
      dailyHour: row.daily_hour ?? 0,
      quiet: row.quiet_from === null || row.quiet_to === null ? null : { from: row.quiet_from, to: row.quiet_to },
      timeZone: row.time_zone,
    },
  };
}

/** Members with all that decides how they are told. An account's address is proven; a member's is the organisation's word. */
function membersWith(tx: Transaction, orgId: string) {
  return tx`
    SELECT m.member_id, m.account_id, m.name, coalesce(a.email, m.email) AS email, coalesce(a.locale, o.locale) AS locale,
      EXISTS (SELECT FROM app.notification_mutes u WHERE u.org_id = m.org_id AND u.member_id = m.member_id) AS muted,
      p.kinds, p.email AS wants_email, p.delivery, p.daily_hour, p.quiet_from, p.quiet_to, coalesce(p.time_zone, o.time_zone) AS time_zone
    FROM app.members m JOIN app.organisations o ON o.org_id = m.org_id
    LEFT JOIN app.accounts a ON a.account_id = m.account_id AND a.deleted_at IS NULL
    LEFT JOIN app.notification_preferences p ON p.account_id = m.account_id
    WHERE m.org_id = ${orgId} AND m.status <> 'inactive'`;
}

/** The next of those who should know, by their ids. Who has no account gets invitations alone: the rest needs one. */
export async function selectRecipients(
  tx: Transaction,
  orgId: string,
  event: UnspreadEvent,
  limit: number,
): Promise<Recipient[]> {
  const rows = await tx<RecipientRow[]>`
    ${membersWith(tx, orgId)} AND m.member_id IN (${meantBy(tx, orgId, event)})
      AND (m.account_id IS NOT NULL OR ${event.kind === 'meeting.invitation' || event.kind === 'campaign.invitation'})
      AND (${event.afterMemberId}::uuid IS NULL OR m.member_id > ${event.afterMemberId}::uuid)
    ORDER BY m.member_id LIMIT ${limit}`;
  return rows.map(recipientOf);
}

export async function selectRecipientsById(
  tx: Transaction,
  orgId: string,
  ids: readonly string[],
): Promise<Recipient[]> {
  const rows = await tx<RecipientRow[]>`
    ${membersWith(tx, orgId)} AND m.member_id = ANY (${`{${ids.join(',')}}`}::text::uuid[]) ORDER BY m.member_id`;
  return rows.map(recipientOf);
}

/** One notification as its row takes it. */
export interface NewNotification {
  readonly notification_id: string;
  readonly member_id: string;
  readonly account_id: string | null;
  readonly in_app: boolean;
  readonly mail_due_at: Date | null;
}

/** Ids of the new ones: who was told before is passed over. */
export async function insertNotifications(
  tx: Transaction,
  orgId: string,
  event: string,
  rows: readonly NewNotification[],
): Promise<Set<string>> {
  const made = await tx<{ notification_id: string }[]>`
    INSERT INTO app.notifications (org_id, notification_id, event, member_id, account_id, in_app, mail_due_at)
    SELECT ${orgId}, n.notification_id, ${event}, n.member_id, n.account_id, n.in_app, n.mail_due_at
    FROM jsonb_to_recordset(${tx.json(rows as never)})
      n (notification_id uuid, member_id uuid, account_id uuid, in_app boolean, mail_due_at timestamptz)
    ON CONFLICT (org_id, event, member_id) DO NOTHING RETURNING notification_id`;
  return new Set(made.map(({ notification_id }) => notification_id));
}

export interface NewPush {
  readonly notification_id: string;
  readonly account_id: string;
  readonly due_at: Date;
  readonly worth_until: Date;
}

export async function queuePushes(tx: Transaction, pushes: readonly NewPush[]): Promise<void> {
  await tx`SELECT door.queue_pushes(${tx.json(pushes as never)})`;
}

/** Tells pages that inboxes have filled. The last act of a transaction: the log's head is locked. */
export async function announceNotified(
  tx: Transaction,
  orgId: string,
  { kind, subject }: NotificationEvent,
  count: number,
): Promise<void> {
  await tx`SELECT urn.append_log(${orgId}, ${orgId}, 'members.notified', ${tx.json({ kind, subject, count })})`;
}

export async function selectOrganisationName(tx: Transaction, orgId: string): Promise<string> {
  const [row] = await tx<{ name: string }[]>`SELECT name FROM app.organisations WHERE org_id = ${orgId}`;
  return (row as { name: string }).name;
}

/** One whose mail was held and is due. */
export interface HeldNotification {
  readonly notificationId: string;
  readonly memberId: string;
  readonly event: NotificationEvent;
  readonly notedAt: Date;
}

/**
 * What is due now, of some members at a time, all of each: they go together. Held until the transaction ends, by one
 * releaser of the organisation at a time.
 */
export async function takeHeld(tx: Transaction, orgId: string, members: number): Promise<HeldNotification[]> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${orgId}, 7319))`;
  const rows = await tx<(EventRow & { readonly notification_id: string; readonly member_id: string })[]>`
    SELECT n.notification_id, n.member_id, e.event, e.kind, e.subject, e.facts, e.worth_until, e.created_at
    FROM app.notifications n JOIN app.notification_events e ON e.org_id = n.org_id AND e.event = n.event
    WHERE n.org_id = ${orgId} AND n.mail_due_at <= clock_timestamp() AND n.member_id IN (
      SELECT DISTINCT d.member_id FROM app.notifications d
      WHERE d.org_id = ${orgId} AND d.mail_due_at <= clock_timestamp() ORDER BY d.member_id LIMIT ${members})
    ORDER BY n.member_id, n.created_at, n.notification_id`;
  return rows.map(({ event, kind, subject, facts, worth_until: worthUntil, ...row }) => ({
    notificationId: row.notification_id,
    memberId: row.member_id,
    event: { event, kind, subject, facts, worthUntil },
    notedAt: row.created_at,
  }));
}

export async function settleHeld(tx: Transaction, orgId: string, ids: readonly string[]): Promise<void> {
  await tx`UPDATE app.notifications SET mail_due_at = NULL
    WHERE org_id = ${orgId} AND notification_id = ANY (${`{${ids.join(',')}}`}::text::uuid[])`;
}

/** Organisations in which something waits to be told. */
export async function organisationsWaiting(sql: Sql, limit: number): Promise<string[]> {
  const rows = await sql<{ org_id: string }[]>`SELECT org_id FROM door.notifications_waiting(${limit})`;
  return rows.map(({ org_id }) => org_id);
}

export async function remindersDue(
  sql: Sql,
  mostMs: number,
  leastMs: number,
  limit: number,
): Promise<{ readonly orgId: string; readonly electionId: string }[]> {
  const rows = await sql<{ org_id: string; election_id: string }[]>`
    SELECT org_id, election_id FROM door.reminders_due(${mostMs}, ${leastMs}, ${limit})`;
  return rows.map(({ org_id: orgId, election_id: electionId }) => ({ orgId, electionId }));
}

export async function tidyNotifications(sql: Sql, keptMs: number, limit: number): Promise<number> {
  const [row] = await sql<{ gone: number }[]>`SELECT door.tidy_notifications(${keptMs}, ${limit}) AS gone`;
  return row?.gone ?? 0;
}
