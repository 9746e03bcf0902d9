import { accept, type CampaignViewer, type Engine, type Outcome } from '../../../engine/index.ts';
import type { CampaignTopicData, ElectionTopicData, MeetingTopicData } from '../../../protocol/frames/messages.ts';
import type { MeetingLiveView } from '../../../protocol/meetings.ts';
import { agendaAsJson } from '../../http/agenda.ts';
import { campaignAsJson } from '../../http/campaigns.ts';
import { electionAsJson } from '../../http/elections.ts';
import { meetingAsJson, presenceAsJson } from '../../http/meetings.ts';
import { speakersAsJson } from '../../http/speakers.ts';
import type { Audience } from './topic.ts';

/** The whole state of an election topic. */
export async function readElection(
  engine: Engine,
  orgId: string,
  electionId: string,
): Promise<Outcome<ElectionTopicData>> {
  const election = await engine.elections.get(orgId, electionId);
  return election.ok ? accept({ election: electionAsJson(election.value) }) : election;
}

/** Sees what there is; who watches has been found to see the campaign. */
const ANYBODY: CampaignViewer = { memberId: null, roles: ['admin'], actor: '' };

/** The whole state of a campaign topic, the same for all: nothing of what only its managers see. */
export async function readCampaign(
  engine: Engine,
  orgId: string,
  campaignId: string,
): Promise<Outcome<CampaignTopicData>> {
  const found = await engine.campaigns.show(orgId, campaignId, ANYBODY);
  if (!found.ok) return found;
  return accept({
    campaign: campaignAsJson({ ...found.value, membership: null, canManage: false, pendingIdeas: null }),
  });
}

/** The whole state of a meeting topic: the meeting and the newest of its elections that the audience sees. */
export async function readMeeting(
  engine: Engine,
  orgId: string,
  meetingId: string,
  electionsMax: number,
  audience: Audience,
): Promise<Outcome<MeetingTopicData>> {
  const meeting = await engine.meetings.get(orgId, meetingId);
  if (!meeting.ok) return meeting;
  const elections = await engine.elections.list(orgId, {
    meetingId,
    limit: electionsMax,
    opened: audience === 'opened',
  });
  if (!elections.ok) return elections;
  return accept({ meeting: meetingAsJson(meeting.value), elections: elections.value.items.map(electionAsJson) });
}

/** What else a meeting topic shows of it, besides its elections. */
export async function readMeetingParts(
  engine: Engine,
  orgId: string,
  meetingId: string,
  audience: Audience,
): Promise<Outcome<MeetingLiveView>> {
  const meeting = await engine.meetings.get(orgId, meetingId);
  if (!meeting.ok) return meeting;
  const agenda = await engine.agendas.get(orgId, meetingId);
  if (!agenda.ok) return agenda;
  const speakers = await engine.speakers.list(orgId, meetingId);
  if (!speakers.ok) return speakers;
  return accept({
    meeting: meetingAsJson(meeting.value),
    agenda: agendaAsJson(agenda.value, audience === 'drafts'),
    speakers: speakersAsJson(speakers.value),
  });
}

/** An election that has just opened. */
export async function readOpened(engine: Engine, orgId: string, electionId: string): Promise<Outcome<MeetingLiveView>> {
  const election = await engine.elections.get(orgId, electionId);
  return election.ok ? accept({ elections: [electionAsJson(election.value)] }) : election;
}

export async function readPresence(
  engine: Engine,
  orgId: string,
  meetingId: string,
): Promise<Outcome<MeetingLiveView>> {
  const presence = await engine.meetings.presenceOf(orgId, meetingId);
  return presence.ok ? accept({ presence: presenceAsJson(presence.value) }) : presence;
}
