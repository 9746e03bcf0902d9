import type { NotificationFacts, NotificationKind } from '../../protocol/notifications.ts';
import type { Sql, Transaction } from '../db/index.ts';
import type { InboxFigures, InboxItem } from './event.ts';

/** SQL of inboxes: functions of the door, since a person's inbox lies in all of their organisations. */

export async function selectInbox(
  tx: Transaction,
  unread: boolean,
  cursor: string | null,
  limit: number,
): Promise<InboxItem[]> {
  const rows = await tx<
    {
      notification_id: string;
      org_id: string;
      organisation: string;
      kind: NotificationKind;
      subject: string;
      facts: NotificationFacts;
      created_at: Date;
      read_at: Date | null;
    }[]
  >`SELECT * FROM door.own_notifications(${unread}, ${cursor}, ${limit})`;
  return rows.map((row) => ({
    notificationId: row.notification_id,
    orgId: row.org_id,
    organisation: row.organisation,
    kind: row.kind,
    subject: row.subject,
    facts: row.facts,
    createdAt: row.created_at,
    readAt: row.read_at,
  }));
}

export async function countUnread(tx: Transaction): Promise<number> {
  const [row] = await tx<{ unread: number }[]>`SELECT door.own_unread() AS unread`;
  return row?.unread ?? 0;
}

export async function markRead(tx: Transaction, ids: readonly string[] | null, until: Date | null): Promise<void> {
  const list = ids === null ? null : `{${ids.join(',')}}`;
  await tx`SELECT door.read_notifications(${list}::text::uuid[], ${until})`;
}

export async function countUnreadOf(
  sql: Sql,
  orgId: string,
  memberIds: readonly string[],
): Promise<ReadonlyMap<string, InboxFigures>> {
  const rows = await sql<{ member_id: string; unread: number; newest_at: Date | null }[]>`
    SELECT member_id, unread, newest_at FROM door.unread_of_members(${orgId}, ${`{${memberIds.join(',')}}`}::text::uuid[])`;
  return new Map(rows.map(({ member_id, unread, newest_at: newestAt }) => [member_id, { unread, newestAt }]));
}
