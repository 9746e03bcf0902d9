import type { Sql, Transaction } from '../db/index.ts';
import type { ClaimedDelivery, DeliveryEnd, Settled, WebhookDelivery } from './webhook.ts';

/** SQL of what webhooks are posted. */

const uuids = (ids: readonly string[]) => `{${ids.join(',')}}`;

interface DeliveryRow {
  delivery_id: string;
  webhook_id: string;
  event_id: string;
  kind: string;
  status: WebhookDelivery['status'];
  attempts: number;
  response_status: number | null;
  response_excerpt: string | null;
  latency_ms: number | null;
  problem: string | null;
  created_at: Date;
  attempted_at: Date | null;
  settled_at: Date | null;
  due_at: Date;
  body: string;
}

const deliveryOf = (row: DeliveryRow): WebhookDelivery => ({
  deliveryId: row.delivery_id,
  webhookId: row.webhook_id,
  eventId: row.event_id,
  kind: row.kind,
  status: row.status,
  attempts: row.attempts,
  responseStatus: row.response_status,
  responseExcerpt: row.response_excerpt,
  latencyMs: row.latency_ms,
  problem: row.problem,
  createdAt: row.created_at,
  attemptedAt: row.attempted_at,
  settledAt: row.settled_at,
  nextAttemptAt: row.status === 'waiting' ? row.due_at : null,
  body: row.body,
});

/** Newest first. */
export async function selectDeliveries(
  tx: Transaction,
  orgId: string,
  webhookId: string,
  cursor: string | null,
  limit: number,
): Promise<WebhookDelivery[]> {
  const rows = await tx<DeliveryRow[]>`
    SELECT d.* FROM app.webhook_deliveries d
    WHERE d.org_id = ${orgId} AND d.webhook_id = ${webhookId} AND (${cursor}::uuid IS NULL OR d.seq <
      (SELECT c.seq FROM app.webhook_deliveries c WHERE c.org_id = ${orgId} AND c.delivery_id = ${cursor}::uuid))
    ORDER BY d.seq DESC LIMIT ${limit}`;
  return rows.map(deliveryOf);
}

export async function selectDelivery(
  tx: Transaction,
  orgId: string,
  deliveryId: string,
): Promise<WebhookDelivery | undefined> {
  const [row] = await tx<DeliveryRow[]>`
    SELECT * FROM app.webhook_deliveries WHERE org_id = ${orgId} AND delivery_id = ${deliveryId}`;
  return row && deliveryOf(row);
}

/** What is to be posted: one event for one webhook. */
export interface DeliveryInput {
  readonly webhook_id: string;
  readonly event_id: string;
  readonly kind: string;
  readonly body: string;
}

/** In this order. What is there already is passed over. Answers the ids of the new ones. */
export async function insertDeliveries(
  tx: Transaction,
  orgId: string,
  deliveries: readonly DeliveryInput[],
  retryForMs: number,
): Promise<string[]> {
  const rows = await tx<{ delivery_id: string }[]>`
    INSERT INTO app.webhook_deliveries (org_id, webhook_id, event_id, kind, body, retry_until)
    SELECT ${orgId}, (d.item ->> 'webhook_id')::uuid, d.item ->> 'event_id', d.item ->> 'kind', d.item ->> 'body',
      clock_timestamp() + make_interval(secs => ${retryForMs / 1_000})
    FROM jsonb_array_elements(${tx.json(deliveries as never)}) WITH ORDINALITY d (item, o) ORDER BY d.o
    ON CONFLICT (org_id, webhook_id, event_id) DO NOTHING RETURNING delivery_id`;
  const hooks = [...new Set(deliveries.map(({ webhook_id }) => webhook_id))];
  await wakeWebhooks(tx, orgId, hooks);
  return rows.map(({ delivery_id }) => delivery_id);
}

async function wakeWebhooks(tx: Transaction, orgId: string, webhookIds: readonly string[]): Promise<void> {
  await tx`UPDATE app.webhooks SET next_at = least(coalesce(next_at, 'infinity'), clock_timestamp())
    WHERE org_id = ${orgId} AND webhook_id = ANY (${uuids(webhookIds)}::text::uuid[])`;
}

export async function repeatDelivery(
  tx: Transaction,
  orgId: string,
  { deliveryId, webhookId }: WebhookDelivery,
  retryForMs: number,
): Promise<void> {
  await tx`UPDATE app.webhook_deliveries SET status = 'waiting', due_at = clock_timestamp(), settled_at = NULL,
      retry_until = clock_timestamp() + make_interval(secs => ${retryForMs / 1_000})
    WHERE org_id = ${orgId} AND delivery_id = ${deliveryId}`;
  await wakeWebhooks(tx, orgId, [webhookId]);
}

export async function claimDeliveries(sql: Sql, count: number, leaseMs: number): Promise<ClaimedDelivery[]> {
  const rows = await sql<
    {
      org_id: string;
      webhook_id: string;
      delivery_id: string;
      url: string;
      secret: string;
      previous_secret: string | null;
      event_id: string;
      kind: string;
      body: string;
      attempts: number;
    }[]
  >`SELECT * FROM door.claim_webhook_deliveries(${count}, ${leaseMs})`;
  return rows.map((row) => ({
    orgId: row.org_id,
    webhookId: row.webhook_id,
    deliveryId: row.delivery_id,
    url: row.url,
    secrets: row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret],
    eventId: row.event_id,
    kind: row.kind,
    body: row.body,
    attempt: row.attempts,
  }));
}

export async function settleDelivery(
  sql: Sql,
  { orgId, deliveryId, attempt }: Pick<ClaimedDelivery, 'orgId' | 'deliveryId' | 'attempt'>,
  end: DeliveryEnd,
  windowMs: number,
): Promise<Settled> {
  const [row] = await sql<{ settled: Settled }[]>`
    SELECT door.settle_webhook_delivery(${orgId}, ${deliveryId}, ${attempt}, ${end.delivered}, ${end.status}, ${end.excerpt},
      ${Math.round(end.latencyMs)}, ${end.problem}, ${end.retryInMs}, ${windowMs}) AS settled`;
  return row?.settled ?? null;
}

export async function tidyDeliveries(sql: Sql, keptMs: number): Promise<void> {
  await sql`SELECT door.tidy_webhook_deliveries(${keptMs})`;
}
