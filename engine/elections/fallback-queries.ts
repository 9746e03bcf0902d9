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

/** Elections of every organisation that are over and whose key is still there. */
export async function lateFallbackKeys(
  sql: Sql,
): Promise<readonly { readonly orgId: string; readonly electionId: string }[]> {
  const rows = await sql<{ org_id: string; election_id: string }[]>`
    SELECT org_id, election_id FROM urn.late_fallback_keys(ARRAY(SELECT o.org_id FROM door.organisations_with_elections() o))`;
  return rows.map((row) => ({ orgId: row.org_id, electionId: row.election_id }));
}
