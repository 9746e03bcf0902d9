import type { Sql } from '../db/index.ts';
import type { ElectionState } from './election.ts';

/** SQL of the keys that queued ballots are sealed with. */

/** @param fresh the key of an open election that has none yet. undefined where there is no such election. */
export async function fallbackKey(
  sql: Sql,
  orgId: string,
  electionId: string,
  fresh: Buffer,
): Promise<{ readonly state: ElectionState; readonly key: Buffer | null } | undefined> {
  const [row] = await sql<{ state: ElectionState; key: Buffer | null }[]>`
    SELECT * FROM urn.fallback_key(${orgId}, ${electionId}, ${fresh})`;
  return row;
}

export async function forgetFallbackKey(sql: Sql, orgId: string, electionId: string): Promise<void> {
  await sql`SELECT urn.forget_fallback_key(${orgId}, ${electionId})`;
}
