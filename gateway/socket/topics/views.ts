import { accept, type Engine, type Outcome } from '../../../engine/index.ts';
import type { ElectionTopicData, MeetingTopicData } from '../../../protocol/frames/messages.ts';
import { electionAsJson } from '../../http/elections.ts';

/** The whole state of an election topic. */
export async function readElection(
  engine: Engine,
  orgId: string,
  electionId: string,
): Promise<Outcome<ElectionTopicData>> {
  const election = await engine.elections.get(orgId, electionId);
  return election.ok ? accept({ election: electionAsJson(election.value) }) : election;
}

/** The whole state of a meeting topic: the meeting and the newest of its elections. */
export async function readMeeting(
  engine: Engine,
  orgId: string,
  meetingId: string,
  electionsMax: number,
): Promise<Outcome<MeetingTopicData>> {
  const meeting = await engine.meetings.get(orgId, meetingId);
  if (!meeting.ok) return meeting;
  const elections = await engine.elections.list(orgId, { meetingId, limit: electionsMax });
  if (!elections.ok) return elections;
  const { title, joinCode, createdAt } = meeting.value;
  return accept({
    meeting: { meeting_id: meetingId, title, join_code: joinCode, created_at: createdAt.toISOString() },
    elections: elections.value.items.map(electionAsJson),
  });
}
