import { z } from 'zod';
import type { Attendee, Identity, Joined, OwnAttendance } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';
import {
  type AttendeeView,
  admission,
  admitted,
  attendeePage,
  attendeeQuery,
  attendeeView,
  joined,
  joinRequest,
  type OwnAttendanceView,
  ownAttendance,
  roleChange,
} from '../../protocol/meetings.ts';
import { id } from '../../protocol/text.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { bearerSecret } from '../auth/bearer.ts';
import { meetingInReach } from '../auth/reach.ts';
import { meetingAsJson, meetingParams } from './meetings.ts';
import { type Call, type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Attendees';
const attendeeParams = z.strictObject({ meeting_id: id, attendee_id: id });

function viewOf(attendee: Attendee): AttendeeView {
  return {
    attendee_id: attendee.attendeeId,
    name: attendee.name,
    state: attendee.state,
    role: attendee.role,
    member: attendee.member === null ? null : { member_id: attendee.member.memberId, number: attendee.member.number },
    weight: votesOfMicro(attendee.weight),
    present: attendee.present,
    proxies: attendee.proxies,
    joined_at: attendee.joinedAt.toISOString(),
  };
}

function joinedView({ sessionToken, expiresAt, attendeeId, state, name, memberId, meeting }: Joined) {
  return {
    session_token: sessionToken,
    expires_at: expiresAt.toISOString(),
    attendee_id: attendeeId,
    state,
    name,
    member_id: memberId,
    meeting: meetingAsJson(meeting),
  };
}

function ownView({ attendee, proxies, meeting, askAgainMs }: OwnAttendance, identity: Identity): OwnAttendanceView {
  return {
    attendee_id: attendee.attendeeId,
    name: attendee.name,
    state: attendee.state,
    roles: [...identity.roles],
    member_id: identity.memberId,
    weight: votesOfMicro(attendee.weight),
    expires_at: new Date(identity.expiresAtMs ?? 0).toISOString(),
    proxies: proxies.map(({ proxyId, memberId, name, number, weight }) => ({
      proxy_id: proxyId,
      member_id: memberId,
      name,
      number,
      weight: votesOfMicro(weight),
    })),
    meeting: { meeting_id: meeting.meetingId, title: meeting.title, state: meeting.state },
    ask_again_ms: askAgainMs,
  };
}

type JoinCall = Call<null, undefined, undefined, z.output<typeof joinRequest>>;

/**
 * Who joins, as far as they have signed in. Somebody of another organisation, or with a session of a meeting that is over,
 * joins like anybody else; an account that must sign in again is told so, or its vote would become a guest's.
 */
async function callerOf({ engine, origin }: JoinCall, orgId: string): Promise<Outcome<Identity | null>> {
  const authorization = origin.header('authorization');
  if (authorization === undefined) return accept(null);
  const secret = bearerSecret(authorization);
  if (!secret.ok) return secret;
  const known = await engine.accounts.authenticate(secret.value, orgId);
  if (known.ok) return accept(known.value.identity);
  const isOldSession = secret.value.startsWith('pst_') && known.failure.kind === 'unauthenticated';
  return known.failure.kind === 'not_found' || isOldSession ? accept(null) : known;
}

const join = operation({
  id: 'joinMeeting',
  method: 'post',
  path: '/v1/join',
  tag: TAG,
  summary: 'Join a meeting by its code',
  description:
    'Gives a session token for this meeting. It is shown once: keep it, and send it as the bearer token. Sent with ' +
    "a member's access token you join as that member, with your weight; again on another device it is the same " +
    'attendance and one vote. Without, you are a guest, where the meeting takes guests. With the session token of the ' +
    'same meeting you get another session of the same attendance.',
  permission: null,
  body: joinRequest,
  secret: true,
  limit: 'join',
  success: { 201: { description: 'Your session.', schema: joined } },
  failures: [
    'unauthenticated',
    'forbidden',
    'not_found',
    'conflict',
    'over_quota',
    'rate_limited',
    'database_away',
    'outcome_unknown',
  ],
  handle: async (call) => {
    const { engine, body } = call;
    const found = await engine.meetings.find(body.code);
    if (!found.ok) return found;
    const caller = await callerOf(call, found.value.orgId);
    if (!caller.ok) return caller;
    const outcome = await engine.meetings.join(body.code, { name: body.name, caller: caller.value });
    return replyWith(outcome, (session) => ({ status: 201, body: joinedView(session) }));
  },
});

const own = operation({
  id: 'getOwnAttendance',
  method: 'get',
  path: '/v1/attendance',
  tag: TAG,
  summary: 'Read your own attendance',
  description:
    'For attendees: after a reload, and from the waiting room, where nothing else is answered. Whoever is no attendee ' +
    'gets 404.',
  permission: 'meetings.attend',
  success: { 200: { description: 'Who you are in this meeting.', schema: ownAttendance } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity }) => {
    if (identity.kind !== 'attendee' || identity.meetingId === null) {
      return refuse('not_found', 'You attend no meeting with this key. Join one by its code first.');
    }
    const outcome = await engine.attendees.own(identity.orgId, identity.meetingId, identity.id);
    return replyWith(outcome, (attendance) => ({ status: 200, body: ownView(attendance, identity) }));
  },
});

