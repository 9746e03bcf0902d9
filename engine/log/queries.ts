import type { Sql, Transaction } from '../db/index.ts';
import type { LogEntry } from './entry.ts';

/** SQL of the log. */

export async function selectEpoch(tx: Sql): Promise<string> {
  const [row] = await tx<{ epoch: string }[]>`SELECT epoch FROM app.epoch LIMIT 1`;
  return row?.epoch ?? '';
}

export async function selectHeads(sql: Sql, orgIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql<
    { org_id: string; pos: bigint }[]
  >`SELECT * FROM door.log_heads(${`{${orgIds.join(',')}}`}::text::uuid[])`;
  return new Map(rows.map((row) => [row.org_id, Number(row.pos)]));
}

export async function selectEntries(
  tx: Transaction,
  orgId: string,
  afterPos: number,
  limit: number,
  topic: string | null,
): Promise<LogEntry[]> {
  const rows = await tx<LogRow[]>`
    SELECT pos, topic, kind, payload, at FROM app.log
    WHERE org_id = ${orgId} AND pos > ${afterPos} AND (${topic}::uuid IS NULL OR topic = ${topic}::uuid)
    ORDER BY pos LIMIT ${limit}`;
  return rows.map((row) => entryOf(orgId, row));
}

interface LogRow {
  pos: bigint;
  topic: string;
  kind: string;
  payload: Record<string, unknown>;
  at: Date;
}

function entryOf(orgId: string, { pos, topic, kind, payload, at }: LogRow): LogEntry {
  return { orgId, pos: Number(pos), topic, kind, payload, at };
}

/**
 * The log as people read it, newest first: the only way in which whole rows leave the engine. Where a campaign hides its
 * totals, what a batch did to them is left out until it is completed.
 * @param kind one kind, or what stands before the dot
 */
export async function selectNewest(
  tx: Transaction,
  orgId: string,
  { before, kind, topic, limit }: { before: number | null; kind: string | null; topic: string | null; limit: number },
): Promise<LogEntry[]> {
  const rows = await tx<LogRow[]>`
    SELECT pos, topic, kind, at, CASE WHEN kind = 'campaign.coins' AND NOT EXISTS (SELECT FROM app.campaigns c
        WHERE c.org_id = ${orgId} AND c.id = topic AND (NOT c.hide_totals OR c.status NOT IN ('draft', 'active')))
      THEN payload - 'deltas' ELSE payload END AS payload
    FROM app.log
    WHERE org_id = ${orgId} AND (${before}::bigint IS NULL OR pos < ${before}::bigint)
      AND (${kind}::text IS NULL OR kind = ${kind} OR split_part(kind, '.', 1) = ${kind})
      AND (${topic}::uuid IS NULL OR topic = ${topic}::uuid)
    ORDER BY pos DESC LIMIT ${limit}`;
  return rows.map((row) => entryOf(orgId, row));
}

/** What has lost access, as rows of the log name it. */
export type RevokedKind = 'api_key' | 'session' | 'member' | 'attendee' | 'meeting';

/**
 * In the transaction that takes access away, as its last act: every gateway then forgets whom it knew by this id and
 * closes the sockets of that id, within a second. Tickets that were not used yet are gone with the commit.
 * @param endsAt access by what was known before lasts until then; left out: it is over
 */
export async function revokeAccess(
  tx: Transaction,
  orgId: string,
  kind: RevokedKind,
  id: string,
  endsAt?: Date,
): Promise<void> {
  const payload = { kind, id, ...(endsAt === undefined ? {} : { ends_at: endsAt.toISOString() }) };
  await tx`SELECT urn.append_log(${orgId}, ${id}, 'access.revoked', ${tx.json(payload)})`;
}

export interface RevocationRow {
  readonly orgId: string;
  readonly pos: number;
  readonly id: string;
  readonly endsAt: Date | null;
  readonly ageMs: number;
}

/** Revocations since a moment of the database's clock (null: none), and what that clock says now. */
export async function selectRevocations(
  sql: Sql,
  since: Date | null,
): Promise<{ readonly now: Date; readonly rows: readonly RevocationRow[] }> {
  const rows = await sql<
    { org_id: string | null; pos: bigint; id: string; ends_at: Date | null; age_ms: number; now: Date }[]
  >`SELECT * FROM door.revocations(${since})`;
  return {
    now: (rows[0] as { now: Date }).now,
    rows: rows.flatMap(({ org_id: orgId, pos, id, ends_at: endsAt, age_ms: ageMs }) =>
      orgId === null ? [] : [{ orgId, pos: Number(pos), id, endsAt, ageMs }],
    ),
  };
}
