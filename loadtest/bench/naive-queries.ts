import type postgres from 'postgres';

/** The way of requirement 004, appendix B: plain tables, one transaction of four statements a ballot. */

export async function makeNaiveTables(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    CREATE SCHEMA naive;
    CREATE TABLE naive.voting_tokens (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, org_id uuid NOT NULL, token_hash text NOT NULL,
      used boolean NOT NULL DEFAULT false, used_at timestamptz, UNIQUE (org_id, token_hash));
    CREATE TABLE naive.ballots (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, org_id uuid NOT NULL, election_id uuid NOT NULL,
      choice text NOT NULL, token_hash text NOT NULL);
    CREATE TABLE naive.audit_log (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, org_id uuid NOT NULL, election_id uuid NOT NULL,
      action text NOT NULL, at timestamptz NOT NULL DEFAULT now())`);
}

export async function insertNaiveTokens(
  sql: postgres.Sql,
  orgId: string,
  prefix: string,
  count: number,
): Promise<void> {
  await sql`INSERT INTO naive.voting_tokens (org_id, token_hash)
    SELECT ${orgId}, encode(sha256(convert_to(${prefix} || i, 'UTF8')), 'hex') FROM generate_series(0, ${count}::integer - 1) i`;
}

/** One ballot. True once it is committed; false where the token is not there or spent. */
export async function castNaively(
  sql: postgres.Sql,
  orgId: string,
  electionId: string,
  token: string,
  choice: string,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const held = await tx`SELECT id FROM naive.voting_tokens
      WHERE org_id = ${orgId} AND token_hash = ${token} AND used = false FOR UPDATE NOWAIT`;
    if (held.length === 0) return false;
    await tx`INSERT INTO naive.ballots (org_id, election_id, choice, token_hash)
      VALUES (${orgId}, ${electionId}, ${choice}, ${token})`;
    await tx`UPDATE naive.voting_tokens SET used = true, used_at = now() WHERE org_id = ${orgId} AND token_hash = ${token}`;
    await tx`INSERT INTO naive.audit_log (org_id, election_id, action) VALUES (${orgId}, ${electionId}, 'ballot.cast')`;
    return true;
  }) as Promise<boolean>;
}

export async function countNaively(
  sql: postgres.Sql,
  electionId: string,
): Promise<{ ballots: number; voters: number }> {
  const [row] = await sql<{ ballots: string; voters: string }[]>`
    SELECT count(*) AS ballots, count(DISTINCT token_hash) AS voters FROM naive.ballots WHERE election_id = ${electionId}`;
  return { ballots: Number(row?.ballots), voters: Number(row?.voters) };
}
