import type postgres from 'postgres';
import type { Counted } from './effects-queries.ts';

/** SQL about mails and pushes, as superuser of the fault test's own server. */

/** A browser that pushes are encrypted for. */
export interface Browser {
  /** an account's id follows it */
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** Every member with an address gets an account with this browser, under the endpoint's path /ACCOUNT_ID. */
export async function giveBrowsers(sql: postgres.Sql, { endpoint, p256dh, auth }: Browser): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`; // an act of nobody: nothing for the audit to say
    await tx`UPDATE app.members SET account_id = gen_random_uuid() WHERE email IS NOT NULL AND account_id IS NULL`;
    await tx`INSERT INTO app.accounts (account_id, display_name, email, email_verified_at)
      SELECT m.account_id, m.name, m.email, clock_timestamp() FROM app.members m
      WHERE m.account_id IS NOT NULL AND NOT EXISTS (SELECT FROM app.accounts a WHERE a.account_id = m.account_id)`;
    await tx`INSERT INTO app.push_subscriptions (account_id, endpoint, p256dh, auth)
      SELECT m.account_id, ${endpoint} || m.account_id, ${p256dh}, ${auth} FROM app.members m
      WHERE m.email IS NOT NULL AND m.account_id IS NOT NULL`;
  });
}

/** Mails that a sender has held for longer than any that lives: it was killed, and nobody waits until its lease has run out. */
export async function releaseMails(sql: postgres.Sql, leaseMs: number, heldMs: number): Promise<void> {
  await sql`UPDATE app.mails SET due_at = clock_timestamp()
    WHERE status = 'sending' AND due_at < clock_timestamp() + make_interval(secs => ${(leaseMs - heldMs) / 1_000}::float8)`;
}

/** What has not gone out yet. */
export async function selectUnsent(sql: postgres.Sql): Promise<Counted[]> {
  const rows = await sql<{ what: string; count: string }[]>`
    SELECT 'mails that have not gone out' AS what, count(*) AS count FROM app.mails WHERE settled_at IS NULL
    UNION ALL SELECT 'pushes that have not gone out', count(*) FROM app.push_messages`;
  return rows.map(({ what, count }) => ({ what, count: Number(count) })).filter(({ count }) => count !== 0);
}

/** Of each notification whose member has an address: its mail. null: there is none. */
export async function selectMails(
  sql: postgres.Sql,
): Promise<
  readonly { readonly notification: string; readonly mailId: string | null; readonly status: string | null }[]
> {
  return sql<{ notification: string; mailId: string | null; status: string | null }[]>`
    SELECT n.notification_id AS notification, m.mail_id AS "mailId", m.status
    FROM app.notifications n JOIN app.members p ON p.org_id = n.org_id AND p.member_id = n.member_id AND p.email IS NOT NULL
    LEFT JOIN app.mails m ON m.org_id = n.org_id AND m.key = 'notification:' || n.notification_id`;
}

/** Every mail that there is, whatever it is about. */
export async function selectMailIds(sql: postgres.Sql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ mail_id: string }[]>`SELECT mail_id FROM app.mails`;
  return new Set(rows.map(({ mail_id: mailId }) => mailId));
}

/** Of each account with a browser: of how much it was told. */
export async function selectTold(
  sql: postgres.Sql,
): Promise<readonly { readonly account: string; readonly told: number }[]> {
  const rows = await sql<{ account: string; told: string }[]>`
    SELECT s.account_id AS account, count(n.notification_id) AS told
    FROM app.push_subscriptions s LEFT JOIN app.notifications n ON n.account_id = s.account_id GROUP BY s.account_id`;
  return rows.map(({ account, told }) => ({ account, told: Number(told) }));
}
