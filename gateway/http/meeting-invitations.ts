import { meetingInvitations, newMeetingInvitations } from '../../protocol/notifications.ts';
import { meetingParams } from './meetings.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const invite = operation({
  id: 'inviteToMeeting',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/invitations',
  tag: 'Meetings',
  summary: 'Invite members to a meeting',
  description:
    'Each is told in the way that they have chosen, by mail with an entry for the calendar. They are told again when the ' +
    'title or the time changes, and when the meeting does not take place. Who was invited before is passed over.',
  permission: 'invitations.manage',
  params: meetingParams,
  body: newMeetingInvitations,
  success: { 200: { description: 'How many were invited.', schema: meetingInvitations } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const group = body.group ?? null;
    return replyWith(await engine.invitees.invite(identity.orgId, params.meeting_id, group, identity.id), (made) => ({
      status: 200,
      body: made,
    }));
  },
});

export const meetingInvitationOperations: readonly Operation[] = [invite];
