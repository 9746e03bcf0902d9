import type { LogKind } from '../../protocol/log.ts';
import type { Sql, Transaction } from '../db/index.ts';
import type { Meeting, MeetingSettings, MeetingState, Presence } from './meeting.ts';

/** SQL of meetings themselves, and of who is here. */

interface MeetingRow {
  org_id: string;
  meeting_id: string;
  title: string;
  join_code: string;
  state: MeetingState;
  starts_at: Date | null;
  started_at: Date | null;
  ended_at: Date | null;
  sessions_end_at: Date | null;
  guests_allowed: boolean;
  waiting_room: boolean;
  name_required: boolean;
  proxy_limit: number | null;
  speakers_open: boolean;
  speaker_seconds: number | null;
  speakers_max: number | null;
  created_at: Date;
}

function meetingOf(row: MeetingRow): Meeting {
  return {
    orgId: row.org_id,
    meetingId: row.meeting_id,
    title: row.title,
    joinCode: row.join_code,
    state: row.state,
    startsAt: row.starts_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    sessionsEndAt: row.sessions_end_at,
    guestsAllowed: row.guests_allowed,
    waitingRoom: row.waiting_room,
    nameRequired: row.name_required,
    proxyLimit: row.proxy_limit,
    speakersOpen: row.speakers_open,
    speakerSeconds: row.speaker_seconds,
    speakersMax: row.speakers_max,
    createdAt: row.created_at,
  };
}

/** A uuid[] that goes in as one text parameter: types are not fetched (engine/db/connect.ts). */
export function listOf(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}

export async function appendLog(
  tx: Transaction,
  orgId: string,
  topic: string,
  kind: LogKind,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx`SELECT urn.append_log(${orgId}, ${topic}, ${kind}, ${tx.json(payload as never)})`;
}

/** False where another meeting, of whatever organisation, has the code. */
export async function insertMeeting(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  s: MeetingSettings,
  joinCode: string,
): Promise<boolean> {
  const rows = await tx`
    INSERT INTO app.meetings (org_id, meeting_id, title, join_code, starts_at, guests_allowed, waiting_room, name_required,
      proxy_limit, speakers_open, speaker_seconds, speakers_max)
    VALUES (${orgId}, ${meetingId}, ${s.title}, ${joinCode}, ${s.startsAt}, ${s.guestsAllowed}, ${s.waitingRoom},
      ${s.nameRequired}, ${s.proxyLimit}, ${s.speakersOpen}, ${s.speakerSeconds}, ${s.speakersMax})
    ON CONFLICT (join_code) DO NOTHING RETURNING meeting_id`;
  return rows.length > 0;
}

export async function selectMeeting(tx: Transaction, orgId: string, meetingId: string): Promise<Meeting | undefined> {
  const [row] = await tx<
    MeetingRow[]
  >`SELECT * FROM app.meetings WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
  return row && meetingOf(row);
}

/** The same, held until the transaction ends. Whoever joins is not kept waiting by it. */
export async function lockMeeting(tx: Transaction, orgId: string, meetingId: string): Promise<Meeting | undefined> {
  const [row] = await tx<
    MeetingRow[]
  >`SELECT * FROM app.meetings WHERE org_id = ${orgId} AND meeting_id = ${meetingId} FOR NO KEY UPDATE`;
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

export async function updateSettings(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  s: MeetingSettings,
): Promise<void> {
  await tx`
    UPDATE app.meetings SET title = ${s.title}, starts_at = ${s.startsAt}, guests_allowed = ${s.guestsAllowed},
      waiting_room = ${s.waitingRoom}, name_required = ${s.nameRequired}, proxy_limit = ${s.proxyLimit},
      speakers_open = ${s.speakersOpen}, speaker_seconds = ${s.speakerSeconds}, speakers_max = ${s.speakersMax}
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
}

/** False where another meeting has the code. */
export async function updateJoinCode(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  joinCode: string,
): Promise<boolean> {
  // the index is over all organisations, whose rows this one cannot see: a look-up through the door
  const taken = await tx`SELECT FROM door.find_meeting(${joinCode})`;
  if (taken.length > 0) return false;
  await tx`UPDATE app.meetings SET join_code = ${joinCode} WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
  return true;
}

export async function startMeeting(tx: Transaction, orgId: string, meetingId: string): Promise<void> {
  await tx`UPDATE app.meetings SET state = 'live', started_at = clock_timestamp()
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
}

export async function endMeeting(tx: Transaction, orgId: string, meetingId: string, graceMs: number): Promise<void> {
  await tx`UPDATE app.meetings SET state = 'ended', ended_at = clock_timestamp(), current_item_id = NULL,
      sessions_end_at = clock_timestamp() + make_interval(secs => ${graceMs / 1_000})
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId}`;
}

export async function selectOpenElections(tx: Transaction, orgId: string, meetingId: string): Promise<string[]> {
  const rows = await tx<{ election_id: string }[]>`SELECT election_id FROM app.elections
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND state = 'open' ORDER BY created_at`;
  return rows.map((row) => row.election_id);
}

export async function findMeeting(sql: Sql, code: string): Promise<{ org_id: string; meeting_id: string } | undefined> {
  const [row] = await sql<{ org_id: string; meeting_id: string }[]>`SELECT * FROM door.find_meeting(${code})`;
  return row;
}

/** Meetings whose attendees' sessions are over and whose connections are not. */
export async function meetingsToCut(sql: Sql): Promise<{ org_id: string; meeting_id: string }[]> {
  return sql<{ org_id: string; meeting_id: string }[]>`SELECT * FROM door.meetings_to_cut()`;
}

/** False where somebody else was first. */
export async function markCut(tx: Transaction, orgId: string, meetingId: string): Promise<boolean> {
  const rows = await tx`UPDATE app.meetings SET sessions_cut = true
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND NOT sessions_cut RETURNING meeting_id`;
  return rows.length > 0;
}

export async function forgetSessions(sql: Sql, keptMs: number): Promise<void> {
  await sql`SELECT door.forget_sessions(${keptMs / 1_000})`;
}

/** False where nothing is known of what `attendees` null refers to: then all of them must be said. */
export async function keepPresence(
  sql: Sql,
  orgId: string,
  meetingId: string,
  gatewayId: string,
  attendees: readonly string[] | null,
  forMs: number,
): Promise<boolean> {
  const [row] = await sql<{ known: boolean }[]>`
    SELECT urn.keep_presence(${orgId}, ${meetingId}, ${gatewayId}, ${attendees && listOf(attendees)}::text::uuid[], ${forMs / 1_000}) AS known`;
  return row?.known === true;
}

type PresenceRow = Record<
  'present' | 'moderators' | 'auditors' | 'members' | 'guests' | 'represented' | 'weight' | 'member_weight' | 'waiting',
  bigint
>;

export async function selectPresence(sql: Sql, orgId: string, meetingId: string): Promise<Presence> {
  const rows = await sql<PresenceRow[]>`SELECT * FROM urn.presence(${orgId}, ${meetingId})`;
  const row = rows[0] as PresenceRow;
  return {
    count: Number(row.present),
    byRole: {
      moderators: Number(row.moderators),
      auditors: Number(row.auditors),
      members: Number(row.members),
      guests: Number(row.guests),
    },
    represented: Number(row.represented),
    weightMicro: row.weight,
    memberWeightMicro: row.member_weight,
    waiting: Number(row.waiting),
  };
}
