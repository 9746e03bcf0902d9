import type { Sql, Transaction } from '../db/index.ts';

/** SQL of sessions. All but the first run in the context of one account. */

export type SignInMethod = 'password' | 'magic_link' | 'oidc';
export type RevokeReason = 'signed_out' | 'revoked' | 'reused' | 'password_changed' | 'account_deleted';

interface FoundSession {
  readonly account_id: string;
  readonly platform_admin: boolean;
  readonly revoked: boolean;
  readonly expired: boolean;
  readonly org_id: string | null;
  readonly member_id: string | null;
  readonly roles: string | null;
}

/** With the membership by which its person acts, if there is one. */
export async function findSession(
  sql: Sql,
  sessionId: string,
  orgId: string | null,
): Promise<FoundSession | undefined> {
  const [row] = await sql<FoundSession[]>`
    SELECT account_id, platform_admin, revoked, expired, org_id, member_id, array_to_string(roles, ',') AS roles
    FROM door.find_account_session(${sessionId}::text::uuid, ${orgId}::text::uuid)`;
  return row;
}

/** Sessions that ended long ago go: a list of devices shows living ones, and nothing else needs them. */
export async function insertSession(
  tx: Transaction,
  session: {
    readonly accountId: string;
    readonly sessionId: string;
    readonly method: SignInMethod;
    readonly userAgent: string;
  },
  idleMs: number,
): Promise<void> {
  await tx`DELETE FROM app.account_sessions WHERE account_id = ${session.accountId}
    AND coalesce(revoked_at, expires_at) < clock_timestamp() - interval '90 days'`;
  await tx`INSERT INTO app.account_sessions (account_id, session_id, method, user_agent, expires_at)
    VALUES (${session.accountId}, ${session.sessionId}, ${session.method}, ${session.userAgent},
      clock_timestamp() + make_interval(secs => ${idleMs / 1_000}))`;
}

export interface HeldSession {
  readonly generation: number;
  readonly revoked: boolean;
  readonly expired: boolean;
  /** milliseconds since the present generation began */
  readonly age_ms: number;
}

/** Locked: of two refreshes at once the second sees what the first has done. */
export async function holdSession(
  tx: Transaction,
  accountId: string,
  sessionId: string,
): Promise<HeldSession | undefined> {
  const [row] = await tx<HeldSession[]>`
    SELECT generation, revoked_at IS NOT NULL AS revoked, expires_at <= clock_timestamp() AS expired,
      (extract(epoch FROM clock_timestamp() - rotated_at) * 1000)::float8 AS age_ms
    FROM app.account_sessions WHERE account_id = ${accountId} AND session_id = ${sessionId} FOR UPDATE`;
  return row;
}

export async function rotateSession(
  tx: Transaction,
  accountId: string,
  sessionId: string,
  idleMs: number,
  maxMs: number,
): Promise<void> {
  await tx`UPDATE app.account_sessions SET generation = generation + 1, rotated_at = clock_timestamp(),
      last_used_at = clock_timestamp(), expires_at = least(clock_timestamp() + make_interval(secs => ${idleMs / 1_000}),
        created_at + make_interval(secs => ${maxMs / 1_000}))
    WHERE account_id = ${accountId} AND session_id = ${sessionId}`;
}

export interface SessionRow {
  readonly session_id: string;
  readonly user_agent: string;
  readonly method: SignInMethod;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
}

/** Living ones, the most recently used first. */
export async function selectSessions(tx: Transaction, accountId: string): Promise<SessionRow[]> {
  return tx<SessionRow[]>`
    SELECT session_id, user_agent, method, created_at, last_used_at, expires_at FROM app.account_sessions
    WHERE account_id = ${accountId} AND revoked_at IS NULL AND expires_at > clock_timestamp()
    ORDER BY last_used_at DESC, session_id`;
}

/**
 * @param sessionId this one alone; null: all of the account
 * @param except not this one
 * @returns ids of those that were alive
 */
export async function revokeSessions(
  tx: Transaction,
  accountId: string,
  sessionId: string | null,
  except: string | null,
  reason: RevokeReason,
): Promise<string[]> {
  const rows = await tx<{ session_id: string }[]>`
    UPDATE app.account_sessions SET revoked_at = clock_timestamp(), revoke_reason = ${reason}
    WHERE account_id = ${accountId} AND revoked_at IS NULL
      AND (${sessionId}::text::uuid IS NULL OR session_id = ${sessionId}::text::uuid)
      AND (${except}::text::uuid IS NULL OR session_id <> ${except}::text::uuid)
    RETURNING session_id`;
  return rows.map(({ session_id }) => session_id);
}

export async function setCurrentOrganisation(
  tx: Transaction,
  accountId: string,
  sessionId: string,
  orgId: string,
): Promise<void> {
  await tx`UPDATE app.account_sessions SET current_org_id = ${orgId}
    WHERE account_id = ${accountId} AND session_id = ${sessionId}`;
}

/** How long ago the session was signed in, milliseconds; null where it is not there. */
export async function sessionAgeMs(tx: Transaction, accountId: string, sessionId: string): Promise<number | null> {
  const [row] = await tx<{ age_ms: number }[]>`
    SELECT (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS age_ms FROM app.account_sessions
    WHERE account_id = ${accountId} AND session_id = ${sessionId}`;
  return row?.age_ms ?? null;
}

export interface MembershipRow {
  readonly org_id: string;
  readonly name: string;
  readonly member_id: string;
  readonly number: string;
  readonly member_name: string;
  readonly roles: string;
  readonly status: string;
  readonly weight: bigint;
  readonly created_at: Date;
}

/** Of the account that the transaction is about, by organisation. */
export async function selectMemberships(tx: Transaction): Promise<MembershipRow[]> {
  return tx<MembershipRow[]>`
    SELECT org_id, name, member_id, number, member_name, array_to_string(roles, ',') AS roles, status, weight, created_at
    FROM door.own_memberships() ORDER BY org_id`;
}

/** Gateways forget these sessions and close their sockets. The last act of a transaction: the log's head is locked. */
export async function announceRevoked(tx: Transaction, orgId: string, sessionIds: readonly string[]): Promise<void> {
  for (const id of sessionIds) {
    await tx`SELECT urn.append_log(${orgId}, ${id}, 'access.revoked', ${tx.json({ kind: 'session', id })})`;
  }
}
