import { z } from 'zod';
import { timeZone } from './organisations.ts';
import { id, moment, text } from './text.ts';

/** What people are told of; they choose for each how. */
export const NOTIFICATION_KINDS = [
  'meeting.invitation',
  'election.opened',
  'election.reminder',
  'result.published',
  'proxy.offered',
  'proxy.accepted',
  'member.roles',
  'campaign.invitation',
  'campaign.request',
  'campaign.admitted',
  'campaign.schedule',
  'idea.status',
  'idea.comment',
  'coins.received',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

const MEETING_CHANGES = ['invited', 'moved', 'cancelled'] as const;
const SCHEDULE_CHANGES = ['soon', 'begun', 'ending'] as const;
const IDEA_CHANGES = ['approved', 'rejected', 'merged', 'accepted', 'done'] as const;
const ENDPOINT_MAX_CHARACTERS = 1_000;

const kind = z.enum(NOTIFICATION_KINDS);

/** What the sentences of a notification are filled with; which of them are there depends on the kind. */
export const notificationFacts = z
  .strictObject({
    title: z.string().optional().meta({ description: 'Of the meeting, election or campaign.' }),
    change: z
      .enum([...MEETING_CHANGES, ...SCHEDULE_CHANGES, ...IDEA_CHANGES])
      .optional()
      .meta({
        description:
          'Of a meeting: invited, moved, cancelled. Of a campaign: soon (it starts), begun, ending. Of an idea: approved, rejected, merged, accepted, begun, done.',
      }),
    starts_at: moment.nullable().optional(),
    closes_at: moment.nullable().optional(),
    person: z
      .string()
      .optional()
      .meta({ description: 'Who gave or accepted a proxy, asks to join a campaign, or commented.' }),
    roles: z.array(z.string()).optional().meta({ description: 'Those that the member has now.' }),
    campaign: z.string().optional().meta({ description: 'Public name of the campaign that it leads to.' }),
    idea: z.string().optional().meta({ description: 'Title of the idea; subject_id is its id.' }),
    reason: z.string().optional().meta({ description: 'Why an idea was rejected.' }),
    coins: z.int().optional().meta({ description: 'Coins that the idea got since the last time.' }),
    join_code: z.string().nullable().optional().meta({ description: 'Of the meeting that it leads to.' }),
  })
  .meta({ id: 'NotificationFacts' });
export type NotificationFacts = z.infer<typeof notificationFacts>;

export const notificationView = z
  .strictObject({
    notification_id: id,
    org_id: id,
    organisation: z.string(),
    kind,
    subject_id: id.meta({ description: 'The meeting, election, proxy, member, campaign or idea that it is about.' }),
    facts: notificationFacts,
    created_at: moment,
    read_at: moment.nullable(),
  })
  .meta({ id: 'Notification' });
export type NotificationView = z.infer<typeof notificationView>;

export const inboxPage = z
  .strictObject({
    items: z.array(notificationView),
    next_cursor: z.string().nullable(),
    unread: z.int().min(0).meta({ description: 'In the whole inbox.' }),
  })
  .meta({ id: 'InboxPage' });
export type InboxPage = z.infer<typeof inboxPage>;

const MOST_READ_AT_ONCE = 1_000;

/** These, or all that were there at a moment: what came after the page was shown stays unread. */
export const readBody = z
  .union([
    z.strictObject({ notifications: z.array(id).min(1).max(MOST_READ_AT_ONCE) }),
    z.strictObject({ until: moment.meta({ description: 'created_at of the newest that was seen.' }) }),
  ])
  .meta({ id: 'ReadNotifications', example: { until: '2026-11-21T18:00:00Z' } });

export const unreadCount = z.strictObject({ unread: z.int().min(0) }).meta({ id: 'UnreadNotifications' });

const channels = z.strictObject({ in_app: z.boolean(), email: z.boolean(), push: z.boolean() });
export type NotificationChannels = z.infer<typeof channels>;

const timeOfDay = z
  .string()
  .regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/, 'is no time of day; write it like 22:00')
  .meta({ example: '22:00' });

const quietHours = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from !== to, 'begins and ends at the same time')
  .nullable()
  .meta({ description: 'No mails and pushes between these, by the clock of time_zone; they follow at the end.' });

