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
  const rows = await tx<{ pos: bigint; topic: string; kind: string; payload: Record<string, unknown>; at: Date }[]>`
    SELECT pos, topic, kind, payload, at FROM app.log
    WHERE org_id = ${orgId} AND pos > ${afterPos} AND (${topic}::uuid IS NULL OR topic = ${topic}::uuid)
    ORDER BY pos LIMIT ${limit}`;
  return rows.map((row) => ({
    orgId,
    pos: Number(row.pos),
    topic: row.topic,
    kind: row.kind,
    payload: row.payload,
    at: row.at,
  }));
}
