import type { Sql, Transaction } from '../db/index.ts';
import type { AuditEntry, EntryContent, EntryDetails } from './entry.ts';

/** SQL of the audit chain. Times go in and out as text, with all their microseconds: hashes are made of them. */

export interface ChainEnd {
  readonly seq: number;
  /** hex */
  readonly hash: string;
  /** when an entry that is appended now is appended */
  readonly now: string;
}

/** Takes the end of the chain until the transaction ends. */
export async function beginChaining(tx: Transaction, orgId: string): Promise<ChainEnd> {
  const [row] = await tx<{ seq: bigint; entry_hash: Buffer; now: string }[]>`
    SELECT seq, entry_hash, now FROM door.audit_begin(${orgId})`;
  const { seq, entry_hash: hash, now } = row as { seq: bigint; entry_hash: Buffer; now: string };
  return { seq: Number(seq), hash: hash.toString('hex'), now };
}

export interface StagedChange {
  readonly stagedId: number;
  readonly content: Pick<
    EntryContent,
    'at' | 'actor' | 'bypassed' | 'act' | 'subject' | 'person' | 'requestId' | 'facts'
  >;
  readonly old: EntryDetails['old'];
  readonly new: EntryDetails['new'];
  readonly origin: string | null;
}

export async function selectStaged(tx: Transaction, orgId: string, limit: number): Promise<StagedChange[]> {
  const rows = await tx<
    {
      staged_id: bigint;
      at: string;
      actor: string;
      bypassed: boolean;
      act: string;
      subject: string;
      person: string | null;
      request_id: string | null;
      facts: EntryContent['facts'];
      old: EntryDetails['old'];
      new: EntryDetails['new'];
      origin: string | null;
    }[]
  >`
    SELECT staged_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, actor, bypassed, act, subject, person,
      request_id, facts, old, new, origin
    FROM app.audit_staged WHERE org_id = ${orgId} ORDER BY staged_id LIMIT ${limit}`;
  return rows.map(({ staged_id: stagedId, request_id: requestId, old, new: after, origin, ...content }) => ({
    stagedId: Number(stagedId),
    content: { ...content, requestId },
    old,
    new: after,
    origin,
  }));
}

/** An entry to be appended, with what its details need besides the staged row. */
export interface NewEntry {
  readonly entry: AuditEntry;
  readonly stagedId: number | null;
  readonly salt: string | null;
  readonly originSalt: string | null;
}

export async function appendEntries(
  tx: Transaction,
  orgId: string,
  end: ChainEnd,
  entries: readonly NewEntry[],
): Promise<void> {
  const rows = entries.map(({ entry, stagedId, salt, originSalt }) => ({
    seq: entry.seq,
    at: entry.at,
    actor: entry.actor,
    bypassed: entry.bypassed,
    act: entry.act,
    subject: entry.subject,
    person: entry.person,
    request_id: entry.requestId,
    facts: entry.facts,
    details_hash: entry.detailsHash,
    origin_hash: entry.originHash,
    prev_hash: entry.prevHash,
    entry_hash: entry.entryHash,
    staged_id: stagedId,
    salt,
    origin_salt: originSalt,
  }));
  await tx`SELECT door.audit_append(${orgId}, ${end.now}::text::timestamptz, ${Buffer.from(end.hash, 'hex')}, ${tx.json(rows)})`;
}

interface EntryRow {
  readonly org_id: string;
  readonly seq: bigint;
  readonly chained_at: string;
  readonly at: string;
  readonly actor: string;
  readonly bypassed: boolean;
  readonly act: string;
  readonly subject: string;
  readonly person: string | null;
  readonly request_id: string | null;
  readonly facts: EntryContent['facts'];
  readonly details_hash: string | null;
  readonly origin_hash: string | null;
  readonly prev_hash: string;
  readonly entry_hash: string;
  readonly has_details: boolean;
  readonly salt: string | null;
  readonly old: EntryDetails['old'];
  readonly new: EntryDetails['new'];
  readonly erased: boolean;
  readonly origin_salt: string | null;
  readonly origin: string | null;
  readonly origin_erased: boolean;
}

/** An entry and what is kept beside it; null where there is nothing. */
export interface StoredEntry {
  readonly entry: AuditEntry;
  readonly details: EntryDetails | null;
}

function columns(tx: Transaction) {
  return tx`e.org_id, e.seq, to_char(e.chained_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS chained_at,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, e.actor, e.bypassed, e.act, e.subject, e.person,
    e.request_id, e.facts, encode(e.details_hash, 'hex') AS details_hash, encode(e.origin_hash, 'hex') AS origin_hash,
    encode(e.prev_hash, 'hex') AS prev_hash, encode(e.entry_hash, 'hex') AS entry_hash,
    d.seq IS NOT NULL AS has_details, encode(d.salt, 'hex') AS salt, d.old, d.new, d.erased_at IS NOT NULL AS erased,
    encode(d.origin_salt, 'hex') AS origin_salt, d.origin, d.origin_erased_at IS NOT NULL AS origin_erased`;
}