const preferenceFields = {
  email: z.boolean().meta({ description: 'False: no mails of any organisation, but those that you ask for.' }),
  delivery: z.enum(['at_once', 'daily']).meta({ description: 'Mails at once, or one a day from each organisation.' }),
  daily_hour: z.int().min(0).max(23).meta({ description: 'Hour of the daily mail.' }),
  quiet_hours: quietHours,
  time_zone: timeZone,
};

export const notificationPreferences = z
  .strictObject({
    ...preferenceFields,
    kinds: z.record(kind, channels),
    organisations: z.array(z.strictObject({ org_id: id, name: z.string(), email: z.boolean() })),
  })
  .meta({ id: 'NotificationPreferences' });
export type NotificationPreferences = z.infer<typeof notificationPreferences>;

const MOST_ORGANISATIONS = 1_000;

export const newNotificationPreferences = z
  .strictObject({
    ...preferenceFields,
    kinds: z.partialRecord(kind, channels).meta({ description: 'A kind that is left out is told in every way.' }),
    organisations: z
      .array(z.strictObject({ org_id: id, email: z.boolean() }))
      .max(MOST_ORGANISATIONS)
      .meta({ description: 'Those that are left out stay as they are.' }),
  })
  .meta({
    id: 'NewNotificationPreferences',
    example: {
      email: true,
      delivery: 'daily',
      daily_hour: 7,
      quiet_hours: { from: '22:00', to: '07:00' },
      time_zone: 'Europe/Berlin',
      kinds: { 'election.opened': { in_app: true, email: false, push: true } },
      organisations: [],
    },
  });
export type NewNotificationPreferences = z.infer<typeof newNotificationPreferences>;

/** As a browser gives them: 65 bytes of a point of P-256 that is not compressed, and 16 random bytes. */
const publicKey = z.string().regex(/^B[A-Za-z0-9_-]{86}$/, 'is no key of a push subscription');
const authSecret = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'is no key of a push subscription');

export const newPushSubscription = z
  .strictObject({
    endpoint: text(8, ENDPOINT_MAX_CHARACTERS).refine(
      (address) => /^https?:$/.test(URL.parse(address)?.protocol ?? ''),
      'is no address; send the endpoint as the browser gave it',
    ),
    keys: z.strictObject({ p256dh: publicKey, auth: authSecret }),
  })
  .meta({
    id: 'NewPushSubscription',
    example: {
      endpoint: 'https://push.example/send/aBcD',
      keys: {
        p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
        auth: 'tBHItJI5svbpez7KI4CCXg',
      },
    },
  });

export const pushSubscription = z
  .strictObject({ subscription_id: id, user_agent: z.string(), created_at: moment })
  .meta({ id: 'PushSubscription' });

export const pushSubscriptions = z
  .strictObject({
    items: z.array(pushSubscription),
    public_key: z.string().meta({ description: 'applicationServerKey of this installation (VAPID), base64url.' }),
  })
  .meta({ id: 'PushSubscriptions' });

/** Query of the inbox is that of other lists, and: only what is unread. */
export const unreadOnly = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .meta({ description: 'true: only what is unread.' });

export const unsubscribeQuery = z.strictObject({
  scope: z
    .enum(['organisation', 'everything'])
    .optional()
    .meta({ description: 'This organisation (if left out), or all that the person belongs to.' }),
});

export const unsubscribeToken = z
  .string()
  .regex(/^psu_[A-Za-z0-9_-]{86}$/, 'is no token; copy the whole link')
  .meta({ description: 'From the link in a mail.' });

/** The newest state of an inbox, on topic inbox:<member id>. */
export const inboxData = z
  .strictObject({
    unread: z.int().min(0).meta({ description: 'Notifications that wait to be read, over all organisations.' }),
    newest_at: moment.nullable().meta({ description: 'When the newest came, read or not.' }),
  })
  .meta({ id: 'InboxData' });
export type InboxData = z.infer<typeof inboxData>;

export const newMeetingInvitations = z
  .strictObject({ group: id.optional().meta({ description: 'Only members of this group; left out: all members.' }) })
  .meta({ id: 'NewMeetingInvitations', example: {} });

export const meetingInvitations = z
  .strictObject({
    invited: z.int().min(0),
    repeated: z.int().min(0).meta({ description: 'Members who had been invited before.' }),
  })
  .meta({ id: 'MeetingInvitations' });
