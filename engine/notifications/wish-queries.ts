import type { NewNotificationPreferences } from '../../protocol/notifications.ts';
import type { Transaction } from '../db/index.ts';

/** SQL of how people want to be told. */

export interface WishRow {
  readonly kinds: NewNotificationPreferences['kinds'];
  readonly email: boolean;
  readonly delivery: 'at_once' | 'daily';
  readonly daily_hour: number;
  readonly quiet_from: number | null;
  readonly quiet_to: number | null;
  readonly time_zone: string;
}

export async function selectWishes(tx: Transaction, accountId: string): Promise<WishRow | undefined> {
  const [row] = await tx<WishRow[]>`
    SELECT kinds, email, delivery, daily_hour, quiet_from, quiet_to, time_zone FROM app.notification_preferences
    WHERE account_id = ${accountId}`;
  return row;
}

export async function upsertWishes(tx: Transaction, accountId: string, row: WishRow): Promise<void> {
  await tx`
    INSERT INTO app.notification_preferences (account_id, kinds, email, delivery, daily_hour, quiet_from, quiet_to, time_zone)
    VALUES (${accountId}, ${tx.json(row.kinds as never)}, ${row.email}, ${row.delivery}, ${row.daily_hour}, ${row.quiet_from},
      ${row.quiet_to}, ${row.time_zone})
    ON CONFLICT (account_id) DO UPDATE SET kinds = excluded.kinds, email = excluded.email, delivery = excluded.delivery,
      daily_hour = excluded.daily_hour, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
      time_zone = excluded.time_zone, changed_at = clock_timestamp()`;
}

export async function setMuted(tx: Transaction, orgId: string, memberId: string, muted: boolean): Promise<void> {
  if (muted) {
    await tx`
      INSERT INTO app.notification_mutes (org_id, member_id)
      SELECT org_id, member_id FROM app.members WHERE org_id = ${orgId} AND member_id = ${memberId}
      ON CONFLICT DO NOTHING`;
  } else {
    await tx`DELETE FROM app.notification_mutes WHERE org_id = ${orgId} AND member_id = ${memberId}`;
  }
}

export async function isMuted(tx: Transaction, orgId: string, memberId: string): Promise<boolean> {
  const rows = await tx`SELECT FROM app.notification_mutes WHERE org_id = ${orgId} AND member_id = ${memberId}`;
  return rows.length > 0;
}

/** The member behind an unsubscribe link. */
export async function selectMuting(
  tx: Transaction,
  orgId: string,
  memberId: string,
): Promise<{ readonly organisation: string; readonly account_id: string | null } | undefined> {
  const [row] = await tx<{ organisation: string; account_id: string | null }[]>`
    SELECT o.name AS organisation, m.account_id FROM app.members m JOIN app.organisations o ON o.org_id = m.org_id
    WHERE m.org_id = ${orgId} AND m.member_id = ${memberId}`;
  return row;
}

/** The clock of the first organisation that the person belongs to. */
export async function selectTimeZone(tx: Transaction, orgId: string): Promise<string> {
  const [row] = await tx<{ time_zone: string }[]>`SELECT time_zone FROM app.organisations WHERE org_id = ${orgId}`;
  return row?.time_zone ?? 'UTC';
}
