import type postgres from 'postgres';

/** SQL of the bench, as superuser of its own server: bulk loads, and the check of every ballot afterwards. */

type Sql = postgres.Sql;

/** Voters `from` to `upto` - 1 of a roll: credentials are SHA-256 of prefix and number, as the voters' tokens give. */
export async function insertRoll(
  sql: Sql,
  orgId: string,
  electionId: string,
  prefix: string,
  from: number,
  upto: number,
): Promise<void> {
  // in the order of the credentials, so that voters who come by their numbers come in an order unlike the table's
  await sql`
    INSERT INTO urn.credential (org_id, election_id, credential, weight)
    SELECT ${orgId}, ${electionId}, c.credential, 1000000
    FROM (SELECT sha256(convert_to(${prefix} || i, 'UTF8')) AS credential
          FROM generate_series(${from}::integer, ${upto}::integer - 1) i) c
    ORDER BY c.credential`;
}

/** Off: no VACUUM and no ANALYZE reaches the roll by itself. */
export async function setAutovacuum(sql: Sql, on: boolean): Promise<void> {
  await sql`ALTER TABLE urn.credential SET (autovacuum_enabled = ${sql.unsafe(on ? 'on' : 'off')})`;
}

export async function rollWasAnalysed(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ analysed: boolean }[]>`
    SELECT last_analyze IS NOT NULL OR last_autoanalyze IS NOT NULL AS analysed
    FROM pg_stat_user_tables WHERE schemaname = 'urn' AND relname = 'credential'`;
  return row?.analysed ?? false;
}

/** What the database is left with between measurements should not be the next one's work. */
export async function checkpoint(sql: Sql): Promise<void> {
  await sql`CHECKPOINT`;
}

export interface Stored {
  /** acknowledged and not there */
  readonly lost: number;
  /** there more than once, or more ballots than spent credentials */
  readonly doubled: number;
  readonly stored: number;
}

function inboxOf(electionId: string): string {
  return `urn.inbox_${electionId.replaceAll('-', '')}`;
}

/**
 * Compares acknowledged tracking codes with what the inbox and the box hold.
 * @param acknowledged hex of 16 bytes each, one after the other
 */
export async function checkBallots(sql: Sql, orgId: string, electionId: string, acknowledged: string): Promise<Stored> {
  const inbox = inboxOf(electionId);
  const [table] = await sql<{ there: boolean }[]>`SELECT to_regclass(${inbox}) IS NOT NULL AS there`;
  // `|| ''` reads a batch's codes out of their toast once instead of once a ballot
  const batches = table?.there
    ? sql`SELECT i.tracking || ''::bytea AS codes FROM ${sql(inbox)} i`
    : sql`SELECT ''::bytea AS codes`;
  const [row] = await sql<{ lost: string; doubled: string; distinct: string; stored: string; spent: string }[]>`
    WITH batch AS MATERIALIZED (${batches}),
    told AS MATERIALIZED (SELECT ${`\\x${acknowledged}`}::text::bytea AS codes),
    -- MATERIALIZED: a join that carried the whole of all codes with each row would write it to disk as often
    batched AS MATERIALIZED (
      SELECT substring(b.codes FROM n * 16 + 1 FOR 16) AS code
      FROM batch b CROSS JOIN LATERAL generate_series(0, octet_length(b.codes) / 16 - 1) n),
    acknowledged AS MATERIALIZED (
      SELECT substring(t.codes FROM n * 16 + 1 FOR 16) AS code
      FROM told t CROSS JOIN LATERAL generate_series(0, octet_length(t.codes) / 16 - 1) n),
    stored AS MATERIALIZED (
      SELECT s.code, count(*) AS times FROM (
        SELECT code FROM batched
        UNION ALL
        SELECT x.tracking_code FROM urn.box x WHERE x.org_id = ${orgId} AND x.election_id = ${electionId}) s
      GROUP BY s.code)
    SELECT
      (SELECT count(*) FROM acknowledged a WHERE NOT EXISTS (SELECT FROM stored s WHERE s.code = a.code)) AS lost,
      (SELECT coalesce(sum(s.times - 1), 0) FROM stored s) AS doubled,
      (SELECT count(*) FROM stored) AS distinct,
      (SELECT coalesce(sum(s.times), 0) FROM stored s) AS stored,
      (SELECT count(*) FROM urn.credential k
       WHERE k.org_id = ${orgId} AND k.election_id = ${electionId} AND k.spend_key IS NOT NULL) AS spent`;
  if (row === undefined) throw new Error('a query of one row answered none');
  const twoOfOneVoter = Math.max(0, Number(row.distinct) - Number(row.spent));
  return { lost: Number(row.lost), doubled: Number(row.doubled) + twoOfOneVoter, stored: Number(row.stored) };
}

/** Batches that the log announces after the election's close. */
export async function batchesAfterClose(sql: Sql, orgId: string, electionId: string): Promise<number> {
  const [row] = await sql<{ late: string }[]>`
    SELECT count(*) AS late FROM app.log l
    WHERE l.org_id = ${orgId} AND l.topic = ${electionId} AND l.kind = 'election.ballots' AND l.pos > (
      SELECT c.pos FROM app.log c WHERE c.org_id = l.org_id AND c.topic = l.topic AND c.kind = 'election.closed')`;
  return Number(row?.late);
}

/** One batch straight into the door: what the engine would reach if it cost nothing. */
export async function callCastBallots(
  sql: Sql,
  orgId: string,
  electionId: string,
  keys: string,
  ballots: string,
): Promise<string> {
  const [row] = await sql<{ codes: string }[]>`
    SELECT urn.cast_ballots(${orgId}, ${electionId}, ${keys}::text::bytea, ${ballots}) AS codes`;
  return row?.codes ?? '';
}

export async function createDatabase(sql: Sql, name: string): Promise<void> {
  await sql.unsafe(`CREATE DATABASE ${name}`);
}

export async function dropDatabase(sql: Sql, name: string): Promise<void> {
  await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
}
