import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical.ts';

const HASH_BYTES = 32;
export const SALT_BYTES = 16;

/** What the first entry of a chain follows. */
export const BEFORE_FIRST: Buffer = Buffer.alloc(HASH_BYTES);

type JsonObject = { readonly [name: string]: Json };

/** What an entry says and is hashed of. Times are ISO 8601 with microseconds, hashes hex. */
export interface EntryContent {
  readonly orgId: string;
  /** 1, 2, 3 … without gaps */
  readonly seq: number;
  readonly chainedAt: string;
  readonly at: string;
  /** 'member:ID', 'api_key:ID', 'attendee:ID', 'account:ID', 'system:…', 'operator', 'voters', 'database:LOGIN' */
  readonly actor: string;
  /** it was not the engine that wrote */
  readonly bypassed: boolean;
  /** e.g. 'members.changed' */
  readonly act: string;
  /** e.g. 'members/ID' */
  readonly subject: string;
  readonly person: string | null;
  readonly requestId: string | null;
  readonly facts: JsonObject | null;
  readonly detailsHash: string | null;
  readonly originHash: string | null;
}

/** An entry as it lies in the chain. */
export interface AuditEntry extends EntryContent {
  readonly prevHash: string;
  readonly entryHash: string;
}

/** What of an entry may be erased without breaking the chain. */
export interface EntryDetails {
  /** hex; null where there is nothing, or nothing any more */
  readonly salt: string | null;
  readonly old: JsonObject | null;
  readonly new: JsonObject | null;
  readonly erased: boolean;
  readonly originSalt: string | null;
  readonly origin: string | null;
  readonly originErased: boolean;
}

/** SHA-256(previous ‖ canonical JSON), as hex. @param prevHash hex */
export function hashOfEntry(prevHash: string, entry: EntryContent): string {
  const text = canonicalJson({
    org_id: entry.orgId,
    seq: entry.seq,
    chained_at: entry.chainedAt,
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
  });
  return createHash('sha256').update(Buffer.from(prevHash, 'hex')).update(text).digest('hex');
}

/** SHA-256(salt ‖ canonical JSON of old and new values), as hex. @param salt hex */
export function hashOfDetails(salt: string, details: { readonly old: Json; readonly new: Json }): string {
  return saltedHash(salt, { old: details.old, new: details.new });
}

/** SHA-256(salt ‖ the address as a JSON text), as hex. @param salt hex */
export function hashOfOrigin(salt: string, origin: string): string {
  return saltedHash(salt, origin);
}

function saltedHash(salt: string, value: Json): string {
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(canonicalJson(value)).digest('hex');
}
