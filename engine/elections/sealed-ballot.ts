import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';

/** What a queued ballot says, whole: enough to cast it without its voter. */
export interface WaitingBallot {
  /** 128 hex characters: credential, spend key, tracking code */
  readonly keys: string;
  /** in canonical form */
  readonly ballot: string;
  /** by the clock of the gateway that took it, milliseconds since 1970: a claim, and nothing is decided by it */
  readonly arrivedMs: number;
}

export const SEAL_KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12; // random: one key seals the ballots of one election, far from 2^32
const TAG_BYTES = 16;
const STATUS_ID_CHARACTERS = 32;

/**
 * What a voter asks after a queued ballot by: the same for the very same cast, and nothing else of the ballot can be told from
 * it. The cast key is in it, so that nobody else can make it.
 */
export function statusIdOf(keys: string, castKey: string): string {
  return hash('sha256', `queued${keys}${castKey}`, 'hex').slice(0, STATUS_ID_CHARACTERS);
}

/** @param name what the sealed text belongs to: it opens under no other */
export function seal(key: Buffer, name: string, ballot: WaitingBallot): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(name));
  const text = Buffer.concat([cipher.update(JSON.stringify(ballot)), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

/** null where the key is another, or the text was changed or belongs to another name. */
export function unseal(key: Buffer, name: string, sealed: string): WaitingBallot | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString()) as WaitingBallot;
  } catch {
    return null;
  }
}
