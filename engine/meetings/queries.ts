import type { Sql, Transaction } from '../db/index.ts';
import type { Meeting } from './meeting.ts';

/** SQL of this room. */

interface MeetingRow {
  org_id: string;
  meeting_id: string;
  title: string;
  join_code: string;
  created_at: Date;
}

function meetingOf(row: MeetingRow): Meeting {
  return {
    orgId: row.org_id,
    meetingId: row.meeting_id,
    title: row.title,
    joinCode: row.join_code,
    createdAt: row.created_at,
  };
}

/** False where another meeting, of whatever organisation, has the code. */
export async function insertMeeting(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  title: string,
  joinCode: string,
  actor: string,
): Promise<boolean> {
  const rows = await tx`INSERT INTO app.meetings (org_id, meeting_id, title, join_code)
    VALUES (${orgId}, ${meetingId}, ${title}, ${joinCode}) ON CONFLICT (join_code) DO NOTHING RETURNING meeting_id`;
  if (rows.length === 0) return false;
  await tx`SELECT urn.append_log(${orgId}, ${meetingId}, 'meeting.created', ${tx.json({ title, by: actor })})`;
  return true;
}

export async function selectMeeting(tx: Transaction, orgId: string, meetingId: string): Promise<Meeting | undefined> {
  const [row] = await tx<
    MeetingRow[]
  >`SELECT * FROM app.meetings WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
  return row && meetingOf(row);
}

/** Newest first; the cursor is the last meeting of the page before. */
export async function selectMeetings(
  tx: Transaction,
  orgId: string,
  cursor: string | null,
  limit: number,
): Promise<Meeting[]> {
  const rows = await tx<MeetingRow[]>`
    SELECT m.* FROM app.meetings m
    WHERE m.org_id = ${orgId} AND (${cursor}::uuid IS NULL OR (m.created_at, m.meeting_id) <
      (SELECT c.created_at, c.meeting_id FROM app.meetings c WHERE c.org_id = ${orgId} AND c.meeting_id = ${cursor}::uuid))
    ORDER BY m.created_at DESC, m.meeting_id DESC LIMIT ${limit}`;
  return rows.map(meetingOf);
}

export async function findMeeting(sql: Sql, code: string): Promise<{ org_id: string; meeting_id: string } | undefined> {
  const [row] = await sql<{ org_id: string; meeting_id: string }[]>`SELECT * FROM door.find_meeting(${code})`;
  return row;
}

export async function insertAttendee(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeId: string,
  name: string,
  sessionHash: Buffer,
  sessionMs: number,
): Promise<Date> {
  const [row] = await tx<{ expires_at: Date }[]>`
    INSERT INTO app.attendees (org_id, attendee_id, meeting_id, name, session_hash, expires_at)
    VALUES (${orgId}, ${attendeeId}, ${meetingId}, ${name}, ${sessionHash}, clock_timestamp() + make_interval(secs => ${sessionMs / 1_000}))
    RETURNING expires_at`;
  // the log says that somebody joined, by id: names are for those who may read the list of attendees
  await tx`SELECT urn.append_log(${orgId}, ${meetingId}, 'meeting.joined', ${tx.json({ attendee: attendeeId })})`;
  return (row as { expires_at: Date }).expires_at;
}

export async function enrolAttendee(sql: Sql, orgId: string, meetingId: string, attendeeId: string): Promise<void> {
  await sql`SELECT urn.enrol_attendee(${orgId}, ${meetingId}, ${attendeeId})`;
}
