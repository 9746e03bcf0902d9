import type { Sql, Transaction } from '../db/index.ts';
import type { Locale } from './account.ts';

/** SQL of a person's own account: reading, changing, exporting, deleting. In the context of that account. */

export interface AccountRow {
  readonly account_id: string;
  readonly email: string | null;
  readonly email_verified_at: Date | null;
  readonly display_name: string;
  readonly locale: Locale;
  readonly platform_admin: boolean;
  readonly created_at: Date;
  readonly has_password: boolean;
  readonly password_changed_at: Date | null;
  readonly totp_since: Date | null;
  readonly codes_left: number;
  readonly current_org_id: string | null;
}

export async function selectAccount(
  tx: Transaction,
  accountId: string,
  sessionId: string,
): Promise<AccountRow | undefined> {
  const [row] = await tx<AccountRow[]>`
    SELECT a.account_id, a.email, a.email_verified_at, a.display_name, a.locale, a.platform_admin, a.created_at,
      s.password_hash IS NOT NULL AS has_password, s.password_changed_at, s.totp_confirmed_at AS totp_since,
      (SELECT count(*)::int FROM app.account_recovery_codes c WHERE c.account_id = a.account_id AND c.used_at IS NULL) AS codes_left,
      (SELECT l.current_org_id FROM app.account_sessions l WHERE l.account_id = a.account_id AND l.session_id = ${sessionId}) AS current_org_id
    FROM app.accounts a LEFT JOIN app.account_secrets s ON s.account_id = a.account_id
    WHERE a.account_id = ${accountId} AND a.deleted_at IS NULL`;
  return row;
}

/** What is null stays as it is. */
export async function updateAccount(
  tx: Transaction,
  accountId: string,
  change: { readonly name: string | null; readonly locale: Locale | null },
): Promise<void> {
  await tx`UPDATE app.accounts SET display_name = coalesce(${change.name}::text, display_name),
    locale = coalesce(${change.locale}::text, locale) WHERE account_id = ${accountId}`;
}

/** Everything else that is held about the person, as it is stored, save secrets and their hashes. */
export async function selectTraces(tx: Transaction, accountId: string): Promise<Readonly<Record<string, unknown>>> {
  const sessions = await tx`
    SELECT session_id, method, user_agent, current_org_id, created_at, last_used_at, expires_at, revoked_at, revoke_reason
    FROM app.account_sessions WHERE account_id = ${accountId} ORDER BY created_at`;
  const links = await tx`
    SELECT purpose, email, created_at, expires_at, used_at FROM app.account_tokens WHERE account_id = ${accountId} ORDER BY created_at`;
  const identities = await tx`
    SELECT issuer, subject, linked_at, last_used_at FROM app.account_identities WHERE account_id = ${accountId} ORDER BY linked_at`;
  const preferences = await tx`
    SELECT kinds, email, delivery, daily_hour, quiet_from, quiet_to, time_zone FROM app.notification_preferences
    WHERE account_id = ${accountId}`;
  const pushes = await tx`
    SELECT user_agent, created_at FROM app.push_subscriptions WHERE account_id = ${accountId} ORDER BY created_at`;
  const notifications = await tx`
    SELECT organisation, kind, facts, created_at, read_at FROM door.own_notifications(false, NULL, NULL)`;
  return {
    sessions: [...sessions],
    links: [...links],
    identities: [...identities],
    notification_preferences: preferences[0] ?? null,
    push_subscriptions: [...pushes],
    notifications: [...notifications],
  };
}

/** The transaction goes on in one of the account's organisations. */
export async function enterOwnOrganisation(tx: Transaction, orgId: string): Promise<void> {
  await tx`SELECT set_config('app.org_id', ${orgId}, true)`;
}

/**
 * Whether the organisation would be left without an administrator though others are in it. The organisation's row is
 * locked first: of two administrators who leave at once the second finds himself the last.
 */
export async function isLastAdmin(tx: Transaction, orgId: string, memberId: string): Promise<boolean> {
  await tx`SELECT FROM app.organisations WHERE org_id = ${orgId} FOR UPDATE`;
  const [row] = await tx<{ last: boolean }[]>`
    SELECT m.roles @> '{admin}' AND m.status = 'active'
      AND NOT EXISTS (SELECT FROM app.members o WHERE o.org_id = ${orgId} AND o.member_id <> m.member_id
        AND o.status = 'active' AND o.account_id IS NOT NULL AND o.roles @> '{admin}')
      AND EXISTS (SELECT FROM app.members o WHERE o.org_id = ${orgId} AND o.member_id <> m.member_id AND o.status = 'active') AS last
    FROM app.members m WHERE m.org_id = ${orgId} AND m.member_id = ${memberId}`;
  return row?.last ?? false;
}

/** An address that came with the founding goes with the person; one that the organisation wrote down is its own. */
export async function unlinkMember(tx: Transaction, orgId: string, memberId: string): Promise<void> {
  await tx`UPDATE app.members SET account_id = NULL, email = CASE WHEN number <> 'founder' THEN email END
    WHERE org_id = ${orgId} AND member_id = ${memberId}`;
}

/** Nothing of the person is left but an empty row, which the log's entries point at. */
export async function eraseAccount(tx: Transaction, accountId: string): Promise<void> {
  await enterOwnOrganisation(tx, accountId); // answers that are kept for repeats of what the person made
  await tx`DELETE FROM app.idempotency_keys WHERE org_id = ${accountId}`;
  await tx`DELETE FROM app.account_sessions WHERE account_id = ${accountId}`;
  await tx`DELETE FROM app.account_tokens WHERE account_id = ${accountId}`;
  await tx`DELETE FROM app.account_identities WHERE account_id = ${accountId}`;
  await tx`DELETE FROM app.account_recovery_codes WHERE account_id = ${accountId}`;
  await tx`DELETE FROM app.push_subscriptions WHERE account_id = ${accountId}`;
  await tx`DELETE FROM app.notification_preferences WHERE account_id = ${accountId}`;
  await tx`DELETE FROM app.account_secrets WHERE account_id = ${accountId}`;
  await tx`UPDATE app.accounts SET email = NULL, email_verified_at = NULL, display_name = '-', locale = 'en',
    deleted_at = clock_timestamp() WHERE account_id = ${accountId}`;
}

export async function isAddressTaken(sql: Sql, email: string): Promise<boolean> {
  const rows = await sql`SELECT FROM door.find_login(${email})`;
  return rows.length > 0;
}
