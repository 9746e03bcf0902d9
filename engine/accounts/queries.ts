import type { Sql, Transaction } from '../db/index.ts';
import type { Identity } from './identity.ts';

/** SQL of this room. */

interface SessionRow {
  org_id: string;
  attendee_id: string;
  meeting_id: string;
  member_id: string | null;
  role: 'moderator' | 'auditor' | null;
  state: 'waiting' | 'admitted' | 'removed';
  expires_at: Date;
  expired: boolean;
}

export async function findSession(sql: Sql, hash: Buffer): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow[]>`SELECT * FROM door.find_session(${hash})`;
  return row;
}

/**
 * Null where the holder's access has changed within `changedMs`: whoever is being issued a ticket was looked up a moment
 * ago, maybe before that change. Also clears away what has expired: tickets live 30 s, so there is never much.
 */
export async function insertTicket(
  tx: Transaction,
  identity: Identity,
  hash: Buffer,
  ticketMs: number,
  changedMs: number,
): Promise<Date | null> {
  // waits for a revocation that is being written, and is waited for by the next
  await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended(${identity.orgId}::uuid::text, 7303))`;
  await tx`DELETE FROM app.socket_tickets WHERE org_id = ${identity.orgId} AND expires_at < clock_timestamp()`;
  const [row] = await tx<{ expires_at: Date }[]>`
    INSERT INTO app.socket_tickets (org_id, ticket_hash, identity, expires_at)
    SELECT ${identity.orgId}, ${hash}, ${tx.json(identity as never)}, clock_timestamp() + make_interval(secs => ${ticketMs / 1_000})
    WHERE NOT EXISTS (
      SELECT FROM app.log l WHERE l.kind = 'access.revoked' AND l.at > clock_timestamp() - make_interval(secs => ${changedMs / 1_000})
        AND l.org_id = ${identity.orgId} AND l.topic IN (${identity.id}, ${identity.memberId}, ${identity.sessionId}, ${identity.meetingId}))
    RETURNING expires_at`;
  return row?.expires_at ?? null;
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
