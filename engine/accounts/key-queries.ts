import type { Sql } from '../db/index.ts';

/** SQL of the server's secret, signing keys, and sign-ins that are at a provider. */

export async function serverSecret(sql: Sql, name: string, candidate: Buffer): Promise<Buffer> {
  const [row] = await sql<{ value: Buffer }[]>`SELECT door.server_secret(${name}, ${candidate}) AS value`;
  return (row as { value: Buffer }).value;
}

export interface SigningKeyRow {
  readonly kid: string;
  readonly public_jwk: Readonly<Record<string, unknown>>;
  readonly private_key: Buffer;
  readonly uses_from: Date;
  readonly now: Date;
}

/** Newest first. */
export async function selectSigningKeys(sql: Sql): Promise<SigningKeyRow[]> {
  return sql<SigningKeyRow[]>`SELECT * FROM door.signing_keys()`;
}

export interface KeyTimes {
  readonly periodMs: number;
  readonly aheadMs: number;
  readonly keptMs: number;
}

/** False where none is due. @param atOnce whatever the others say: none of them can be used */
export async function addSigningKey(
  sql: Sql,
  key: { readonly kid: string; readonly publicJwk: object; readonly privateKey: Buffer },
  times: KeyTimes,
  atOnce: boolean,
): Promise<boolean> {
  const [row] = await sql<{ added: boolean }[]>`
    SELECT door.add_signing_key(${key.kid}, ${sql.json(key.publicJwk as never)}, ${key.privateKey},
      make_interval(secs => ${times.periodMs / 1_000}), make_interval(secs => ${times.aheadMs / 1_000}),
      make_interval(secs => ${times.keptMs / 1_000}), ${atOnce}) AS added`;
  return row?.added ?? false;
}

export async function beginOidcLogin(
  sql: Sql,
  stateHash: Buffer,
  nonce: string,
  verifier: Buffer,
  lastsMs: number,
): Promise<void> {
  await sql`SELECT door.begin_oidc_login(${stateHash}, ${nonce}, ${verifier}, make_interval(secs => ${lastsMs / 1_000}))`;
}

export async function takeOidcLogin(
  sql: Sql,
  stateHash: Buffer,
): Promise<{ nonce: string; verifier: Buffer; expired: boolean } | undefined> {
  const [row] = await sql<
    { nonce: string; verifier: Buffer; expired: boolean }[]
  >`SELECT nonce, verifier, expired FROM door.take_oidc_login(${stateHash})`;
  return row;
}
