import { z } from 'zod';
import type { Meeting } from '../../engine/index.ts';
import {
  joined,
  joinRequest,
  type MeetingView,
  meetingPage,
  meetingView,
  newMeeting,
} from '../../protocol/meetings.ts';
import { pageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { meetingInReach } from '../auth/reach.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const meetingParams = z.strictObject({ meeting_id: id });

function viewOf(meeting: Meeting): MeetingView {
  return {
    meeting_id: meeting.meetingId,
    title: meeting.title,
    join_code: meeting.joinCode,
    created_at: meeting.createdAt.toISOString(),
  };
}

const create = operation({
  id: 'createMeeting',
  method: 'post',
  path: '/v1/meetings',
  tag: 'Meetings',
  summary: 'Create a meeting',
  permission: 'meetings.create',
  body: newMeeting,
  creates: true,
  success: { 201: { description: 'The meeting with its join code.', schema: meetingView } },
  failures: ['over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const outcome = await engine.meetings.create(identity.orgId, body, identity.id);
    return replyWith(outcome, (meeting) => ({
      status: 201,
      body: viewOf(meeting),
      headers: { location: `/v1/meetings/${meeting.meetingId}` },
    }));
  },
});

const list = operation({
  id: 'listMeetings',
  method: 'get',
  path: '/v1/meetings',
  tag: 'Meetings',
  summary: 'List the meetings',
  permission: 'meetings.list',
  query: pageQuery,
  success: { 200: { description: 'A page of meetings, newest first.', schema: meetingPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const { cursor, limit } = query;
    const page = { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) };
    return replyWith(await engine.meetings.list(identity.orgId, page), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});

const get = operation({
  id: 'getMeeting',
  method: 'get',
  path: '/v1/meetings/{meeting_id}',
  tag: 'Meetings',
  summary: 'Read a meeting',
  permission: 'meetings.read',
  params: meetingParams,
  success: { 200: { description: 'The meeting.', schema: meetingView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await meetingInReach(engine, identity, params.meeting_id), (meeting) => ({
      status: 200,
      body: viewOf(meeting),
    }));
  },
});

const join = operation({
  id: 'joinMeeting',
  method: 'post',
  path: '/v1/join',
  tag: 'Meetings',
  summary: 'Join a meeting by its code',
  description: 'Gives a session token for this meeting. It is shown once: keep it, and send it as the bearer token.',
  permission: null,
  body: joinRequest,
  secret: true,
  success: { 201: { description: 'Your session.', schema: joined } },
  failures: ['not_found', 'over_quota', 'rate_limited', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, body }) => {
    return replyWith(await engine.meetings.join(body.code, { name: body.name }), (session) => ({
      status: 201,
      body: {
        session_token: session.sessionToken,
        expires_at: session.expiresAt.toISOString(),
        attendee_id: session.attendeeId,
        meeting: viewOf(session.meeting),
      },
    }));
  },
});

export const meetingOperations: readonly Operation[] = [create, list, get, join];
