import type postgres from 'postgres';

/** Loads millions of ballots through the tables that casting fills, as superuser of the bench's own server. */

type Sql = postgres.Sql;

/** Credentials that nobody has spent yet, to be strewn among the spent ones of an election. */
export async function makeUnspent(sql: Sql, prefix: string, count: number): Promise<void> {
  await sql.unsafe('CREATE SCHEMA bench; CREATE UNLOGGED TABLE bench.unspent (credential bytea PRIMARY KEY)');
  await sql`INSERT INTO bench.unspent
    SELECT sha256(convert_to(${prefix} || i, 'UTF8')) FROM generate_series(0, ${count}::integer - 1) i`;
}

export interface Span {
  readonly orgId: string;
  readonly electionId: string;
  /** credentials `from` to `upto` - 1 of `total`, spread evenly over all possible credentials */
  readonly from: number;
  readonly upto: number;
  readonly total: number;
}

/**
 * Credentials in the order of their keys, so that the index is built from one end to the other; `spent` or not, and
 * where `unspent`, those of bench.unspent in between.
 */
export async function insertStored(
  sql: Sql,
  { orgId, electionId, from, upto, total }: Span,
  { spent, unspent }: { readonly spent: boolean; readonly unspent: boolean },
): Promise<void> {
  const bound = (n: number) => sql`decode(lpad(to_hex(${n}::bigint * 4294967296 / ${total}::bigint), 8, '0'), 'hex')`;
  const between = unspent
    ? sql`UNION ALL SELECT u.credential, NULL FROM bench.unspent u WHERE u.credential >= ${bound(from)}
        AND (${upto === total}::boolean OR u.credential < ${bound(Math.min(upto, total - 1))})`
    : sql``;
  await sql`
    INSERT INTO urn.credential (org_id, election_id, credential, weight, spend_key)
    SELECT ${orgId}, ${electionId}, c.credential, 1000000, c.spend_key
    FROM (
      SELECT decode(lpad(to_hex(i * 4294967296 / ${total}::bigint), 8, '0'), 'hex') || substring(sha256(int8send(i)) FROM 5) AS credential,
             CASE WHEN ${spent}::boolean THEN substring(sha256(int8send(i)) FROM 1 FOR 16) END AS spend_key
      FROM generate_series(${from}::bigint, ${upto}::bigint - 1) i
      ${between}) c
    ORDER BY c.credential`;
}

/** The ballots of an election that was closed and sealed: the box, and the state that goes with it. */
export async function insertBox(sql: Sql, orgId: string, electionId: string, ballots: number): Promise<void> {
  await sql`
    INSERT INTO urn.box (org_id, election_id, tracking_code, ballot, weight)
    SELECT ${orgId}, ${electionId}, t.tracking_code, t.ballot, 1000000
    FROM (SELECT substring(sha256(int8send(-i)) FROM 1 FOR 16) AS tracking_code, (i % 5)::text AS ballot
          FROM generate_series(1, ${ballots}::bigint) i) t
    ORDER BY t.tracking_code`;
  await sql`UPDATE app.elections SET state = 'published', opened_at = now(), closed_at = now(), sealed_at = now(), published_at = now()
    WHERE org_id = ${orgId} AND election_id = ${electionId}`;
}

/** The ballots of an election that is open: batches of 500 in its inbox, and the log rows that announced them. */
export async function insertBatches(
  sql: Sql,
  orgId: string,
  electionId: string,
  from: number,
  upto: number,
): Promise<void> {
  const inbox = `urn.inbox_${electionId.replaceAll('-', '')}`;
  await sql.begin(async (tx) => {
    const [head] = await tx<{ pos: string }[]>`UPDATE app.log_head SET pos = pos + ${upto - from}::bigint
      WHERE org_id = ${orgId} RETURNING pos - ${upto - from}::bigint AS pos`;
    const pos = String(head?.pos);
    await tx`
      INSERT INTO ${tx(inbox)} (org_id, pos, size, tracking, ballots, at)
      SELECT ${orgId}, ${pos}::bigint + b - ${from}::bigint + 1, 500, t.codes, t.ballots, clock_timestamp()
      FROM generate_series(${from}::bigint, ${upto}::bigint - 1) b CROSS JOIN LATERAL (
        SELECT string_agg(substring(sha256(int8send(-1 - b * 500 - j)) FROM 1 FOR 16), ''::bytea) AS codes,
               string_agg((j % 5)::text, E'\x1e') AS ballots
        FROM generate_series(0, 499) j) t`;
    await tx`
      INSERT INTO app.log (org_id, pos, topic, kind, payload)
      SELECT ${orgId}, ${pos}::bigint + n, ${electionId}, 'election.ballots', '{"size": 500}'
      FROM generate_series(1, ${upto - from}::bigint) n`;
  });
}

/** As upkeep leaves tables that have lain for a while; and nothing of the load is left to be written. */
export async function settle(sql: Sql): Promise<void> {
  await sql`VACUUM (ANALYZE) urn.credential`;
  await sql`VACUUM (ANALYZE) urn.box`;
  await sql`CHECKPOINT`;
}

export async function databaseGb(sql: Sql): Promise<number> {
  const [row] = await sql<{ gb: string }[]>`SELECT pg_database_size(current_database()) / 1e9 AS gb`;
  return Number(row?.gb);
}
