import type { Transaction } from '../db/index.ts';

/** SQL of idempotency keys. */

export interface KeyRow {
  readonly request_hash: Buffer;
  readonly status: number | null;
  readonly body: unknown;
}

/**
 * Takes the key for this request, or tells what it holds. A key past its time, or one whose request ended without a
 * word (its process was killed), is taken over.
 */
export async function claimKey(
  tx: Transaction,
  orgId: string,
  key: string,
  requestHash: Buffer,
  keptMs: number,
  runsMs: number,
): Promise<'claimed' | KeyRow> {
  await tx`DELETE FROM app.idempotency_keys
    WHERE org_id = ${orgId} AND created_at < clock_timestamp() - make_interval(secs => ${keptMs / 1_000})`;
  const claimed = await tx`
    INSERT INTO app.idempotency_keys AS k (org_id, key, request_hash) VALUES (${orgId}, ${key}, ${requestHash})
    ON CONFLICT (org_id, key) DO UPDATE SET created_at = clock_timestamp()
      WHERE k.status IS NULL AND k.request_hash = excluded.request_hash
        AND k.created_at < clock_timestamp() - make_interval(secs => ${(2 * runsMs) / 1_000})
    RETURNING key`;
  if (claimed.length > 0) return 'claimed';
  const [row] = await tx<
    KeyRow[]
  >`SELECT request_hash, status, body FROM app.idempotency_keys WHERE org_id = ${orgId} AND key = ${key}`;
  // it was there a moment ago and has been given up since: take it
  return row ?? claimKey(tx, orgId, key, requestHash, keptMs, runsMs);
}

export async function finishKey(
  tx: Transaction,
  orgId: string,
  key: string,
  status: number,
  body: unknown,
): Promise<void> {
  await tx`UPDATE app.idempotency_keys SET status = ${status}, body = ${tx.json((body ?? null) as never)} WHERE org_id = ${orgId} AND key = ${key}`;
}

export async function deleteKey(tx: Transaction, orgId: string, key: string): Promise<void> {
  await tx`DELETE FROM app.idempotency_keys WHERE org_id = ${orgId} AND key = ${key} AND status IS NULL`;
}
