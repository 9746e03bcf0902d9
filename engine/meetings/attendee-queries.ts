import type { Transaction } from '../db/index.ts';
import type { Attendee, AttendeeQuery, AttendeeState, HeldProxy, MeetingRole } from './attendee.ts';
import { listOf } from './queries.ts';

/** SQL of attendees. */

interface AttendeeRow {
  org_id: string;
  attendee_id: string;
  meeting_id: string;
  name: string;
  state: AttendeeState;
  role: MeetingRole | null;
  member_id: string | null;
  number: string | null;
  weight: bigint;
  present: boolean;
  proxies: number;
  joined_at: Date;
}

function attendeeOf(row: AttendeeRow): Attendee {
  return {
    attendeeId: row.attendee_id,
    orgId: row.org_id,
    meetingId: row.meeting_id,
    name: row.name,
    state: row.state,
    role: row.role,
    member: row.member_id === null ? null : { memberId: row.member_id, number: row.number ?? '' },
    weight: row.weight,
    present: row.present,
    proxies: row.proxies,
    joinedAt: row.joined_at,
  };
}

/** Attendees `a` with what belongs to them, their member `m` and `present`. */
function attendeeColumns(tx: Transaction) {
  return tx`a.org_id, a.attendee_id, a.meeting_id, a.name, a.state, a.role, a.member_id, m.number,
    coalesce(m.weight, 1000000) AS weight, a.joined_at,
    (SELECT count(*)::int FROM app.proxies x WHERE x.org_id = a.org_id AND x.holder_id = a.member_id AND x.state = 'accepted'
      AND (x.meeting_id IS NULL OR x.meeting_id = a.meeting_id)) AS proxies`;
}

/**
 * Whether an attendee `a` has a connection. Within CASE it stays a subquery that is hashed once: as a join it would be planned
 * from the statistics of a hall that has just filled, which know of one attendee.
 */
function isHere(tx: Transaction, orgId: string, meetingId: string) {
  return tx`CASE WHEN a.attendee_id IN (SELECT u.attendee_id FROM app.presence p CROSS JOIN unnest(p.attendee_ids) u (attendee_id)
    WHERE p.org_id = ${orgId} AND p.meeting_id = ${meetingId} AND p.expires_at > clock_timestamp()) THEN true ELSE false END`;
}

/** The member behind an attendee `a`: one index probe a row, for the same reason. */
function theirMember(tx: Transaction) {
  return tx`LEFT JOIN LATERAL (SELECT x.number, x.weight FROM app.members x
    WHERE x.org_id = a.org_id AND x.member_id = a.member_id OFFSET 0) m ON true`;
}

export async function selectAttendee(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeId: string,
): Promise<Attendee | undefined> {
  const [row] = await tx<AttendeeRow[]>`
    SELECT ${attendeeColumns(tx)}, ${isHere(tx, orgId, meetingId)} AS present FROM app.attendees a ${theirMember(tx)}
    WHERE a.org_id = ${orgId} AND a.meeting_id = ${meetingId} AND a.attendee_id = ${attendeeId}`;
  return row && attendeeOf(row);
}

/** By name. */
export async function selectAttendees(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  { q = '', state, present, cursor }: AttendeeQuery,
  limit: number,
): Promise<Attendee[]> {
  const part = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const rows = await tx<AttendeeRow[]>`
    SELECT ${attendeeColumns(tx)}, ${isHere(tx, orgId, meetingId)} AS present FROM app.attendees a ${theirMember(tx)}
    WHERE a.org_id = ${orgId} AND a.meeting_id = ${meetingId}
      ${state === undefined ? tx`` : tx`AND a.state = ${state}`}
      ${present === true ? tx`AND ${isHere(tx, orgId, meetingId)}` : tx``}
      ${q === '' ? tx`` : tx`AND app.search_form(a.name) LIKE app.search_form(${part})`}
      ${
        cursor === undefined
          ? tx``
          : tx`AND (app.search_form(a.name), a.attendee_id) > (SELECT app.search_form(c.name), c.attendee_id
              FROM app.attendees c WHERE c.org_id = ${orgId} AND c.attendee_id = ${cursor})`
      }
    ORDER BY app.search_form(a.name), a.attendee_id LIMIT ${limit}`;
  return rows.map(attendeeOf);
}

interface JoinedRow {
  attendee_id: string;
  name: string;
  state: AttendeeState;
  is_new: boolean;
}

