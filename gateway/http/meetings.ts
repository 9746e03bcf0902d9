import { encode } from 'uqr';
import { z } from 'zod';
import type { Meeting, Presence } from '../../engine/index.ts';
import {
  type MeetingChangeBody,
  type MeetingView,
  meetingChange,
  meetingEnd,
  meetingEnded,
  meetingPage,
  meetingView,
  newMeeting,
  type PresenceView,
  presenceView,
  qrQuery,
} from '../../protocol/meetings.ts';
import { pageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { meetingInReach } from '../auth/reach.ts';
import { type Call, type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Meetings';
export const meetingParams = z.strictObject({ meeting_id: id });

const isoOrNull = (moment: Date | null) => moment?.toISOString() ?? null;
const dateOrNull = (moment: string | null | undefined) => (moment == null ? moment : new Date(moment));

export function meetingAsJson(meeting: Meeting): MeetingView {
  return {
    meeting_id: meeting.meetingId,
    title: meeting.title,
    state: meeting.state,
    join_code: meeting.joinCode,
    starts_at: isoOrNull(meeting.startsAt),
    started_at: isoOrNull(meeting.startedAt),
    ended_at: isoOrNull(meeting.endedAt),
    sessions_end_at: isoOrNull(meeting.sessionsEndAt),
    guests_allowed: meeting.guestsAllowed,
    waiting_room: meeting.waitingRoom,
    name_required: meeting.nameRequired,
    proxy_limit: meeting.proxyLimit,
    speakers_open: meeting.speakersOpen,
    speaker_seconds: meeting.speakerSeconds,
    speakers_max: meeting.speakersMax,
    created_at: meeting.createdAt.toISOString(),
  };
}

export function presenceAsJson(presence: Presence): PresenceView {
  return {
    present: presence.count,
    ...presence.byRole,
    represented: presence.represented,
    weight: votesOfMicro(presence.weightMicro),
    member_weight: votesOfMicro(presence.memberWeightMicro),
    waiting: presence.waiting,
  };
}

function settingsOf(body: MeetingChangeBody) {
  return {
    startsAt: dateOrNull(body.starts_at),
    guestsAllowed: body.guests_allowed,
    waitingRoom: body.waiting_room,
    nameRequired: body.name_required,
    proxyLimit: body.proxy_limit,
    speakersOpen: body.speakers_open,
    speakerSeconds: body.speaker_seconds,
    speakersMax: body.speakers_max,
  };
}

const create = operation({
  id: 'createMeeting',
  method: 'post',
  path: '/v1/meetings',
  tag: TAG,
  summary: 'Create a meeting',
  permission: 'meetings.create',
  body: newMeeting,
  creates: true,
  success: { 201: { description: 'The meeting with its join code.', schema: meetingView } },
  failures: ['over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const input = { title: body.title, ...settingsOf(body) };
    return replyWith(await engine.meetings.create(identity.orgId, input, identity.id), (meeting) => ({
      status: 201,
      body: meetingAsJson(meeting),
      headers: { location: `/v1/meetings/${meeting.meetingId}` },
    }));
  },
});

const list = operation({
  id: 'listMeetings',
  method: 'get',
  path: '/v1/meetings',
  tag: TAG,
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
      body: { items: items.map(meetingAsJson), next_cursor: nextCursor },
    }));
  },
});

const get = operation({
  id: 'getMeeting',
  method: 'get',
  path: '/v1/meetings/{meeting_id}',
  tag: TAG,
  summary: 'Read a meeting',
  permission: 'meetings.read',
  params: meetingParams,
  success: { 200: { description: 'The meeting.', schema: meetingView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await meetingInReach(engine, identity, params.meeting_id), (meeting) => ({
      status: 200,
      body: meetingAsJson(meeting),
    }));
  },
});

const change = operation({
  id: 'changeMeeting',
  method: 'patch',
  path: '/v1/meetings/{meeting_id}',
  tag: TAG,
  summary: 'Change a meeting',
  description: 'Its title and settings, at any time. Opens and closes the list of speakers too.',
  permission: 'meetings.manage',
  params: meetingParams,
  body: meetingChange,
  success: { 200: { description: 'The meeting.', schema: meetingView } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    const input = { ...settingsOf(body), title: body.title };
    const outcome = await engine.meetings.change(identity.orgId, params.meeting_id, input, identity.id);
    return replyWith(outcome, (meeting) => ({ status: 200, body: meetingAsJson(meeting) }));
  },
});

