import type { NotificationFacts } from '../../protocol/notifications.ts';
import type { Transaction } from '../db/index.ts';
import type { NotificationEvent } from './event.ts';

/** SQL that reads what an event is about. */

export interface ElectionNews {
  readonly title: string;
  readonly roll: string;
  readonly state: string;
  readonly closes_at: Date | null;
  readonly join_code: string | null;
}

export async function selectElectionNews(
  tx: Transaction,
  orgId: string,
  electionId: string,
): Promise<ElectionNews | undefined> {
  const [row] = await tx<ElectionNews[]>`
    SELECT e.title, e.roll, e.state, e.closes_at, m.join_code FROM app.elections e
    LEFT JOIN app.meetings m ON m.org_id = e.org_id AND m.meeting_id = e.meeting_id
    WHERE e.org_id = ${orgId} AND e.election_id = ${electionId}`;
  return row;
}

export interface MeetingNews {
  readonly title: string;
  readonly state: string;
  readonly starts_at: Date | null;
  readonly started_at: Date | null;
  readonly join_code: string;
  readonly invitees: boolean;
  /** what was told last, if anything was */
  readonly told: NotificationFacts | null;
}

export async function selectMeetingNews(
  tx: Transaction,
  orgId: string,
  meetingId: string,
): Promise<MeetingNews | undefined> {
  const [row] = await tx<MeetingNews[]>`
    SELECT m.title, m.state, m.starts_at, m.started_at, m.join_code,
      EXISTS (SELECT FROM app.meeting_invitees i WHERE i.org_id = m.org_id AND i.meeting_id = m.meeting_id) AS invitees,
      (SELECT e.facts FROM app.notification_events e
        WHERE e.org_id = m.org_id AND e.subject = m.meeting_id AND e.kind = 'meeting.invitation'
        ORDER BY e.created_at DESC LIMIT 1) AS told
    FROM app.meetings m WHERE m.org_id = ${orgId} AND m.meeting_id = ${meetingId}`;
  return row;
}

export interface ProxyNews {
  readonly grantor: string;
  readonly holder: string;
  readonly state: string;
  readonly join_code: string | null;
}

export async function selectProxyNews(tx: Transaction, orgId: string, proxyId: string): Promise<ProxyNews | undefined> {
  const [row] = await tx<ProxyNews[]>`
    SELECT g.name AS grantor, h.name AS holder, p.state, m.join_code FROM app.proxies p
    JOIN app.members g ON g.org_id = p.org_id AND g.member_id = p.grantor_id
    JOIN app.members h ON h.org_id = p.org_id AND h.member_id = p.holder_id
    LEFT JOIN app.meetings m ON m.org_id = p.org_id AND m.meeting_id = p.meeting_id
    WHERE p.org_id = ${orgId} AND p.proxy_id = ${proxyId}`;
  return row;
}

export async function selectRoles(tx: Transaction, orgId: string, memberId: string): Promise<string[] | undefined> {
  const [row] = await tx<{ roles: string }[]>`
    SELECT array_to_string(roles, ',') AS roles FROM app.members WHERE org_id = ${orgId} AND member_id = ${memberId}`;
  return row?.roles.split(',');
}

export async function insertEvents(
  tx: Transaction,
  orgId: string,
  events: readonly NotificationEvent[],
): Promise<void> {
  const rows = events.map(({ event, kind, subject, facts, worthUntil }) => ({
    ...{ event, kind, subject, facts },
    worth_until: worthUntil,
  }));
  await tx`
    INSERT INTO app.notification_events (org_id, event, kind, subject, facts, worth_until)
    SELECT ${orgId}, e.event, e.kind, e.subject, e.facts, e.worth_until
    FROM jsonb_to_recordset(${tx.json(rows as never)}) e (event text, kind text, subject uuid, facts jsonb, worth_until timestamptz)
    ON CONFLICT DO NOTHING`;
}
