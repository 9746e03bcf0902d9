import { z } from 'zod';
import type { Webhook, WebhookDelivery } from '../../engine/index.ts';
import { pageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { webhookReasonOf } from '../../protocol/webhook-problems.ts';
import {
  newWebhook,
  type WebhookDeliveryView,
  type WebhookEvent,
  type WebhookView,
  webhookChange,
  webhookCreated,
  webhookDeliveryPage,
  webhookDeliveryView,
  webhookPage,
  webhookRotated,
  webhookView,
} from '../../protocol/webhooks.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const webhookParams = z.strictObject({ webhook_id: id });
const TAG = 'Webhooks';

function viewOf(webhook: Webhook): WebhookView {
  return {
    webhook_id: webhook.webhookId,
    url: webhook.url,
    description: webhook.description,
    events: [...webhook.events] as WebhookEvent[],
    state: webhook.state,
    disabled_reason: webhook.disabledReason,
    disabled_because: webhookReasonOf(webhook.disabledReason)?.reason ?? null,
    failing_since: webhook.failingSince?.toISOString() ?? null,
    created_at: webhook.createdAt.toISOString(),
  };
}

function deliveryViewOf(delivery: WebhookDelivery): WebhookDeliveryView {
  return {
    delivery_id: delivery.deliveryId,
    webhook_id: delivery.webhookId,
    event_id: delivery.eventId,
    event: delivery.kind,
    status: delivery.status,
    attempts: delivery.attempts,
    response_status: delivery.responseStatus,
    response_excerpt: delivery.responseExcerpt,
    latency_ms: delivery.latencyMs,
    problem: delivery.problem,
    problem_reason: webhookReasonOf(delivery.problem)?.reason ?? null,
    created_at: delivery.createdAt.toISOString(),
    attempted_at: delivery.attemptedAt?.toISOString() ?? null,
    settled_at: delivery.settledAt?.toISOString() ?? null,
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    body: delivery.body,
  };
}

/** The engine's page, from a query that may leave out either part. */
function pageFrom({ cursor, limit }: z.output<typeof pageQuery>) {
  return { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) };
}

const create = operation({
  id: 'createWebhook',
  method: 'post',
  path: '/v1/webhooks',
  tag: TAG,
  summary: 'Create a webhook',
  description:
    'From now on every event of the kinds named is posted to the address, signed with the secret of the answer. The secret is shown once.',
  permission: 'webhooks.manage',
  body: newWebhook,
  creates: true,
  secret: true,
  success: { 201: { description: 'The webhook with its secret.', schema: webhookCreated } },
  failures: ['over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) =>
    replyWith(await engine.webhooks.create(identity.orgId, body, identity.id), (webhook) => ({
      status: 201,
      body: { ...viewOf(webhook), secret: webhook.secret },
      headers: { location: `/v1/webhooks/${webhook.webhookId}` },
    })),
});

const list = operation({
  id: 'listWebhooks',
  method: 'get',
  path: '/v1/webhooks',
  tag: TAG,
  summary: 'List the webhooks',
  permission: 'webhooks.manage',
  query: pageQuery,
  success: { 200: { description: 'A page of webhooks, oldest first.', schema: webhookPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) =>
    replyWith(await engine.webhooks.list(identity.orgId, pageFrom(query)), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    })),
});

const get = operation({
  id: 'getWebhook',
  method: 'get',
  path: '/v1/webhooks/{webhook_id}',
  tag: TAG,
  summary: 'Read a webhook',
  permission: 'webhooks.manage',
  params: webhookParams,
  success: { 200: { description: 'The webhook.', schema: webhookView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.webhooks.get(identity.orgId, params.webhook_id), (webhook) => ({
      status: 200,
      body: viewOf(webhook),
    })),
});

const change = operation({
  id: 'changeWebhook',
  method: 'patch',
  path: '/v1/webhooks/{webhook_id}',
  tag: TAG,
  summary: 'Change a webhook',
  description: 'Fields that are left out stay. One that is set active again is told what happens from then on.',
  permission: 'webhooks.manage',
  params: webhookParams,
  body: webhookChange,
  success: { 200: { description: 'The webhook as it is now.', schema: webhookView } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) =>
    replyWith(await engine.webhooks.change(identity.orgId, params.webhook_id, body), (webhook) => ({
      status: 200,
      body: viewOf(webhook),
    })),
});

const remove = operation({
  id: 'deleteWebhook',
  method: 'delete',
  path: '/v1/webhooks/{webhook_id}',
  tag: TAG,
  summary: 'Delete a webhook',
  description: 'With all its deliveries; what waits is no longer posted.',
  permission: 'webhooks.manage',
  params: webhookParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.webhooks.remove(identity.orgId, params.webhook_id), () => ({ status: 204 })),
});

const rotate = operation({
  id: 'rotateWebhookSecret',
  method: 'post',
  path: '/v1/webhooks/{webhook_id}/rotate-secret',
  tag: TAG,
  summary: 'Give a webhook a new secret',
  description: 'For a day events carry a signature of the old secret as well. The new one is shown once.',
  permission: 'webhooks.manage',
  params: webhookParams,
  secret: true,
  success: { 200: { description: 'The new secret.', schema: webhookRotated } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.webhooks.rotateSecret(identity.orgId, params.webhook_id), ({ secret, previousUntil }) => ({
      status: 200,
      body: { secret, previous_until: previousUntil.toISOString() },
    })),
});

const test = operation({
  id: 'testWebhook',
  method: 'post',
  path: '/v1/webhooks/{webhook_id}/test',
  tag: TAG,
  summary: 'Post a test event',
  description: 'An event of kind webhook.test, signed like any other. Look at the deliveries for how it went.',
  permission: 'webhooks.manage',
  params: webhookParams,
  success: { 202: { description: 'The delivery, which waits to be posted.', schema: webhookDeliveryView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.webhooks.test(identity.orgId, params.webhook_id), (delivery) => ({
      status: 202,
      body: deliveryViewOf(delivery),
    })),
});

const deliveries = operation({
  id: 'listWebhookDeliveries',
  method: 'get',
  path: '/v1/webhooks/{webhook_id}/deliveries',
  tag: TAG,
  summary: 'List the deliveries of a webhook',
  description: 'What was posted and what was answered. Kept for 30 days.',
  permission: 'webhooks.manage',
  params: webhookParams,
  query: pageQuery,
  success: { 200: { description: 'A page of deliveries, newest first.', schema: webhookDeliveryPage } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params, query }) =>
    replyWith(
      await engine.webhooks.deliveries(identity.orgId, params.webhook_id, pageFrom(query)),
      ({ items, nextCursor }) => ({
        status: 200,
        body: { items: items.map(deliveryViewOf), next_cursor: nextCursor },
      }),
    ),
});

const redeliver = operation({
  id: 'redeliverWebhookEvent',
  method: 'post',
  path: '/v1/webhook-deliveries/{delivery_id}/redeliver',
  tag: TAG,
  summary: 'Post an event again',
  description: 'At once, with the same event id, so that a receiver that has it already can tell.',
  permission: 'webhooks.manage',
  params: z.strictObject({ delivery_id: id }),
  success: { 202: { description: 'The delivery, which waits to be posted.', schema: webhookDeliveryView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) =>
    replyWith(await engine.webhooks.redeliver(identity.orgId, params.delivery_id), (delivery) => ({
      status: 202,
      body: deliveryViewOf(delivery),
    })),
});

export const webhookOperations: readonly Operation[] = [
  create,
  list,
  get,
  change,
  remove,
  rotate,
  test,
  deliveries,
  redeliver,
];
