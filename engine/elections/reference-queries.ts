import type { Transaction } from '../db/index.ts';

/** SQL of what elections and templates name besides themselves. */

export async function groupExists(tx: Transaction, orgId: string, groupId: string): Promise<boolean> {
  const rows = await tx`SELECT FROM app.groups WHERE org_id = ${orgId} AND group_id = ${groupId}`;
  return rows.length > 0;
}

/** Those of the ids that are pictures of the organisation. They count as used: none of them is erased any more. */
export async function findPictures(tx: Transaction, orgId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const list = `{${ids.join()}}`;
  await tx`UPDATE app.pictures SET used_at = clock_timestamp()
    WHERE org_id = ${orgId} AND picture_id = ANY (${list}::text::uuid[]) AND used_at IS NULL`;
  const rows = await tx<{ picture_id: string }[]>`SELECT picture_id FROM app.pictures
    WHERE org_id = ${orgId} AND picture_id = ANY (${list}::text::uuid[])`;
  return new Set(rows.map(({ picture_id: id }) => id));
}
