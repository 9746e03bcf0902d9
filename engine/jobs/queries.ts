import type { Sql, Transaction } from '../db/index.ts';
import type { LogEntry } from '../log/index.ts';
import type { QueueStats } from './queue-stats.ts';

/** SQL of the relay, of those who follow the log by jobs, and of what they say of themselves. */

/**
 * This transaction does not wait for the disk. A crash that loses it loses its effect and its cursor alike, and whatever was
 * committed after it; the same rows are then taken in again. Waiting would make the hot path wait for the same disk.
 */
function unhurried(tx: Transaction) {
  return tx`set_config('synchronous_commit', 'off', true)`;
}

/** The consumer's cursor, locked until the transaction ends, and the life of the database that it belongs to. */
export async function takeCursor(
  tx: Transaction,
  orgId: string,
  consumer: string,
): Promise<{ readonly pos: number; readonly epoch: string }> {
  const select = () => tx<{ pos: bigint; epoch: string }[]>`
    SELECT c.pos, e.epoch, ${unhurried(tx)} FROM app.consumer_cursors c CROSS JOIN app.epoch e
    WHERE c.org_id = ${orgId} AND c.consumer = ${consumer} FOR UPDATE OF c`;
  let [row] = await select();
  if (row === undefined) {
    await tx`INSERT INTO app.consumer_cursors (org_id, consumer, pos) VALUES (${orgId}, ${consumer}, 0) ON CONFLICT DO NOTHING`;
    [row] = await select();
  }
  return { pos: Number(row?.pos ?? 0), epoch: row?.epoch ?? '' };
}

export async function moveCursor(tx: Transaction, orgId: string, consumer: string, pos: number): Promise<void> {
  await tx`UPDATE app.consumer_cursors SET pos = ${pos} WHERE org_id = ${orgId} AND consumer = ${consumer}`;
}

/** Any number that no other lock of the product uses. */
const RELAY_LOCK = 7310;

/** Whether this transaction is the one that relays: the lock goes with it, however it ends. */
export async function takeRelayTurn(tx: Transaction): Promise<boolean> {
  const [row] = await tx<{ taken: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${RELAY_LOCK}) AS taken, ${unhurried(tx)}`;
  return row?.taken ?? false;
}

/** New rows of up to `orgs` organisations, `rowsEach` of each, in order within each. At random, so that busy ones starve no other. */
export async function selectBehind(tx: Transaction, orgs: number, rowsEach: number): Promise<LogEntry[]> {
  const rows = await tx<
    { org_id: string; pos: bigint; topic: string; kind: string; payload: Record<string, unknown>; at: Date }[]
  >`
    SELECT l.org_id, l.pos, l.topic, l.kind, l.payload, l.at
    FROM (SELECT h.org_id, coalesce(c.pos, 0) AS pos FROM app.log_head h LEFT JOIN app.relay_cursors c ON c.org_id = h.org_id
      WHERE h.pos > coalesce(c.pos, 0) ORDER BY random() LIMIT ${orgs}) behind
    CROSS JOIN LATERAL (SELECT * FROM app.log WHERE log.org_id = behind.org_id AND log.pos > behind.pos
      ORDER BY log.pos LIMIT ${rowsEach}) l
    ORDER BY l.org_id, l.pos`;
  return rows.map(({ org_id: orgId, pos, ...row }) => ({ orgId, pos: Number(pos), ...row }));
}

export async function moveRelay(tx: Transaction, moved: ReadonlyMap<string, number>): Promise<void> {
  const orgs = `{${[...moved.keys()].join(',')}}`;
  const positions = `{${[...moved.values()].join(',')}}`;
  await tx`
    INSERT INTO app.relay_cursors (org_id, pos)
    SELECT * FROM unnest(${orgs}::text::uuid[], ${positions}::text::bigint[])
    ON CONFLICT (org_id) DO UPDATE SET pos = excluded.pos`;
}

/**
 * Runs that are in jobs and that somebody who follows the log has not taken in, without their rows. Those of organisations
 * with a dead letter that waits for a person are left out.
 */
export async function selectUntaken(
  tx: Transaction,
  limit: number,
): Promise<{ readonly orgId: string; readonly from: number; readonly to: number }[]> {
  const rows = await tx<{ org_id: string; taken: bigint; pos: bigint }[]>`
    SELECT r.org_id, r.pos, min(k.taken) AS taken
    FROM app.relay_cursors r
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT c.pos FROM app.consumer_cursors c WHERE c.org_id = r.org_id AND c.consumer = n.consumer), 0) AS taken
      FROM (SELECT DISTINCT consumer FROM app.consumer_cursors) n
      UNION ALL
      SELECT w.pos FROM app.webhook_cursors w WHERE w.org_id = r.org_id) k
    WHERE k.taken < r.pos
      AND NOT EXISTS (SELECT FROM app.dead_letters d WHERE d.org_id = r.org_id AND d.job_id = 'log' AND d.state = 'waiting')
    GROUP BY r.org_id, r.pos LIMIT ${limit}`;
  return rows.map((row) => ({ orgId: row.org_id, from: Number(row.taken) + 1, to: Number(row.pos) }));
}

/** Organisations with staged changes, by the queue that takes them in. */
export async function selectChangesBehind(
  tx: Transaction,
  limit: number,
): Promise<{ readonly queue: string; readonly orgId: string }[]> {
  const rows = await tx<{ queue: string; org_id: string }[]>`SELECT queue, org_id FROM door.changes_behind(${limit})`;
  return rows.map(({ queue, org_id: orgId }) => ({ queue, orgId }));
}

/** done and failed are added to what is there; the others are put in their place. */
export async function upsertStats(tx: Transaction, stats: readonly QueueStats[]): Promise<void> {
  const rows = stats.map(({ queue, oldestAgeMs, ...counts }) => ({ queue, oldest_age_ms: oldestAgeMs, ...counts }));
  await tx`
    INSERT INTO app.queue_stats AS s (queue, waiting, active, delayed, failed, done, oldest_age_ms, measured_at)
    SELECT r.queue, r.waiting, r.active, r.delayed, r.failed, r.done, r.oldest_age_ms, clock_timestamp()
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r (queue text, waiting bigint, active bigint, delayed bigint, failed bigint,
      done bigint, oldest_age_ms bigint) ORDER BY r.queue
    ON CONFLICT (queue) DO UPDATE SET waiting = excluded.waiting, active = excluded.active, delayed = excluded.delayed,
      failed = s.failed + excluded.failed, done = s.done + excluded.done, oldest_age_ms = excluded.oldest_age_ms,
      measured_at = excluded.measured_at`;
}

export async function selectStats(sql: Sql): Promise<(QueueStats & { readonly ageMs: number })[]> {
  const rows = await sql<
    {
      queue: string;
      waiting: bigint;
      active: bigint;
      delayed: bigint;
      failed: bigint;
      done: bigint;
      oldest_age_ms: bigint;
      age_ms: number;
    }[]
  >`SELECT queue, waiting, active, delayed, failed, done, oldest_age_ms,
      greatest(0, extract(epoch FROM clock_timestamp() - measured_at) * 1000)::double precision AS age_ms
    FROM app.queue_stats ORDER BY queue`;
  return rows.map((row) => ({
    queue: row.queue,
    waiting: Number(row.waiting),
    active: Number(row.active),
    delayed: Number(row.delayed),
    failed: Number(row.failed),
    done: Number(row.done),
    oldestAgeMs: Number(row.oldest_age_ms),
    ageMs: row.age_ms,
  }));
}
