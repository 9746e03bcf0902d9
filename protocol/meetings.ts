import { z } from 'zod';
import { agendaView } from './agenda.ts';
import { electionView } from './elections.ts';
import { pageOf, pageQuery } from './page.ts';
import { plainLine } from './plain-line.ts';
import { speakerList } from './speakers.ts';
import { chosenMoment, id, moment, text } from './text.ts';
import { amount, weight } from './weight.ts';

const title = plainLine(1, 200);
const proxyLimit = z.int().min(0).max(1_000).nullable().meta({
  description: 'Proxies that one person may hold in this meeting; null: as the organisation has it.',
});
const speakerSeconds = z
  .int()
  .min(10)
  .max(3_600)
  .nullable()
  .meta({ description: 'How long one may speak; null: without a clock.' });
const speakersMax = z
  .int()
  .min(1)
  .max(500)
  .nullable()
  .meta({ description: 'Longest list of those who wait to speak; null: 500.' });

/** What moderators decide about a meeting. */
const settings = {
  starts_at: chosenMoment
    .nullable()
    .optional()
    .meta({ description: 'When it is planned to begin. Nothing starts by itself.' }),
  guests_allowed: z
    .boolean()
    .optional()
    .meta({ description: 'Whether people who are no members may join by the code. true if left out.' }),
  waiting_room: z
    .boolean()
    .optional()
    .meta({ description: 'Whether whoever joins waits until a moderator admits them. false if left out.' }),
  name_required: z.boolean().optional().meta({ description: 'Whether guests must give a name. true if left out.' }),
  proxy_limit: proxyLimit.optional(),
  speakers_open: z.boolean().optional().meta({ description: 'Whether attendees may ask to speak. true if left out.' }),
  speaker_seconds: speakerSeconds.optional(),
  speakers_max: speakersMax.optional(),
};

export const newMeeting = z.strictObject({ title, ...settings }).meta({
  id: 'NewMeeting',
  example: { title: 'General assembly 2026', starts_at: '2026-11-21T18:00:00Z', waiting_room: true },
});

export const meetingChange = z.strictObject({ title: title.optional(), ...settings }).meta({
  id: 'MeetingChange',
  description: 'What changes. What is left out stays as it is; null takes away.',
  example: { guests_allowed: false },
});
export type MeetingChangeBody = z.output<typeof meetingChange>;

const meetingState = z.enum(['planned', 'live', 'ended']);

export const meetingView = z
  .strictObject({
    meeting_id: id,
    title: z.string(),
    state: meetingState,
    join_code: z.string().meta({ description: 'What attendees type to join.' }),
    starts_at: moment.nullable(),
    started_at: moment.nullable(),
    ended_at: moment.nullable(),
    sessions_end_at: moment
      .nullable()
      .meta({ description: 'Once it has ended: until when attendees still have their sessions.' }),
    guests_allowed: z.boolean(),
    waiting_room: z.boolean(),
    name_required: z.boolean(),
    proxy_limit: proxyLimit,
    speakers_open: z.boolean(),
    speaker_seconds: speakerSeconds,
    speakers_max: speakersMax,
    created_at: moment,
  })
  .meta({
    id: 'Meeting',
    example: {
      meeting_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10',
      title: 'General assembly 2026',
      state: 'live',
      join_code: 'K7Q4XD',
      starts_at: '2026-11-21T18:00:00.000Z',
      started_at: '2026-11-21T18:02:00.000Z',
      ended_at: null,
      sessions_end_at: null,
      guests_allowed: true,
      waiting_room: false,
      name_required: true,
      proxy_limit: null,
      speakers_open: true,
      speaker_seconds: 180,
      speakers_max: null,
      created_at: '2026-11-01T12:00:00.000Z',
    },
  });
export const meetingPage = pageOf(meetingView, 'MeetingPage');
export type MeetingView = z.infer<typeof meetingView>;

export const meetingEnd = z
  .strictObject({
    force: z
      .boolean()
      .optional()
      .meta({ description: 'End it although elections are open. They stay open and are named in the answer.' }),
  })
  .meta({ id: 'MeetingEnd', example: { force: false } });

export const meetingEnded = z
  .strictObject({
    meeting: meetingView,
    open_elections: z.array(id).meta({ description: 'Elections of the meeting that are still open.' }),
  })
  .meta({ id: 'MeetingEnded' });

export const qrQuery = z.strictObject({
  base: z
    .string()
    .max(300)
    .regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+$/, 'is no origin; write it like https://vote.example')
    .optional()
    .meta({ description: 'Where people reach the pages; as this request came if left out.' }),
});

/** How many are here now, and what they weigh. */
export const presenceView = z
  .strictObject({
    present: z.int().nonnegative().meta({ description: 'People here: admitted, with a connection open.' }),
    moderators: z.int().nonnegative(),
    auditors: z.int().nonnegative(),
    members: z.int().nonnegative().meta({ description: 'Members without a role in the meeting.' }),
    guests: z.int().nonnegative(),
    represented: z.int().nonnegative().meta({ description: 'Members who are not here but whose proxy is held here.' }),
    weight: amount.meta({ description: 'Votes of the members here and of those they represent; a guest counts 1.' }),
    member_weight: amount.meta({ description: 'The same without guests.' }),
    waiting: z.int().nonnegative().meta({ description: 'People in the waiting room.' }),
  })
  .meta({
    id: 'Presence',
    example: {
      present: 214,
      moderators: 2,
      auditors: 1,
      members: 203,
      guests: 8,
      represented: 31,
      weight: '245',
      member_weight: '237',
      waiting: 3,
    },
  });
