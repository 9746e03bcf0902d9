import type { Transaction } from '../db/index.ts';
import { listOf } from './queries.ts';
import type { Speaker } from './speaker.ts';

/** SQL of speakers' lists. */

interface SpeakerRow {
  speaker_id: string;
  attendee_id: string;
  name: string;
  state: Speaker['state'];
  asked_at: Date;
  started_at: Date | null;
}

/** Who speaks, then those who wait, in their order. */
export async function selectSpeakers(tx: Transaction, orgId: string, meetingId: string): Promise<Speaker[]> {
  const rows = await tx<SpeakerRow[]>`
    SELECT s.speaker_id, s.attendee_id, a.name, s.state, s.asked_at, s.started_at
    FROM app.speakers s JOIN app.attendees a ON a.org_id = s.org_id AND a.attendee_id = s.attendee_id
    WHERE s.org_id = ${orgId} AND s.meeting_id = ${meetingId} AND s.state IN ('waiting', 'speaking')
    ORDER BY s.state <> 'speaking', s.position, s.asked_at, s.speaker_id`;
  return rows.map((row) => ({
    speakerId: row.speaker_id,
    attendeeId: row.attendee_id,
    name: row.name,
    state: row.state,
    askedAt: row.asked_at,
    startedAt: row.started_at,
  }));
}

/** An entry of the list, also one that is over. */
export async function wasSpeaker(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  speakerId: string,
  attendeeId: string | null,
): Promise<boolean> {
  const rows = await tx`SELECT FROM app.speakers
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND speaker_id = ${speakerId}
      AND (${attendeeId}::uuid IS NULL OR attendee_id = ${attendeeId}::uuid)`;
  return rows.length > 0;
}

export async function isAdmitted(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  attendeeId: string,
): Promise<boolean> {
  const rows = await tx`SELECT FROM app.attendees
    WHERE org_id = ${orgId} AND meeting_id = ${meetingId} AND attendee_id = ${attendeeId} AND state = 'admitted'`;
  return rows.length > 0;
}

export async function insertSpeaker(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  speakerId: string,
  attendeeId: string,
): Promise<void> {
  await tx`INSERT INTO app.speakers (org_id, speaker_id, meeting_id, attendee_id, position)
    SELECT ${orgId}, ${speakerId}, ${meetingId}, ${attendeeId}, coalesce(max(s.position), 0) + 1
    FROM app.speakers s WHERE s.org_id = ${orgId} AND s.meeting_id = ${meetingId} AND s.state = 'waiting'`;
}

export async function updateSpeaker(
  tx: Transaction,
  orgId: string,
  speakerId: string,
  state: 'speaking' | 'done' | 'withdrawn',
): Promise<void> {
  await tx`UPDATE app.speakers SET state = ${state},
      started_at = CASE WHEN ${state} = 'speaking' THEN clock_timestamp() ELSE started_at END,
      ended_at = CASE WHEN ${state} = 'speaking' THEN NULL ELSE clock_timestamp() END
    WHERE org_id = ${orgId} AND speaker_id = ${speakerId}`;
}

export async function updateSpeakerOrder(tx: Transaction, orgId: string, speakerIds: readonly string[]): Promise<void> {
  await tx`UPDATE app.speakers s SET position = o.place::int
    FROM unnest(${listOf(speakerIds)}::text::uuid[]) WITH ORDINALITY o (speaker_id, place)
    WHERE s.org_id = ${orgId} AND s.speaker_id = o.speaker_id`;
}
