import type { Sql, Transaction } from '../db/index.ts';
import type { Locale } from './account.ts';

/** SQL of registering, links in mails, passwords and second factors. What takes a transaction runs for one account. */

export type LinkPurpose = 'verify' | 'magic' | 'reset' | 'change_email';

export interface Login {
  readonly account_id: string;
  readonly display_name: string;
  readonly locale: Locale;
  readonly verified: boolean;
  /** of an account that is not verified: the newest registration's */
  readonly password_hash: string | null;
}

export async function findLogin(sql: Sql, email: string): Promise<Login | undefined> {
  const [row] = await sql<Login[]>`SELECT * FROM door.find_login(${email})`;
  return row;
}

export interface FoundLink {
  readonly account_id: string;
  readonly purpose: LinkPurpose;
  readonly email: string;
  readonly used: boolean;
  readonly expired: boolean;
}

export async function findLink(sql: Sql, tokenHash: Buffer): Promise<FoundLink | undefined> {
  const [row] = await sql<FoundLink[]>`SELECT * FROM door.find_account_token(${tokenHash})`;
  return row;
}

/** False where another account has the address. */
export async function insertAccount(
  tx: Transaction,
  account: { readonly accountId: string; readonly email: string; readonly name: string; readonly locale: Locale },
  verified: boolean,
): Promise<boolean> {
  const rows = await tx`
    INSERT INTO app.accounts (account_id, display_name, email, email_verified_at, locale)
    VALUES (${account.accountId}, ${account.name}, ${account.email},
      CASE WHEN ${verified}::boolean THEN clock_timestamp() END, ${account.locale})
    ON CONFLICT (email) DO NOTHING RETURNING account_id`;
  if (rows.length === 0) return false;
  await tx`INSERT INTO app.account_secrets (account_id) VALUES (${account.accountId})`;
  return true;
}

/** How many were erased. */
export async function forgetUnprovenAccounts(sql: Sql, ageMs: number, limit: number): Promise<number> {
  const [row] = await sql<{ erased: number }[]>`
    SELECT door.forget_unproven_accounts(${ageMs}::text::bigint, ${limit}) AS erased`;
  return (row as { erased: number }).erased;
}

export interface NewLink {
  readonly accountId: string;
  readonly tokenHash: Buffer;
  readonly purpose: LinkPurpose;
  readonly email: string;
  readonly lastsMs: number;
  readonly passwordHash?: string;
  readonly name?: string;
}

/**
 * Clears away links that ended long ago. False, and nothing written, where the account has had its fill of the hour: its
 * person is not to be flooded with mails.
 */
export async function insertLink(tx: Transaction, link: NewLink, keptMs: number, hourly: number): Promise<boolean> {
  await tx`DELETE FROM app.account_tokens WHERE account_id = ${link.accountId}
    AND expires_at < clock_timestamp() - make_interval(secs => ${keptMs / 1_000})`;
  const rows = await tx`
    INSERT INTO app.account_tokens (account_id, token_hash, purpose, email, expires_at, password_hash, display_name)
    SELECT ${link.accountId}, ${link.tokenHash}, ${link.purpose}, ${link.email},
      clock_timestamp() + make_interval(secs => ${link.lastsMs / 1_000}), ${link.passwordHash ?? null}, ${link.name ?? null}
    WHERE (SELECT count(*) FROM app.account_tokens t WHERE t.account_id = ${link.accountId}
      AND t.created_at > clock_timestamp() - interval '1 hour') < ${hourly}
    RETURNING token_hash`;
  return rows.length > 0;
}

export interface UsedLink {
  readonly email: string;
  readonly password_hash: string | null;
  readonly display_name: string | null;
}

/** Nothing where it has been used in this moment, or its time has just come. */
export async function useLink(tx: Transaction, accountId: string, tokenHash: Buffer): Promise<UsedLink | undefined> {
  const [row] = await tx<UsedLink[]>`
    UPDATE app.account_tokens SET used_at = clock_timestamp()
    WHERE account_id = ${accountId} AND token_hash = ${tokenHash} AND used_at IS NULL AND expires_at > clock_timestamp()
    RETURNING email, password_hash, display_name`;
  return row;
}

/** Links that are still out count no more. @param purpose of this one alone; null: all */
export async function voidLinks(tx: Transaction, accountId: string, purpose: LinkPurpose | null): Promise<void> {
  await tx`UPDATE app.account_tokens SET used_at = clock_timestamp()
    WHERE account_id = ${accountId} AND used_at IS NULL AND (${purpose}::text IS NULL OR purpose = ${purpose}::text)`;
}

/** True where the address was not proven before. */
export async function markVerified(tx: Transaction, accountId: string): Promise<boolean> {
  const rows = await tx`UPDATE app.accounts SET email_verified_at = clock_timestamp()
    WHERE account_id = ${accountId} AND email_verified_at IS NULL RETURNING account_id`;
  return rows.length > 0;
}

/** The new address is proven by the link. @throws SQLSTATE 23505 where another account has it by now */
export async function setEmail(tx: Transaction, accountId: string, email: string): Promise<void> {
  await tx`UPDATE app.accounts SET email = ${email}, email_verified_at = clock_timestamp() WHERE account_id = ${accountId}`;
}

