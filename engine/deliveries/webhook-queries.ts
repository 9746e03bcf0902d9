import type { Transaction } from '../db/index.ts';
import type { NewWebhook, Webhook, WebhookChange } from './webhook.ts';

/** SQL of webhooks. */

interface WebhookRow {
  org_id: string;
  webhook_id: string;
  url: string;
  description: string;
  events: string;
  state: 'active' | 'disabled';
  disabled_reason: string | null;
  failing_since: Date | null;
  created_at: Date;
}

const webhookOf = (row: WebhookRow): Webhook => ({
  orgId: row.org_id,
  webhookId: row.webhook_id,
  url: row.url,
  description: row.description,
  events: row.events.split(','),
  state: row.state,
  disabledReason: row.disabled_reason,
  failingSince: row.failing_since,
  createdAt: row.created_at,
});

const textArray = (names: readonly string[]) => `{${names.join(',')}}`;

/** One who changes webhooks at a time, so that the cursor and the number of webhooks agree with them. */
export async function lockWebhooks(tx: Transaction, orgId: string): Promise<number> {
  await tx`SELECT FROM app.organisations WHERE org_id = ${orgId} FOR NO KEY UPDATE`;
  const [row] = await tx<{ count: number }[]>`SELECT count(*)::int AS count FROM app.webhooks WHERE org_id = ${orgId}`;
  return row?.count ?? 0;
}

export async function insertWebhook(
  tx: Transaction,
  orgId: string,
  webhookId: string,
  webhook: NewWebhook,
  secret: string,
  actor: string,
): Promise<void> {
  await tx`
    INSERT INTO app.webhooks (org_id, webhook_id, url, description, events, secret, from_pos, created_by)
    SELECT ${orgId}, ${webhookId}, ${webhook.url}, ${webhook.description ?? ''}, ${textArray(webhook.events)}::text::text[],
      ${secret}, coalesce((SELECT pos FROM app.log_head WHERE org_id = ${orgId}), 0), ${actor}`;
}

/** The first webhook: the log is followed from now on, and elections that are open already are measured from here. */
export async function startCursor(tx: Transaction, orgId: string): Promise<void> {
  const started = await tx`
    INSERT INTO app.webhook_cursors (org_id, pos)
    SELECT ${orgId}, coalesce((SELECT pos FROM app.log_head WHERE org_id = ${orgId}), 0)
    ON CONFLICT (org_id) DO NOTHING RETURNING pos`;
  if (started.length === 0) return;
  await tx`
    INSERT INTO app.webhook_milestones (org_id, election_id, cast_count, roll, reached)
    SELECT e.org_id, e.election_id, p.voted, p.roll, CASE p.roll WHEN 0 THEN 0 ELSE least(100, p.voted * 100 / p.roll) END
    FROM app.elections e CROSS JOIN LATERAL urn.participation(e.org_id, e.election_id) p
    WHERE e.org_id = ${orgId} AND e.state = 'open' ON CONFLICT DO NOTHING`;
}

/** After the last webhook is gone nothing is followed. */
export async function stopCursor(tx: Transaction, orgId: string): Promise<void> {
  await tx`DELETE FROM app.webhook_cursors WHERE org_id = ${orgId} AND NOT EXISTS (SELECT FROM app.webhooks w WHERE w.org_id = ${orgId})`;
  await tx`DELETE FROM app.webhook_milestones WHERE org_id = ${orgId} AND NOT EXISTS (SELECT FROM app.webhooks w WHERE w.org_id = ${orgId})`;
}

export async function selectWebhook(tx: Transaction, orgId: string, webhookId: string): Promise<Webhook | undefined> {
  const [row] = await tx<WebhookRow[]>`
    SELECT org_id, webhook_id, url, description, array_to_string(events, ',') AS events, state, disabled_reason,
      failing_since, created_at
    FROM app.webhooks WHERE org_id = ${orgId} AND webhook_id = ${webhookId}`;
  return row && webhookOf(row);
}

/** Oldest first: there are few. */
export async function selectWebhooks(
  tx: Transaction,
  orgId: string,
  cursor: string | null,
  limit: number,
): Promise<Webhook[]> {
  const rows = await tx<WebhookRow[]>`
    SELECT w.org_id, w.webhook_id, w.url, w.description, array_to_string(w.events, ',') AS events, w.state, w.disabled_reason,
      w.failing_since, w.created_at
    FROM app.webhooks w
    WHERE w.org_id = ${orgId} AND (${cursor}::uuid IS NULL OR (w.created_at, w.webhook_id) >
      (SELECT c.created_at, c.webhook_id FROM app.webhooks c WHERE c.org_id = ${orgId} AND c.webhook_id = ${cursor}::uuid))
    ORDER BY w.created_at, w.webhook_id LIMIT ${limit}`;
  return rows.map(webhookOf);
}

export async function updateWebhook(
  tx: Transaction,
  orgId: string,
  webhookId: string,
  change: WebhookChange,
): Promise<boolean> {
  const { url = null, description = null, events, state = null } = change;
  const rows = await tx`
    UPDATE app.webhooks w SET
      url = coalesce(${url}, w.url),
      description = coalesce(${description}, w.description),
      events = coalesce(${events === undefined ? null : textArray(events)}::text::text[], w.events),
      state = coalesce(${state}, w.state),
      disabled_reason = CASE ${state}::text WHEN 'active' THEN NULL WHEN 'disabled' THEN 'Disabled by an administrator.'
        ELSE w.disabled_reason END,
      failing_since = CASE ${state}::text WHEN 'active' THEN NULL ELSE w.failing_since END,
      from_pos = CASE WHEN ${state}::text = 'active' AND w.state = 'disabled'
        THEN coalesce((SELECT pos FROM app.log_head WHERE org_id = ${orgId}), 0) ELSE w.from_pos END
    WHERE w.org_id = ${orgId} AND w.webhook_id = ${webhookId} RETURNING w.state`;
  if (rows.length === 0) return false;
  if (state === 'disabled') {
    await tx`UPDATE app.webhook_deliveries SET status = 'failed', settled_at = clock_timestamp(), problem = 'The webhook was disabled.'
      WHERE org_id = ${orgId} AND webhook_id = ${webhookId} AND status = 'waiting'`;
  }
  return true;
}

export async function deleteWebhook(tx: Transaction, orgId: string, webhookId: string): Promise<boolean> {
  const rows =
    await tx`DELETE FROM app.webhooks WHERE org_id = ${orgId} AND webhook_id = ${webhookId} RETURNING webhook_id`;
  return rows.length > 0;
}

/** Until when the old secret signs as well; undefined where there is no such webhook. */
export async function rotateSecret(
  tx: Transaction,
  orgId: string,
  webhookId: string,
  secret: string,
  overlapMs: number,
): Promise<Date | undefined> {
  const [row] = await tx<{ previous_until: Date }[]>`
    SELECT previous_until FROM door.rotate_webhook_secret(${orgId}, ${webhookId}, ${secret}, ${overlapMs})`;
  return row?.previous_until;
}
