import { z } from 'zod';
import type { Engine, Identity, SpeakerList } from '../../engine/index.ts';
import { type Outcome, refuse } from '../../engine/outcome.ts';
import { newSpeaker, type SpeakerListView, speakerList, speakerOrder } from '../../protocol/speakers.ts';
import { id } from '../../protocol/text.ts';
import { authorise, permits } from '../auth/permissions.ts';
import { meetingInReach } from '../auth/reach.ts';
import { meetingParams } from './meetings.ts';
import { type Answer, type Call, type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Speakers';
const speakerParams = z.strictObject({ meeting_id: id, speaker_id: id });
const FAILURES = ['not_found', 'conflict', 'database_away', 'outcome_unknown'] as const;
const WHOLE = { description: 'The whole list.', schema: speakerList } as const;

export function speakersAsJson({ open, seconds, items }: SpeakerList): SpeakerListView {
  return {
    open,
    seconds,
    items: items.map(({ speakerId, attendeeId, name, state, askedAt, startedAt }) => ({
      speaker_id: speakerId,
      attendee_id: attendeeId,
      name,
      state,
      asked_at: askedAt.toISOString(),
      started_at: startedAt?.toISOString() ?? null,
    })),
  };
}

/** Does it in a meeting within the caller's reach, and answers the whole list. */
async function within(
  { engine, identity, params }: { engine: Engine; identity: Identity; params: { meeting_id: string } },
  act: (orgId: string, meetingId: string) => Promise<Outcome<SpeakerList>>,
): Promise<Answer> {
  const found = await meetingInReach(engine, identity, params.meeting_id);
  if (!found.ok) return found;
  return replyWith(await act(identity.orgId, params.meeting_id), (speakers) => ({
    status: 200,
    body: speakersAsJson(speakers),
  }));
}

const list = operation({
  id: 'listSpeakers',
  method: 'get',
  path: '/v1/meetings/{meeting_id}/speakers',
  tag: TAG,
  summary: 'Read the list of speakers',
  permission: 'meetings.read',
  params: meetingParams,
  success: { 200: WHOLE },
  failures: ['not_found', 'database_away'],
  handle: (call) => within(call, (orgId, meetingId) => call.engine.speakers.list(orgId, meetingId)),
});

const ask = operation({
  id: 'askToSpeak',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/speakers',
  tag: TAG,
  summary: 'Ask to speak',
  description: 'Asking twice changes nothing. Moderators may put others on the list, also while it is closed.',
  permission: 'speakers.ask',
  params: meetingParams,
  body: newSpeaker,
  bodyOptional: true,
  success: { 200: WHOLE },
  failures: FAILURES,
  handle: async (call) => {
    const { engine, identity } = call;
    const named = (call.body as typeof call.body | undefined)?.attendee_id;
    const own = identity.kind === 'attendee' ? identity.id : undefined;
    const isModerator = permits(identity, 'meetings.manage');
    if (named !== undefined && named !== own && !isModerator) {
      const refused = authorise(identity, 'meetings.manage');
      if (!refused.ok) return refused;
    }
    const attendeeId = named ?? own;
    if (attendeeId === undefined) {
      return refuse('invalid_input', 'You attend no meeting: say in attendee_id who is to speak.', {
        details: { fields: [{ path: 'attendee_id', problem: 'is missing' }] },
      });
    }
    return within(call, (orgId, meetingId) => engine.speakers.ask(orgId, meetingId, attendeeId, isModerator));
  },
});

const withdraw = operation({
  id: 'withdrawSpeaker',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/speakers/{speaker_id}/withdraw',
  tag: TAG,
  summary: 'Take back the wish to speak',
  description: 'Your own; moderators anybody’s.',
  permission: 'speakers.ask',
  params: speakerParams,
  success: { 200: WHOLE },
  failures: FAILURES,
  handle: (call) => {
    const { engine, identity, params } = call;
    const whose = permits(identity, 'meetings.manage') ? null : identity.id;
    return within(call, (orgId, meetingId) => engine.speakers.withdraw(orgId, meetingId, params.speaker_id, whose));
  },
});

type SpeakerCall = Call<'meetings.manage', z.output<typeof speakerParams>, undefined, undefined>;

function act(name: 'next' | 'done', summary: string, description: string): Operation {
  return operation({
    id: `${name}Speaker`,
    method: 'post',
    path: `/v1/meetings/{meeting_id}/speakers/{speaker_id}/${name}`,
    tag: TAG,
    summary,
    description,
    permission: 'meetings.manage',
    params: speakerParams,
    success: { 200: WHOLE },
    failures: FAILURES,
    handle: (call: SpeakerCall) =>
      within(call, (orgId, meetingId) => call.engine.speakers[name](orgId, meetingId, call.params.speaker_id)),
  });
}

const order = operation({
  id: 'orderSpeakers',
  method: 'put',
  path: '/v1/meetings/{meeting_id}/speakers/order',
  tag: TAG,
  summary: 'Order those who wait',
  description: 'Send everyone who waits, each once. Refused where the list has changed meanwhile.',
  permission: 'meetings.manage',
  params: meetingParams,
  body: speakerOrder,
  success: { 200: WHOLE },
  failures: FAILURES,
  handle: (call) =>
    within(call, (orgId, meetingId) => call.engine.speakers.order(orgId, meetingId, call.body.speakers)),
});

export const speakerOperations: readonly Operation[] = [
  list,
  ask,
  order,
  withdraw,
  act('next', 'Give somebody the floor', 'Who spoke before has done.'),
  act('done', 'Somebody has done speaking', 'Nobody speaks then.'),
];