/** The member's one attendance of the meeting: there already, or made; undefined where they are not active. */
export async function joinAsMember(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeId: string,
  memberId: string,
  state: AttendeeState,
): Promise<JoinedRow | undefined> {
  const [row] = await tx<JoinedRow[]>`
    INSERT INTO app.attendees AS a (org_id, attendee_id, meeting_id, member_id, name, state)
    SELECT m.org_id, ${attendeeId}, ${meetingId}, m.member_id, m.name, ${state}
    FROM app.members m WHERE m.org_id = ${orgId} AND m.member_id = ${memberId} AND m.status = 'active'
    ON CONFLICT (org_id, meeting_id, member_id) WHERE member_id IS NOT NULL DO UPDATE SET name = excluded.name
    RETURNING attendee_id, name, state, attendee_id = ${attendeeId} AS is_new`;
  return row;
}

export async function joinAsGuest(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeId: string,
  name: string,
  state: AttendeeState,
): Promise<void> {
  await tx`INSERT INTO app.attendees (org_id, attendee_id, meeting_id, name, state)
    VALUES (${orgId}, ${attendeeId}, ${meetingId}, ${name}, ${state})`;
}

export async function insertSession(
  tx: Transaction,
  orgId: string,
  attendeeId: string,
  sessionHash: Buffer,
  sessionMs: number,
): Promise<Date> {
  const [row] = await tx<{ expires_at: Date }[]>`
    INSERT INTO app.attendee_sessions (org_id, session_hash, attendee_id, expires_at)
    VALUES (${orgId}, ${sessionHash}, ${attendeeId}, clock_timestamp() + make_interval(secs => ${sessionMs / 1_000}))
    RETURNING expires_at`;
  return (row as { expires_at: Date }).expires_at;
}

/** Puts them on the rolls of what is open. Before the log is written: see urn.enrol_attendees. */
export async function enrolAttendees(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeIds: readonly string[],
): Promise<void> {
  await tx`SELECT urn.enrol_attendees(${orgId}, ${meetingId}, ${listOf(attendeeIds)}::text::uuid[])`;
}

/** Those of them who were not admitted before; null: everyone who waits. */
export async function admitAttendees(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeIds: readonly string[] | null,
): Promise<string[]> {
  const rows = await tx<{ attendee_id: string }[]>`
    UPDATE app.attendees SET state = 'admitted'
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND ${
      attendeeIds === null
        ? tx`state = 'waiting'`
        : tx`state <> 'admitted' AND attendee_id = ANY (${listOf(attendeeIds)}::text::uuid[])`
    } RETURNING attendee_id`;
  return rows.map((row) => row.attendee_id);
}

/** False where there is no such attendee, or they were removed already. */
export async function removeAttendee(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeId: string,
): Promise<boolean> {
  const rows = await tx`UPDATE app.attendees SET state = 'removed', role = NULL
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND attendee_id = ${attendeeId} AND state <> 'removed'
    RETURNING attendee_id`;
  if (rows.length === 0) return false;
  await tx`UPDATE app.speakers SET state = CASE state WHEN 'speaking' THEN 'done' ELSE 'withdrawn' END, ended_at = clock_timestamp()
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND attendee_id = ${attendeeId} AND state IN ('waiting', 'speaking')`;
  return true;
}

export async function updateRole(
  tx: Transaction,
  orgId: string,
  attendeeId: string,
  role: MeetingRole | null,
): Promise<void> {
  await tx`UPDATE app.attendees SET role = ${role} WHERE org_id = ${orgId} AND attendee_id = ${attendeeId}`;
}

export async function selectHeldProxies(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  holderId: string,
): Promise<HeldProxy[]> {
  const rows = await tx<{ proxy_id: string; member_id: string; number: string; name: string; weight: bigint }[]>`
    SELECT x.proxy_id, m.member_id, m.number, m.name, m.weight
    FROM app.proxies x JOIN app.members m ON m.org_id = x.org_id AND m.member_id = x.grantor_id
    WHERE x.org_id = ${orgId} AND x.holder_id = ${holderId} AND x.state = 'accepted' AND m.status = 'active'
      AND (x.meeting_id IS NULL OR x.meeting_id = ${meetingId}) ORDER BY m.sort_name, m.member_id`;
  return rows.map((row) => ({
    proxyId: row.proxy_id,
    memberId: row.member_id,
    number: row.number,
    name: row.name,
    weight: row.weight,
  }));
}

export async function countWaiting(tx: Transaction, orgId: string, meetingId: string): Promise<number> {
  const [row] = await tx<{ waiting: number }[]>`SELECT count(*)::int AS waiting FROM app.attendees
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND state = 'waiting'`;
  return row?.waiting ?? 0;
}
