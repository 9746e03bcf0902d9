import type { Sql, Transaction } from '../db/index.ts';
import type { ApiKey } from './api-key.ts';
import type { Role } from './identity.ts';

/** SQL of API keys. */

interface ApiKeyRow {
  key_id: string;
  name: string;
  prefix: string;
  roles: string;
  scopes: string | null;
  signed: boolean;
  requests_per_second: number | null;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  previous_until: Date | null;
  revoked_at: Date | null;
  generation: number;
}

export interface StoredKey extends ApiKey {
  readonly generation: number;
}

function listOf(text: string): string[] {
  return text.split(',');
}

function keyOf(row: ApiKeyRow): StoredKey {
  return {
    keyId: row.key_id,
    name: row.name,
    prefix: row.prefix,
    roles: listOf(row.roles) as Role[],
    scopes: row.scopes === null ? null : listOf(row.scopes),
    signed: row.signed,
    requestsPerSecond: row.requests_per_second,
    source: 'database',
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    previousUntil: row.previous_until,
    revokedAt: row.revoked_at,
    generation: row.generation,
  };
}

export interface NewKeyRow {
  readonly keyId: string;
  readonly name: string;
  readonly prefix: string;
  readonly secretHash: Buffer;
  readonly roles: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly signed: boolean;
  readonly requestsPerSecond: number | null;
  readonly expiresAt: Date | null;
  readonly createdBy: string | null;
  readonly makerId: string | null;
}

export async function insertApiKey(tx: Transaction, orgId: string, key: NewKeyRow): Promise<void> {
  await tx`
    INSERT INTO app.api_keys (org_id, key_id, name, prefix, secret_hash, roles, scopes, signed, requests_per_second,
      expires_at, created_by, maker_id)
    VALUES (${orgId}, ${key.keyId}, ${key.name}, ${key.prefix}, ${key.secretHash}, ${`{${key.roles.join(',')}}`}::text::text[],
      ${key.scopes === null ? null : `{${key.scopes.join(',')}}`}::text::text[], ${key.signed}, ${key.requestsPerSecond},
      ${key.expiresAt}, ${key.createdBy}, ${key.makerId})`;
}

/** Newest first; the cursor is the last key of the page before. */
export async function selectApiKeys(
  tx: Transaction,
  orgId: string,
  query: { cursor: string | null; limit: number },
): Promise<StoredKey[]> {
  const rows = await tx<ApiKeyRow[]>`
    SELECT k.*, array_to_string(k.roles, ',') AS roles, array_to_string(k.scopes, ',') AS scopes
    FROM app.api_keys k
    WHERE k.org_id = ${orgId} AND (${query.cursor}::uuid IS NULL OR (k.created_at, k.key_id) <
        (SELECT c.created_at, c.key_id FROM app.api_keys c WHERE c.org_id = ${orgId} AND c.key_id = ${query.cursor}::uuid))
    ORDER BY k.created_at DESC, k.key_id DESC LIMIT ${query.limit}`;
  return rows.map(keyOf);
}

export async function selectApiKey(tx: Transaction, orgId: string, keyId: string): Promise<StoredKey | undefined> {
  const [row] = await tx<ApiKeyRow[]>`
    SELECT k.*, array_to_string(k.roles, ',') AS roles, array_to_string(k.scopes, ',') AS scopes
    FROM app.api_keys k WHERE k.org_id = ${orgId} AND k.key_id = ${keyId}`;
  return row && keyOf(row);
}

/**
 * The present secret becomes the one before; one that was before that is gone. Locks nothing that is revoked.
 * @param makerId who knows the new secret; undefined: the same as before
 */
export async function rotateApiKey(
  tx: Transaction,
  orgId: string,
  keyId: string,
  secretHash: Buffer,
  prefix: string,
  overlapMs: number,
  makerId: string | null | undefined,
): Promise<boolean> {
  const rows = await tx`
    UPDATE app.api_keys SET secret_hash = ${secretHash}, prefix = ${prefix}, generation = generation + 1,
      previous_hash = secret_hash, previous_until = clock_timestamp() + make_interval(secs => ${overlapMs / 1_000}),
      maker_id = CASE WHEN ${makerId === undefined}::boolean THEN maker_id ELSE ${makerId ?? null}::uuid END
    WHERE org_id = ${orgId} AND key_id = ${keyId} AND revoked_at IS NULL RETURNING key_id`;
  return rows.length > 0;
}

export async function revokeApiKey(tx: Transaction, orgId: string, keyId: string): Promise<boolean> {
  const rows = await tx`UPDATE app.api_keys SET revoked_at = clock_timestamp()
    WHERE org_id = ${orgId} AND key_id = ${keyId} AND revoked_at IS NULL RETURNING key_id`;
  return rows.length > 0;
}

/** A key as it is found before its organisation is known. */
export interface FoundKey {
  readonly org_id: string;
  readonly key_id: string;
  readonly maker_id: string | null;
  readonly roles: string;
  readonly scopes: string | null;
  readonly signed: boolean;
  readonly requests_per_second: number | null;
  readonly expires_at: Date | null;
  readonly expired: boolean;
  readonly revoked: boolean;
}

export async function findApiKey(sql: Sql, hash: Buffer): Promise<FoundKey | undefined> {
  const [row] = await sql<FoundKey[]>`
    SELECT k.*, array_to_string(k.roles, ',') AS roles, array_to_string(k.scopes, ',') AS scopes
    FROM door.find_api_key(${hash}) k`;
  return row;
}

export interface FoundSigningKey extends FoundKey {
  readonly generation: number;
  /** the signing secret of the generation before is good too */
  readonly previous: boolean;
  readonly previous_until: Date | null;
}

export async function findSigningKey(sql: Sql, keyId: string): Promise<FoundSigningKey | undefined> {
  const [row] = await sql<FoundSigningKey[]>`
    SELECT k.*, array_to_string(k.roles, ',') AS roles, array_to_string(k.scopes, ',') AS scopes
    FROM door.find_signing_key(${keyId}) k`;
  return row;
}

/** False where this very signature was taken before. Also clears away what is refused for its age anyway. */
export async function insertSignature(
  tx: Transaction,
  orgId: string,
  keyId: string,
  signature: Buffer,
  expiresAt: Date,
): Promise<boolean> {
  await tx`DELETE FROM app.signed_requests WHERE org_id = ${orgId} AND expires_at < clock_timestamp()`;
  const rows = await tx`
    INSERT INTO app.signed_requests (org_id, key_id, signature, expires_at)
    VALUES (${orgId}, ${keyId}, ${signature}, ${expiresAt}) ON CONFLICT DO NOTHING RETURNING key_id`;
  return rows.length > 0;
}

/** To the minute: a key that another gateway has just written is left alone. */
export async function touchApiKeys(
  tx: Transaction,
  orgId: string,
  keyIds: readonly string[],
  everyMs: number,
): Promise<void> {
  await tx`UPDATE app.api_keys SET last_used_at = clock_timestamp()
    WHERE org_id = ${orgId} AND key_id = ANY (${`{${keyIds.join(',')}}`}::text::uuid[])
      AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - make_interval(secs => ${everyMs / 1_000}))`;
}