type Act = 'start' | 'rotateCode';

/** Acts of the chair without a body. */
function act(name: Act, path: string, summary: string, description: string): Operation {
  return operation({
    id: `${name}Meeting`,
    method: 'post',
    path: `/v1/meetings/{meeting_id}/${path}`,
    tag: TAG,
    summary,
    description,
    permission: 'meetings.manage',
    params: meetingParams,
    success: { 200: { description: 'The meeting.', schema: meetingView } },
    failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
    handle: async ({
      engine,
      identity,
      params,
    }: Call<'meetings.manage', { meeting_id: string }, undefined, undefined>) => {
      const found = await meetingInReach(engine, identity, params.meeting_id);
      if (!found.ok) return found;
      const outcome = await engine.meetings[name](identity.orgId, params.meeting_id, identity.id);
      return replyWith(outcome, (meeting) => ({ status: 200, body: meetingAsJson(meeting) }));
    },
  });
}

const end = operation({
  id: 'endMeeting',
  method: 'post',
  path: '/v1/meetings/{meeting_id}/end',
  tag: TAG,
  summary: 'End a meeting',
  description:
    'Nobody joins any more; attendees keep their sessions for a quarter of an hour. Refused while elections are open ' +
    '(details.elections names them) unless force is true: it closes none of them.',
  permission: 'meetings.manage',
  params: meetingParams,
  body: meetingEnd,
  bodyOptional: true,
  success: { 200: { description: 'The meeting, and which elections are still open.', schema: meetingEnded } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    const force = (body as typeof body | undefined)?.force ?? false;
    const outcome = await engine.meetings.end(identity.orgId, params.meeting_id, force, identity.id);
    return replyWith(outcome, ({ meeting, openElections }) => ({
      status: 200,
      body: { meeting: meetingAsJson(meeting), open_elections: openElections },
    }));
  },
});

const presence = operation({
  id: 'getPresence',
  method: 'get',
  path: '/v1/meetings/{meeting_id}/presence',
  tag: TAG,
  summary: 'How many are here?',
  description: 'By role, and what they weigh. The topic of the meeting tells when it changes.',
  permission: 'meetings.read',
  params: meetingParams,
  success: { 200: { description: 'Numbers, a few seconds old at most.', schema: presenceView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    return replyWith(await engine.meetings.presenceOf(identity.orgId, params.meeting_id), (figures) => ({
      status: 200,
      body: presenceAsJson(figures),
    }));
  },
});

/** Dark squares as one path, a quiet border of four around: what readers of the code need. */
function qrSvg(text: string): string {
  const { data, size } = encode(text, { border: 4, ecc: 'M' });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${squares.join('')}"/></svg>`
  );
}

/** @param publicUrl where people find the pages; without it they come as this request did */
export function meetingOperations(publicUrl: string | undefined): readonly Operation[] {
  const qr = operation({
    id: 'getMeetingQrCode',
    method: 'get',
    path: '/v1/meetings/{meeting_id}/qr.svg',
    tag: TAG,
    summary: 'The join code as a QR code',
    description: 'An SVG of the address at which people join with one tap.',
    permission: 'meetings.read',
    params: meetingParams,
    query: qrQuery,
    success: { 200: { description: 'The picture.', mediaType: 'image/svg+xml' } },
    failures: ['not_found', 'database_away'],
    handle: async ({ engine, identity, params, query, origin }) => {
      const base = query.base ?? publicUrl?.replace(/\/$/, '') ?? `http://${origin.header('host') ?? 'localhost'}`;
      return replyWith(await meetingInReach(engine, identity, params.meeting_id), ({ joinCode }) => ({
        status: 200,
        text: { type: 'image/svg+xml', content: qrSvg(`${base}/join/${joinCode}`) },
        etag: `${joinCode}-${base}`,
      }));
    },
  });
  return [
    create,
    list,
    get,
    change,
    act('start', 'start', 'Start a meeting', 'From now on it is live. People may join before.'),
    end,
    act('rotateCode', 'rotate-code', 'Make a new join code', 'The old one stops at once. Who has joined stays.'),
    qr,
    presence,
  ];
}