export async function setPassword(tx: Transaction, accountId: string, passwordHash: string): Promise<void> {
  await tx`INSERT INTO app.account_secrets (account_id, password_hash, password_changed_at)
    VALUES (${accountId}, ${passwordHash}, clock_timestamp())
    ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash, password_changed_at = clock_timestamp()`;
}

export interface Secrets {
  readonly password_hash: string | null;
  readonly totp_secret: Buffer | null;
  readonly totp_confirmed: boolean;
  readonly totp_last_step: number;
  readonly code_failures: number;
  /** milliseconds since the last wrong code; null without one */
  readonly failed_ago_ms: number | null;
}

/** Locked: of two sign-ins with one code at once only the first finds it unused. */
export async function holdSecrets(tx: Transaction, accountId: string): Promise<Secrets | undefined> {
  const [row] = await tx<(Omit<Secrets, 'totp_last_step'> & { totp_last_step: bigint })[]>`
    SELECT password_hash, totp_secret, totp_confirmed_at IS NOT NULL AS totp_confirmed, totp_last_step, code_failures,
      (extract(epoch FROM clock_timestamp() - code_failed_at) * 1000)::float8 AS failed_ago_ms
    FROM app.account_secrets WHERE account_id = ${accountId} FOR UPDATE`;
  return row && { ...row, totp_last_step: Number(row.totp_last_step) };
}

/** A right code forgets the wrong ones before it. */
export async function countCode(tx: Transaction, accountId: string, right: boolean): Promise<void> {
  await tx`UPDATE app.account_secrets SET
      code_failures = CASE WHEN ${right}::boolean THEN 0 ELSE code_failures + 1 END,
      code_failed_at = CASE WHEN ${right}::boolean THEN NULL ELSE clock_timestamp() END
    WHERE account_id = ${accountId}`;
}

export async function setTotpStep(tx: Transaction, accountId: string, step: number): Promise<void> {
  await tx`UPDATE app.account_secrets SET totp_last_step = ${step} WHERE account_id = ${accountId}`;
}

/** Null takes the authenticator away. It counts once it is confirmed. */
export async function setTotpSecret(tx: Transaction, accountId: string, sealed: Buffer | null): Promise<void> {
  await tx`UPDATE app.account_secrets SET totp_secret = ${sealed}, totp_confirmed_at = NULL, totp_last_step = 0
    WHERE account_id = ${accountId}`;
}

export async function confirmTotp(tx: Transaction, accountId: string): Promise<void> {
  await tx`UPDATE app.account_secrets SET totp_confirmed_at = clock_timestamp() WHERE account_id = ${accountId}`;
}

/** The codes of before go. */
export async function replaceRecoveryCodes(
  tx: Transaction,
  accountId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await tx`DELETE FROM app.account_recovery_codes WHERE account_id = ${accountId}`;
  for (const codeHash of hashes) {
    await tx`INSERT INTO app.account_recovery_codes (account_id, code_hash) VALUES (${accountId}, ${codeHash})`;
  }
}

export async function useRecoveryCode(tx: Transaction, accountId: string, codeHash: Buffer): Promise<boolean> {
  const rows = await tx`UPDATE app.account_recovery_codes SET used_at = clock_timestamp()
    WHERE account_id = ${accountId} AND code_hash = ${codeHash} AND used_at IS NULL RETURNING code_hash`;
  return rows.length > 0;
}

export async function findIdentity(sql: Sql, issuer: string, subject: string): Promise<string | null> {
  const [row] = await sql<
    { account_id: string | null }[]
  >`SELECT door.find_account_identity(${issuer}, ${subject}) AS account_id`;
  return row?.account_id ?? null;
}

/** Who the person is at a provider, from now on; again: used once more. */
export async function linkIdentity(tx: Transaction, accountId: string, issuer: string, subject: string): Promise<void> {
  await tx`INSERT INTO app.account_identities (account_id, issuer, subject) VALUES (${accountId}, ${issuer}, ${subject})
    ON CONFLICT (account_id, issuer, subject) DO UPDATE SET last_used_at = clock_timestamp()`;
}

export async function setName(tx: Transaction, accountId: string, name: string): Promise<void> {
  await tx`UPDATE app.accounts SET display_name = ${name} WHERE account_id = ${accountId}`;
}

/** Where mails about the account go; `changed_ms` tells one change of the password from another. */
export interface Address {
  readonly email: string | null;
  readonly verified: boolean;
  readonly display_name: string;
  readonly locale: Locale;
  readonly changed_ms: number | null;
}

export async function selectAddress(tx: Transaction, accountId: string): Promise<Address | undefined> {
  const [row] = await tx<Address[]>`
    SELECT a.email, a.email_verified_at IS NOT NULL AS verified, a.display_name, a.locale,
      floor(extract(epoch FROM s.password_changed_at) * 1000)::float8 AS changed_ms
    FROM app.accounts a LEFT JOIN app.account_secrets s ON s.account_id = a.account_id WHERE a.account_id = ${accountId}`;
  return row;
}
