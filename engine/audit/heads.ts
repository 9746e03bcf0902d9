import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { SecretRing } from '../accounts/index.ts';
import type { Database } from '../db/index.ts';
import { canonicalJson } from './canonical.ts';
import { addAuditKey, type HeadRow, selectAuditKeys } from './head-queries.ts';

const KID_BYTES = 9;
/** What is signed begins so: no signature over anything else passes for one of a head. */
const CONTEXT = 'psephos audit head\n';
/** Before the 32 bytes of a raw Ed25519 key in SubjectPublicKeyInfo (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A signed head as it is kept outside the database: one line of JSON. */
export interface PublishedHead {
  readonly day: string;
  readonly org_id: string;
  readonly seq: number;
  /** hex */
  readonly entry_hash: string;
  readonly at: string;
  readonly kid: string;
  /** raw, base64 */
  readonly public_key: string;
  /** base64 */
  readonly signature: string;
}

function statementOf(orgId: string, { seq, entryHash, at, kid }: Omit<HeadRow, 'signature' | 'day'>): Buffer {
  return Buffer.from(CONTEXT + canonicalJson({ org_id: orgId, seq, entry_hash: entryHash, at, kid }));
}

function kidOf(publicKey: Buffer): string {
  return createHash('sha256').update(publicKey).digest().subarray(0, KID_BYTES).toString('base64url');
}

/** Whether a head was signed by the key that it names. Never throws, whatever the line says. */
export function isSigned(head: PublishedHead): boolean {
  const raw = Buffer.from(head.public_key, 'base64');
  if (raw.length !== 32 || kidOf(raw) !== head.kid) return false;
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
    const statement = statementOf(head.org_id, {
      seq: head.seq,
      entryHash: head.entry_hash,
      at: head.at,
      kid: head.kid,
    });
    return verify(null, statement, key, Buffer.from(head.signature, 'base64'));
  } catch {
    return false; // bytes that are no point of the curve
  }
}

interface SigningKey {
  readonly kid: string;
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

/** Signs heads. Its keys live as long as the chains: one that only signs what is public needs no rotation. */
export class HeadSigner {
  readonly #database: Pick<Database, 'management'>;
  readonly #ring: () => Promise<SecretRing>;

  constructor(database: Pick<Database, 'management'>, ring: () => Promise<SecretRing>) {
    this.#database = database;
    this.#ring = ring;
  }

  async sign(orgId: string, head: Omit<HeadRow, 'signature' | 'kid'>): Promise<HeadRow> {
    const { kid, privateKey } = await this.#key();
    return { ...head, kid, signature: sign(null, statementOf(orgId, { ...head, kid }), privateKey) };
  }

  /** Public halves of all keys there ever were, by their ids. */
  async publicKeys(): Promise<ReadonlyMap<string, Buffer>> {
    const rows = await this.#database.management.call(selectAuditKeys);
    return new Map(rows.map((row) => [row.kid, row.public_key]));
  }

  /** The newest that the server's secret opens; where there is none, a new one. */
  async #key(): Promise<SigningKey> {
    const ring = await this.#ring();
    const rows = await this.#database.management.call(selectAuditKeys);
    for (const { kid, public_key: publicKey, private_key: sealed } of rows) {
      const opened = ring.open(sealed, contextOf(kid));
      if (opened === null) continue;
      return { kid, publicKey, privateKey: createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' }) };
    }
    await this.#make(ring, rows[0]?.kid ?? null);
    return this.#key();
  }

  async #make(ring: SecretRing, newest: string | null): Promise<void> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
    const kid = kidOf(raw);
    const sealed = ring.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), contextOf(kid));
    const key = { kid, public_key: raw, private_key: sealed };
    await this.#database.management.act((sql) => addAuditKey(sql, key, newest));
  }
}

function contextOf(kid: string): string {
  return `audit key ${kid}`;
}

/** @param publicKey raw */
export function publishedOf(orgId: string, head: HeadRow, publicKey: Buffer): PublishedHead {
  return {
    day: head.day,
    org_id: orgId,
    seq: head.seq,
    entry_hash: head.entryHash,
    at: head.at,
    kid: head.kid,
    public_key: publicKey.toString('base64'),
    signature: head.signature.toString('base64'),
  };
}
