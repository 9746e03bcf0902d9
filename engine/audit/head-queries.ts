import type { Sql, Transaction } from '../db/index.ts';

/** SQL of signed heads, of what verifications found, and of archived months. */

export interface KeyRow {
  readonly kid: string;
  /** raw */
  readonly public_key: Buffer;
  /** sealed */
  readonly private_key: Buffer;
}

/** Newest first. */
export async function selectAuditKeys(sql: Sql): Promise<KeyRow[]> {
  return sql<KeyRow[]>`SELECT kid, public_key, private_key FROM door.audit_keys()`;
}

/** Nothing where another process has added one since `newest`. */
export async function addAuditKey(sql: Sql, key: KeyRow, newest: string | null): Promise<void> {
  await sql`SELECT door.add_audit_key(${key.kid}, ${key.public_key}, ${key.private_key}, ${newest})`;
}

export interface HeadRow {
  readonly day: string;
  readonly seq: number;
  /** hex */
  readonly entryHash: string;
  readonly at: string;
  readonly kid: string;
  readonly signature: Buffer;
}

interface StoredHead {
  day: string;
  seq: bigint;
  entry_hash: string;
  at: string;
  kid: string;
  signature: Buffer;
}

function headOf({ seq, entry_hash: entryHash, ...row }: StoredHead): HeadRow {
  return { ...row, seq: Number(seq), entryHash };
}

/** Oldest first. @param day only this one, YYYY-MM-DD */
export async function selectHeads(tx: Transaction, orgId: string, day: string | null = null): Promise<HeadRow[]> {
  const rows = await tx<StoredHead[]>`
    SELECT day::text, seq, encode(entry_hash, 'hex') AS entry_hash, kid, signature,
      to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
    FROM app.audit_heads WHERE org_id = ${orgId} AND (${day}::text IS NULL OR day = ${day}::text::date) ORDER BY day`;
  return rows.map(headOf);
}

/** Where the chain ends; undefined where there is none yet. */
export async function selectChainEnd(
  tx: Transaction,
  orgId: string,
): Promise<{ readonly seq: number; readonly hash: string } | undefined> {
  const [row] = await tx<{ seq: bigint; hash: string }[]>`
    SELECT seq, encode(entry_hash, 'hex') AS hash FROM app.audit_chains WHERE org_id = ${orgId}`;
  return row && { seq: Number(row.seq), hash: row.hash };
}

/** False where a head of that day is kept already. */
export async function keepHead(tx: Transaction, orgId: string, head: HeadRow): Promise<boolean> {
  const [row] = await tx<{ kept: boolean }[]>`
    SELECT door.keep_audit_head(${orgId}, ${head.day}::text::date, ${head.seq}, ${Buffer.from(head.entryHash, 'hex')},
      ${head.at}::text::timestamptz, ${head.kid}, ${head.signature}) AS kept`;
  return row?.kept ?? false;
}

/** The day by the database's clock, in UTC: YYYY-MM-DD. */
export async function selectToday(sql: Sql): Promise<string> {
  const [row] = await sql<{ today: string }[]>`SELECT (statement_timestamp() AT TIME ZONE 'UTC')::date::text AS today`;
  return (row as { today: string }).today;
}

export interface HeadReader {
  readonly memberId: string;
  readonly email: string;
  readonly name: string;
  readonly locale: 'en' | 'de';
}

/** Administrators and auditors who can be written to, and what their organisation is called. */
export async function selectHeadReaders(
  tx: Transaction,
  orgId: string,
): Promise<{ readonly organisation: string; readonly readers: readonly HeadReader[] }> {
  const rows = await tx<
    { organisation: string; member_id: string | null; email: string | null; name: string; locale: 'en' | 'de' }[]
  >`
    SELECT o.name AS organisation, m.member_id, coalesce(a.email, m.email) AS email, m.name, coalesce(a.locale, o.locale) AS locale
    FROM app.organisations o LEFT JOIN app.members m ON m.org_id = o.org_id AND m.status = 'active' AND m.roles && '{admin,auditor}'
    LEFT JOIN app.accounts a ON a.account_id = m.account_id WHERE o.org_id = ${orgId} ORDER BY m.member_id`;
  return {
    organisation: rows[0]?.organisation ?? '',
    readers: rows.flatMap(({ member_id: memberId, email, name, locale }) =>
      memberId === null || email === null ? [] : [{ memberId, email, name, locale }],
    ),
  };
}

