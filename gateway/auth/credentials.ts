import { createHash } from 'node:crypto';

/** A voter's one-time token -> the credential that the electoral roll knows: SHA-256 of its UTF-8, 32 bytes. */
export function credentialOfToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
