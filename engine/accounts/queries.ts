import type { Sql, Transaction } from '../db/index.ts';
import type { Identity, Role } from './identity.ts';

/** SQL of this room. */

export async function insertOrganisation(tx: Transaction, orgId: string, name: string): Promise<void> {
  await tx`INSERT INTO app.organisations (org_id, name) VALUES (${orgId}, ${name})`;
}

export async function insertMember(
  tx: Transaction,
  orgId: string,
  memberId: string,
  number: string,
  name: string,
  roles: readonly string[],
): Promise<void> {
  await tx`INSERT INTO app.members (org_id, member_id, number, name, roles)
    VALUES (${orgId}, ${memberId}, ${number}, ${name}, ${`{${roles.join(',')}}`}::text::text[])`;
}

export async function insertApiKey(
  tx: Transaction,
  orgId: string,
  keyId: string,
  name: string,
  secretHash: Buffer,
  roles: readonly Role[],
): Promise<void> {
  await tx`INSERT INTO app.api_keys (org_id, key_id, name, secret_hash, roles)
    VALUES (${orgId}, ${keyId}, ${name}, ${secretHash}, ${`{${roles.join(',')}}`}::text::text[])`;
}

export async function revokeApiKey(tx: Transaction, orgId: string, keyId: string): Promise<boolean> {
  const rows = await tx`UPDATE app.api_keys SET revoked_at = clock_timestamp()
    WHERE org_id = ${orgId} AND key_id = ${keyId} AND revoked_at IS NULL RETURNING key_id`;
  return rows.length > 0;
}

export async function findApiKey(
  sql: Sql,
  hash: Buffer,
): Promise<{ org_id: string; key_id: string; roles: string; revoked: boolean } | undefined> {
  const [row] = await sql<{ org_id: string; key_id: string; roles: string; revoked: boolean }[]>`
    SELECT org_id, key_id, array_to_string(roles, ',') AS roles, revoked FROM door.find_api_key(${hash})`;
  return row;
}

interface SessionRow {
  org_id: string;
  attendee_id: string;
  meeting_id: string;
  expires_at: Date;
  expired: boolean;
}

export async function findSession(sql: Sql, hash: Buffer): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow[]>`SELECT * FROM door.find_session(${hash})`;
  return row;
}

/** Also clears away what has expired: tickets live 30 s, so there is never much. */
export async function insertTicket(tx: Transaction, identity: Identity, hash: Buffer, ticketMs: number): Promise<Date> {
  await tx`DELETE FROM app.socket_tickets WHERE org_id = ${identity.orgId} AND expires_at < clock_timestamp()`;
  const [row] = await tx<{ expires_at: Date }[]>`
    INSERT INTO app.socket_tickets (org_id, ticket_hash, identity, expires_at)
    VALUES (${identity.orgId}, ${hash}, ${tx.json(identity as never)}, clock_timestamp() + make_interval(secs => ${ticketMs / 1_000}))
    RETURNING expires_at`;
  return (row as { expires_at: Date }).expires_at;
}

export async function redeemTicket(
  sql: Sql,
  hash: Buffer,
): Promise<{ identity: Identity; expired: boolean } | undefined> {
  const [row] = await sql<
    { identity: Identity; expired: boolean }[]
  >`SELECT identity, expired FROM door.redeem_ticket(${hash})`;
  return row;
}
