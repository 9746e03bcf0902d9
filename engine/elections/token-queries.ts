import type { Sql } from '../db/index.ts';

/** SQL of voting links. */

/** The organisation that holds the election; undefined where there is none. */
export async function findElection(sql: Sql, electionId: string): Promise<string | undefined> {
  const [row] = await sql<{ org_id: string | null }[]>`SELECT door.find_election(${electionId}) AS org_id`;
  return row?.org_id ?? undefined;
}

/** Whether the credential was spent; undefined where it is not on the roll. */
export async function findCredential(
  sql: Sql,
  orgId: string,
  electionId: string,
  credential: Buffer,
): Promise<boolean | undefined> {
  const [row] = await sql<
    { spent: boolean }[]
  >`SELECT spent FROM urn.find_credential(${orgId}, ${electionId}, ${credential})`;
  return row?.spent;
}
