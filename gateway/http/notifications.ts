import { z } from 'zod';
import type { Inbox, PushSubscription } from '../../engine/index.ts';
import {
  type InboxPage,
  inboxPage,
  newNotificationPreferences,
  newPushSubscription,
  notificationPreferences,
  pushSubscription,
  pushSubscriptions,
  readBody,
  unreadCount,
  unreadOnly,
  unsubscribeQuery,
  unsubscribeToken,
} from '../../protocol/notifications.ts';
import { pageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Notifications';

function inboxAsJson({ items, nextCursor, unread }: Inbox): InboxPage {
  return {
    items: items.map((item) => ({
      notification_id: item.notificationId,
      org_id: item.orgId,
      organisation: item.organisation,
      kind: item.kind,
      subject_id: item.subject,
      facts: item.facts,
      created_at: item.createdAt.toISOString(),
      read_at: item.readAt?.toISOString() ?? null,
    })),
    next_cursor: nextCursor,
    unread,
  };
}

const subscriptionAsJson = ({ subscriptionId, userAgent, createdAt }: PushSubscription) => ({
  subscription_id: subscriptionId,
  user_agent: userAgent,
  created_at: createdAt.toISOString(),
});

const inbox = operation({
  id: 'listNotifications',
  method: 'get',
  path: '/v1/me/notifications',
  tag: TAG,
  summary: 'Read your inbox',
  description: 'What you were told, over all organisations that you belong to, kept for 90 days. At most 100 a page.',
  permission: 'notifications.manage',
  query: pageQuery.extend({ unread: unreadOnly.optional() }),
  success: { 200: { description: 'A page of notifications, the newest first.', schema: inboxPage } },
  failures: ['database_away'],
  handle: async ({ engine, person, query }) =>
    replyWith(await engine.notifications.inbox(person, query), (page) => ({ status: 200, body: inboxAsJson(page) })),
});

const read = operation({
  id: 'readNotifications',
  method: 'post',
  path: '/v1/me/notifications/read',
  tag: TAG,
  summary: 'Mark notifications as read',
  description: 'These, or all that were there at a moment. Ids that are not yours change nothing.',
  permission: 'notifications.manage',
  body: readBody,
  success: { 200: { description: 'How many are left unread.', schema: unreadCount } },
  failures: ['database_away', 'outcome_unknown'],
  handle: async ({ engine, person, body }) => {
    const which = 'notifications' in body ? { ids: body.notifications } : { until: new Date(body.until) };
    return replyWith(await engine.notifications.markRead(person, which), (unread) => ({
      status: 200,
      body: { unread },
    }));
  },
});

const preferences = operation({
  id: 'getNotificationPreferences',
  method: 'get',
  path: '/v1/me/notifications/preferences',
  tag: TAG,
  summary: 'Read how you want to be told',
  permission: 'notifications.manage',
  success: { 200: { description: 'Your preferences.', schema: notificationPreferences } },
  failures: ['database_away'],
  handle: async ({ engine, person }) =>
    replyWith(await engine.preferences.get(person), (body) => ({ status: 200, body })),
});

const setPreferences = operation({
  id: 'setNotificationPreferences',
  method: 'put',
  path: '/v1/me/notifications/preferences',
  tag: TAG,
  summary: 'Say how you want to be told',
  description:
    'Takes the place of what you said before. Mails that you ask for, like links to sign in, come in any case.',
  permission: 'notifications.manage',
  body: newNotificationPreferences,
  success: { 200: { description: 'As they are now.', schema: notificationPreferences } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, person, body }) =>
    replyWith(await engine.preferences.set(person, body), (now) => ({ status: 200, body: now })),
});

const listPushes = operation({
  id: 'listPushSubscriptions',
  method: 'get',
  path: '/v1/me/push-subscriptions',
  tag: TAG,
  summary: 'List the browsers that you get pushes in',
  permission: 'notifications.manage',
  success: { 200: { description: 'The browsers, and the key to subscribe with.', schema: pushSubscriptions } },
  failures: ['database_away'],
  handle: async ({ engine, person }) =>
    replyWith(await engine.pushes.list(person), ({ items, publicKey }) => ({
      status: 200,
      body: { items: items.map(subscriptionAsJson), public_key: publicKey },
    })),
});

const subscribe = operation({
  id: 'createPushSubscription',
  method: 'post',
  path: '/v1/me/push-subscriptions',
  tag: TAG,
  summary: 'Get pushes in a browser',
  description: 'The same browser again keeps its id. Past 20 browsers the oldest gets none any more.',
  permission: 'notifications.manage',
  body: newPushSubscription,
  creates: true,
  success: { 201: { description: 'The subscription.', schema: pushSubscription } },
  failures: ['database_away', 'outcome_unknown'],
  handle: async ({ engine, person, body, origin }) => {
    const input = { endpoint: body.endpoint, ...body.keys, userAgent: origin.userAgent };
    return replyWith(await engine.pushes.subscribe(person, input), (made) => ({
      status: 201,
      body: subscriptionAsJson(made),
    }));
  },
});

const removePush = operation({
  id: 'deletePushSubscription',
  method: 'delete',
  path: '/v1/me/push-subscriptions/{subscription_id}',
  tag: TAG,
  summary: 'Get no more pushes in a browser',
  permission: 'notifications.manage',
  params: z.strictObject({ subscription_id: id }),
  success: { 204: { description: 'It gets none any more.' } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, person, params }) =>
    replyWith(await engine.pushes.unsubscribe(person, params.subscription_id), () => ({ status: 204 })),
});

const unsubscribeParams = z.strictObject({ token: unsubscribeToken });

const stopMails = operation({
  id: 'unsubscribe',
  method: 'post',
  path: '/v1/unsubscribe/{token}',
  tag: TAG,
  summary: 'Stop mails by the link in one of them',
  description:
    'One click (RFC 8058): needs no sign-in, and whatever body comes with it is not read. Mails that people ask for, like ' +
    'links to sign in, are not concerned.',
  permission: null,
  params: unsubscribeParams,
  query: unsubscribeQuery,
  success: {
    200: {
      description: 'The organisation that writes no more.',
      schema: z.strictObject({ organisation: z.string() }).meta({ id: 'Unsubscribed' }),
    },
  },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, params, query }) =>
    replyWith(await engine.preferences.unsubscribe(params.token, query.scope ?? 'organisation'), (body) => ({
      status: 200,
      body,
    })),
});

/** For mail programs that open the address instead of posting to it. Opening alone stops nothing: scanners open links. */
const askAboutMails = operation({
  id: 'askToUnsubscribe',
  method: 'get',
  path: '/v1/unsubscribe/{token}',
  tag: TAG,
  summary: 'Go to the page that asks whether mails shall stop',
  permission: null,
  params: unsubscribeParams,
  success: { 303: { description: 'To the page; changes nothing.' } },
  failures: [],
  handle: async ({ params }) => ({
    ok: true,
    value: { status: 303, headers: { location: `/unsubscribe#token=${params.token}` } },
  }),
});

export const notificationOperations: readonly Operation[] = [
  inbox,
  read,
  preferences,
  setPreferences,
  listPushes,
  subscribe,
  removePush,
  stopMails,
  askAboutMails,
];