function storedOf(row: EntryRow): StoredEntry {
  const entry: AuditEntry = {
    orgId: row.org_id,
    seq: Number(row.seq),
    chainedAt: row.chained_at,
    at: row.at,
    actor: row.actor,
    bypassed: row.bypassed,
    act: row.act,
    subject: row.subject,
    person: row.person,
    requestId: row.request_id,
    facts: row.facts,
    detailsHash: row.details_hash,
    originHash: row.origin_hash,
    prevHash: row.prev_hash,
    entryHash: row.entry_hash,
  };
  if (!row.has_details) return { entry, details: null };
  const { salt, old, new: after, erased, origin_salt: originSalt, origin, origin_erased: originErased } = row;
  return { entry, details: { salt, old, new: after, erased, originSalt, origin, originErased } };
}

/** In order, after a number; `month` (its first day): only those that were appended then. */
export async function selectEntriesAfter(
  tx: Transaction,
  orgId: string,
  afterSeq: number,
  limit: number,
  month: string | null = null,
): Promise<StoredEntry[]> {
  const rows = await tx<EntryRow[]>`
    SELECT ${columns(tx)} FROM app.audit_entries e
    LEFT JOIN app.audit_details d ON d.org_id = e.org_id AND d.seq = e.seq AND d.chained_at = e.chained_at
    WHERE e.org_id = ${orgId} AND e.seq > ${afterSeq}
      AND (${month}::text IS NULL OR e.chained_at >= (${month}::text || 'T00:00:00Z')::timestamptz
        AND e.chained_at < (${month}::text || 'T00:00:00Z')::timestamptz + interval '1 month')
    ORDER BY e.seq LIMIT ${limit}`;
  return rows.map(storedOf);
}

export interface AuditQuery {
  /** whole, or the kind before the colon */
  readonly actor?: string | undefined;
  /** whole, or what stands before the dot */
  readonly act?: string | undefined;
  /** whole, or the table before the slash */
  readonly subject?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly bypassed?: boolean | undefined;
  /** only entries before this number */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

/** Newest first, with the name of the member, key, attendee or account that acted, where it still has one. */
export async function selectNewestEntries(
  tx: Transaction,
  orgId: string,
  query: AuditQuery,
  limit: number,
): Promise<(StoredEntry & { readonly actorName: string | null })[]> {
  const { actor = null, act = null, subject = null, from = null, to = null, bypassed = null, before = null } = query;
  const rows = await tx<(EntryRow & { actor_name: string | null })[]>`
    SELECT ${columns(tx)},
      CASE (regexp_match(e.actor, '^([a-z_]+):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'))[1]
        WHEN 'member' THEN (SELECT m.name FROM app.members m WHERE m.org_id = e.org_id AND m.member_id = substr(e.actor, 8)::uuid)
        WHEN 'api_key' THEN (SELECT k.name FROM app.api_keys k WHERE k.org_id = e.org_id AND k.key_id = substr(e.actor, 9)::uuid)
        WHEN 'account' THEN (SELECT a.display_name FROM app.accounts a WHERE a.account_id = substr(e.actor, 9)::uuid AND a.deleted_at IS NULL)
        WHEN 'attendee' THEN (SELECT a.name FROM app.attendees a WHERE a.org_id = e.org_id AND a.attendee_id = substr(e.actor, 10)::uuid)
      END AS actor_name
    FROM app.audit_entries e
    LEFT JOIN app.audit_details d ON d.org_id = e.org_id AND d.seq = e.seq AND d.chained_at = e.chained_at
    WHERE e.org_id = ${orgId} AND (${before}::bigint IS NULL OR e.seq < ${before}::bigint)
      AND (${actor}::text IS NULL OR e.actor = ${actor} OR split_part(e.actor, ':', 1) = ${actor})
      AND (${act}::text IS NULL OR e.act = ${act} OR split_part(e.act, '.', 1) = ${act})
      AND (${subject}::text IS NULL OR e.subject = ${subject} OR split_part(e.subject, '/', 1) = ${subject})
      AND (${from}::timestamptz IS NULL OR e.at >= ${from}) AND (${to}::timestamptz IS NULL OR e.at < ${to})
      AND (${bypassed}::boolean IS NULL OR e.bypassed = ${bypassed})
    ORDER BY e.seq DESC LIMIT ${limit}`;
  return rows.map((row) => ({ ...storedOf(row), actorName: row.actor_name }));
}

export interface ChainRow {
  readonly orgId: string;
  readonly seq: number;
  readonly headSeq: number;
  /** a head of the day in question is kept */
  readonly today: boolean;
}

/** Every chain, the platform's too. @param day YYYY-MM-DD */
export async function selectChains(sql: Sql, day: string): Promise<ChainRow[]> {
  const rows = await sql<{ org_id: string; seq: bigint; head_seq: bigint; today: boolean }[]>`
    SELECT * FROM door.audit_chains(${day}::text::date)`;
  return rows.map(({ org_id: orgId, seq, head_seq: headSeq, today }) => ({
    orgId,
    seq: Number(seq),
    headSeq: Number(headSeq),
    today,
  }));
}

/** Organisations with changes that nobody has chained yet. */
export async function selectStagedBehind(sql: Sql, limit: number): Promise<string[]> {
  const rows = await sql<{ org_id: string }[]>`SELECT org_id FROM door.audit_staged_behind(${limit})`;
  return rows.map(({ org_id: orgId }) => orgId);
}

export async function makePartitions(sql: Sql, ahead: number): Promise<void> {
  await sql`SELECT app.make_audit_partitions(${ahead})`;
}
