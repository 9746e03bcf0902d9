import type { NotificationFacts, NotificationKind } from '../../protocol/notifications.ts';
import type { Sql, Transaction } from '../db/index.ts';
import type { MailLocale } from '../deliveries/index.ts';
import type { NewPushSubscription, PushEnd, PushSubscription } from './push.ts';

/** SQL of browsers that people want pushes in, and of what waits to be pushed. */

export async function selectSubscriptions(tx: Transaction, accountId: string): Promise<PushSubscription[]> {
  const rows = await tx<{ subscription_id: string; user_agent: string; created_at: Date }[]>`
    SELECT subscription_id, user_agent, created_at FROM app.push_subscriptions
    WHERE account_id = ${accountId} ORDER BY created_at, subscription_id`;
  return rows.map((row) => ({
    subscriptionId: row.subscription_id,
    userAgent: row.user_agent,
    createdAt: row.created_at,
  }));
}

/** The same browser again keeps its id. Past `most` the oldest goes. */
export async function upsertSubscription(
  tx: Transaction,
  accountId: string,
  { endpoint, p256dh, auth, userAgent }: NewPushSubscription,
  most: number,
): Promise<string> {
  const [row] = await tx<{ subscription_id: string }[]>`
    INSERT INTO app.push_subscriptions (account_id, endpoint, p256dh, auth, user_agent)
    VALUES (${accountId}, ${endpoint}, ${p256dh}, ${auth}, ${userAgent})
    ON CONFLICT (account_id, endpoint) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth, user_agent = excluded.user_agent
    RETURNING subscription_id`;
  await tx`
    DELETE FROM app.push_subscriptions WHERE account_id = ${accountId} AND subscription_id IN (
      SELECT subscription_id FROM app.push_subscriptions WHERE account_id = ${accountId}
      ORDER BY created_at DESC, subscription_id OFFSET ${most})`;
  return (row as { subscription_id: string }).subscription_id;
}

export async function deleteSubscription(tx: Transaction, accountId: string, subscriptionId: string): Promise<boolean> {
  const rows = await tx`DELETE FROM app.push_subscriptions
    WHERE account_id = ${accountId} AND subscription_id = ${subscriptionId} RETURNING 1`;
  return rows.length > 0;
}

export interface ClaimedRow {
  readonly org_id: string;
  readonly notification_id: string;
  readonly subscription_id: string;
  readonly attempts: number;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly worth_until: Date;
  readonly locale: MailLocale;
  readonly organisation: string;
  readonly time_zone: string;
  readonly kind: NotificationKind;
  readonly subject: string;
  readonly facts: NotificationFacts;
}

export async function claimPushes(sql: Sql, count: number, leaseMs: number): Promise<readonly ClaimedRow[]> {
  return sql<ClaimedRow[]>`SELECT * FROM door.claim_pushes(${count}, ${leaseMs})`;
}

export async function settlePush(
  sql: Sql,
  ids: { readonly orgId: string; readonly notificationId: string; readonly subscriptionId: string },
  attempt: number,
  end: PushEnd,
): Promise<void> {
  const retryMs = end.status === 'again' ? end.retryInMs : 0;
  await sql`SELECT door.settle_push(${ids.orgId}, ${ids.notificationId}, ${ids.subscriptionId}, ${attempt}, ${end.status}, ${retryMs})`;
}