const list = operation({
  id: 'listAttendees',
  method: 'get',
  path: '/v1/meetings/{meeting_id}/attendees',
  tag: TAG,
  summary: 'List the attendees',
  permission: 'attendees.read',
  params: meetingParams,
  query: attendeeQuery,
  success: { 200: { description: 'A page of attendees, by name.', schema: attendeePage } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params, query }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    const { present, ...rest } = query;
    const asked = { ...rest, present: present === 'true' };
    const outcome = await engine.attendees.list(identity.orgId, params.meeting_id, asked);
    return replyWith(outcome, ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});

const admitMany = operation({
  id: 'admitAttendees',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/attendees/admit',
  tag: TAG,
  summary: 'Admit from the waiting room',
  description: 'These, or everyone who waits. They stand on the roll of every open election that takes attendees.',
  permission: 'attendees.manage',
  params: meetingParams,
  body: admission,
  bodyOptional: true,
  success: { 200: { description: 'How many were admitted by this.', schema: admitted } },
  failures: ['not_found', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    const ids = (body as typeof body | undefined)?.attendees ?? null;
    const outcome = await engine.attendees.admit(identity.orgId, params.meeting_id, ids, identity.id);
    return replyWith(outcome, (counts) => ({ status: 200, body: counts }));
  },
});

const admitOne = operation({
  id: 'admitAttendee',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/attendees/{attendee_id}/admit',
  tag: TAG,
  summary: 'Admit one attendee',
  description: 'Also one who was removed before. Admitting twice changes nothing.',
  permission: 'attendees.manage',
  params: attendeeParams,
  success: { 200: { description: 'How many were admitted by this: 1 or 0.', schema: admitted } },
  failures: ['not_found', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    const { meeting_id: meetingId, attendee_id: attendeeId } = params;
    const known = await engine.attendees.own(identity.orgId, meetingId, attendeeId);
    if (!known.ok) return known;
    const outcome = await engine.attendees.admit(identity.orgId, meetingId, [attendeeId], identity.id);
    return replyWith(outcome, (counts) => ({ status: 200, body: counts }));
  },
});

const remove = operation({
  id: 'removeAttendee',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/attendees/{attendee_id}/remove',
  tag: TAG,
  summary: 'Remove an attendee',
  description: 'Their sessions are refused and their connections closed within a second. Ballots they cast count.',
  permission: 'attendees.manage',
  params: attendeeParams,
  success: { 200: { description: 'The attendee.', schema: attendeeView } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    const { meeting_id: meetingId, attendee_id: attendeeId } = params;
    const outcome = await engine.attendees.remove(identity.orgId, meetingId, attendeeId, identity.id);
    return replyWith(outcome, (attendee) => ({ status: 200, body: viewOf(attendee) }));
  },
});

const setRole = operation({
  id: 'setMeetingRole',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/attendees/{attendee_id}/role',
  tag: TAG,
  summary: 'Give an attendee a role in the meeting',
  description: 'Moderator or auditor of this meeting alone, or neither; members only. They are connected anew.',
  permission: 'attendees.roles',
  params: attendeeParams,
  body: roleChange,
  success: { 200: { description: 'The attendee.', schema: attendeeView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const { meeting_id: meetingId, attendee_id: attendeeId } = params;
    const outcome = await engine.attendees.setRole(identity.orgId, meetingId, attendeeId, body.role, identity.id);
    return replyWith(outcome, (attendee) => ({ status: 200, body: viewOf(attendee) }));
  },
});

export const attendeeOperations: readonly Operation[] = [join, own, list, admitMany, admitOne, remove, setRole];