export interface CheckRow {
  readonly at: Date;
  readonly seq: number;
  readonly hash: string;
  readonly entries: number;
  readonly problem: string | null;
}

export async function selectCheck(tx: Transaction, orgId: string): Promise<CheckRow | undefined> {
  const [row] = await tx<{ at: Date; seq: bigint; hash: string; entries: bigint; problem: string | null }[]>`
    SELECT at, seq, encode(entry_hash, 'hex') AS hash, entries, problem FROM app.audit_checks WHERE org_id = ${orgId}`;
  return row && { ...row, seq: Number(row.seq), entries: Number(row.entries) };
}

export async function keepCheck(
  sql: Sql,
  orgId: string,
  check: { readonly seq: number; readonly hash: string; readonly entries: number; readonly problem: string | null },
): Promise<void> {
  const hash = Buffer.from(check.hash, 'hex');
  await sql`SELECT door.keep_audit_check(${orgId}, ${check.seq}, ${hash}, ${check.entries}, ${check.problem})`;
}

export interface ArchiveRow {
  /** its first day, YYYY-MM-DD */
  readonly month: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly lastHash: string;
  readonly fileHash: string;
}

/** Oldest first. */
export async function selectArchives(tx: Transaction, orgId: string): Promise<ArchiveRow[]> {
  const rows = await tx<{ month: string; from_seq: bigint; to_seq: bigint; last_hash: string; file_hash: string }[]>`
    SELECT month::text, from_seq, to_seq, encode(last_hash, 'hex') AS last_hash, encode(file_hash, 'hex') AS file_hash
    FROM app.audit_archives WHERE org_id = ${orgId} ORDER BY month`;
  return rows.map((row) => ({
    month: row.month,
    fromSeq: Number(row.from_seq),
    toSeq: Number(row.to_seq),
    lastHash: row.last_hash,
    fileHash: row.file_hash,
  }));
}

export async function keepArchive(sql: Sql, orgId: string, archive: ArchiveRow): Promise<void> {
  await sql`SELECT door.keep_audit_archive(${orgId}, ${archive.month}::text::date, ${archive.fromSeq}, ${archive.toSeq},
    ${Buffer.from(archive.lastHash, 'hex')}, ${Buffer.from(archive.fileHash, 'hex')})`;
}

/** Months with entries in the database that ended before a day, oldest first. @param before YYYY-MM-DD */
export async function selectMonthsBefore(sql: Sql, before: string): Promise<string[]> {
  const rows = await sql<{ month: string }[]>`SELECT month::text FROM app.audit_months(${before}::text::date)`;
  return rows.map(({ month }) => month);
}

/** Removes a month that lies in files. @throws where a chain of that month does not */
export async function dropMonth(sql: Sql, month: string): Promise<void> {
  await sql`SELECT app.drop_audit_month(${month}::text::date)`;
}

/** Persons whose details were erased, and when. */
export async function selectErasures(tx: Transaction, orgId: string): Promise<{ person: string; at: Date }[]> {
  return tx<{ person: string; at: Date }[]>`SELECT person, at FROM app.audit_erasures WHERE org_id = ${orgId}`;
}

/** Log position up to which ballots are in the chain. */
export async function selectChainedPos(tx: Transaction, orgId: string): Promise<number> {
  const [row] = await tx<{ pos: bigint }[]>`
    SELECT pos FROM app.consumer_cursors WHERE org_id = ${orgId} AND consumer = 'audit'`;
  return Number(row?.pos ?? 0n);
}

/**
 * Ballots that the urn holds of each election, without those of log rows after a position. One statement: ballots that come
 * meanwhile are in both numbers or in none.
 */
export async function selectUrnCounts(
  tx: Transaction,
  orgId: string,
  chainedPos: number,
): Promise<{ readonly electionId: string; readonly ballots: number }[]> {
  const rows = await tx<{ election_id: string; ballots: bigint }[]>`
    SELECT e.election_id, p.voted - coalesce((SELECT sum((l.payload ->> 'size')::bigint) FROM app.log l
        WHERE l.org_id = e.org_id AND l.pos > ${chainedPos} AND l.topic = e.election_id AND l.kind = 'election.ballots'), 0)::bigint AS ballots
    FROM app.elections e CROSS JOIN LATERAL urn.participation(e.org_id, e.election_id) p
    WHERE e.org_id = ${orgId} AND e.state <> 'draft' ORDER BY e.election_id`;
  return rows.map(({ election_id: electionId, ballots }) => ({ electionId, ballots: Number(ballots) }));
}