export type PresenceView = z.infer<typeof presenceView>;

/**
 * What moves in a meeting besides what events tell. On the topic whole at first, then each part when it has changed;
 * elections when they open, which need nobody to ask for them.
 */
export const meetingLive = z
  .strictObject({
    meeting: meetingView.optional(),
    agenda: agendaView.optional(),
    speakers: speakerList.optional(),
    presence: presenceView.optional(),
    elections: z
      .array(electionView)
      .optional()
      .meta({ description: 'Elections that have just opened; each replaces what was held of it.' }),
  })
  .meta({ id: 'MeetingLive', description: 'Parts of a meeting as they are now; each replaces what was held of it.' });
export type MeetingLiveView = z.infer<typeof meetingLive>;

const name = plainLine(1, 100);

export const joinRequest = z
  .strictObject({
    code: text(1, 64).meta({ description: 'The join code on the screen.' }),
    name: name.optional().meta({ description: 'How the moderator sees you. Members come by the name on the roll.' }),
  })
  .meta({ id: 'Join', example: { code: 'K7Q4XD', name: 'Ada' } });

const attendeeState = z.enum(['waiting', 'admitted', 'removed']);
const meetingRole = z.enum(['moderator', 'auditor']);

export const joined = z
  .strictObject({
    session_token: z.string().meta({ description: 'Your bearer token. Shown once; keep it.' }),
    expires_at: moment,
    attendee_id: id,
    state: attendeeState.meta({ description: "'waiting': ask GET /v1/attendance until a moderator has admitted you." }),
    name: z.string(),
    member_id: id.nullable().meta({ description: 'null for guests.' }),
    meeting: meetingView,
  })
  .meta({ id: 'Joined' });

/** Somebody who has joined, as moderators see it. */
export const attendeeView = z
  .strictObject({
    attendee_id: id,
    name: z.string(),
    state: attendeeState,
    role: meetingRole.nullable().meta({ description: 'Role in this meeting beyond attending.' }),
    member: z.strictObject({ member_id: id, number: z.string() }).nullable().meta({ description: 'null for guests.' }),
    weight,
    present: z.boolean().meta({ description: 'Whether a connection is open; a few seconds late.' }),
    proxies: z.int().nonnegative().meta({ description: 'Proxies held for this meeting.' }),
    joined_at: moment,
  })
  .meta({
    id: 'Attendee',
    example: {
      attendee_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a31',
      name: 'Ada Lovelace',
      state: 'admitted',
      role: null,
      member: { member_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a22', number: '1042' },
      weight: '1',
      present: true,
      proxies: 1,
      joined_at: '2026-11-21T18:00:00.000Z',
    },
  });
export const attendeePage = pageOf(attendeeView, 'AttendeePage');
export type AttendeeView = z.infer<typeof attendeeView>;

export const attendeeQuery = pageQuery.extend({
  q: text(0, 100).optional().meta({ description: 'A part of the name; capitals and accents do not matter.' }),
  state: attendeeState.optional(),
  present: z.enum(['true']).optional().meta({ description: 'Only those who are here.' }),
});

export const admission = z
  .strictObject({
    attendees: z.array(id).min(1).max(1_000).optional().meta({ description: 'Everyone who waits if left out.' }),
  })
  .meta({ id: 'Admission', example: {} });
export const admitted = z
  .strictObject({ admitted: z.int().nonnegative().meta({ description: 'Who was not admitted before.' }) })
  .meta({ id: 'Admitted', example: { admitted: 12 } });

export const roleChange = z
  .strictObject({ role: meetingRole.nullable().meta({ description: 'null takes the role away.' }) })
  .meta({ id: 'MeetingRoleChange', example: { role: 'moderator' } });

const heldProxy = z.strictObject({ proxy_id: id, member_id: id, name: z.string(), number: z.string(), weight });

/** The caller's own attendance: what a page needs after a reload. */
export const ownAttendance = z
  .strictObject({
    attendee_id: id,
    name: z.string(),
    state: attendeeState,
    roles: z.array(z.string()),
    member_id: id.nullable(),
    weight,
    expires_at: moment,
    proxies: z
      .array(heldProxy)
      .meta({ description: 'Accepted proxies that you hold here: cast a ballot for each with on_behalf_of.' }),
    meeting: z
      .strictObject({ meeting_id: id, title: z.string(), state: meetingState })
      .meta({ description: 'No more than this is shown to those who wait.' }),
    ask_again_ms: z
      .int()
      .positive()
      .nullable()
      .meta({ description: 'While waiting: ask again after this time. null once admitted.' }),
  })
  .meta({ id: 'OwnAttendance' });
export type OwnAttendanceView = z.infer<typeof ownAttendance>;

export const socketAddress = z
  .strictObject({ url: z.string(), subprotocol: z.string() })
  .meta({ id: 'SocketAddress', example: { url: 'ws://localhost:3001', subprotocol: 'psephos.v1' } });

export const socketTicket = z
  .strictObject({
    ticket: z.string().meta({ description: 'Goes into the first frame. Works once, for 30 seconds.' }),
    expires_at: moment,
  })
  .meta({ id: 'SocketTicket' });
