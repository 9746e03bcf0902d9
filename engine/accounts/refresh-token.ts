import type { SecretRing } from './secret-ring.ts';

const PREFIX = 'psr_';
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const MAC_BYTES = 32;
const MESSAGE_BYTES = 2 * ID_BYTES + GENERATION_BYTES;

/** What a refresh token says: the n-th of one session. */
export interface RefreshClaim {
  readonly accountId: string;
  readonly sessionId: string;
  readonly generation: number;
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * Refresh tokens are derived, not drawn: account, session and generation under the server's key. So none is stored, the
 * same successor can be given twice, and a forged one is refused before the database is asked.
 */
export function refreshToken(ring: SecretRing, claim: RefreshClaim): string {
  const message = Buffer.alloc(MESSAGE_BYTES);
  bytesOf(claim.accountId).copy(message, 0);
  bytesOf(claim.sessionId).copy(message, ID_BYTES);
  message.writeUInt32BE(claim.generation, 2 * ID_BYTES);
  return PREFIX + Buffer.concat([message, ring.refreshMac(message)]).toString('base64url');
}

/** Null for what this server never made. */
export function readRefreshToken(ring: SecretRing, token: string): RefreshClaim | null {
  if (!token.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  if (bytes.length !== MESSAGE_BYTES + MAC_BYTES) return null;
  const message = bytes.subarray(0, MESSAGE_BYTES);
  if (!ring.isRefreshMac(message, bytes.subarray(MESSAGE_BYTES))) return null;
  return {
    accountId: uuidOf(message.subarray(0, ID_BYTES)),
    sessionId: uuidOf(message.subarray(ID_BYTES, 2 * ID_BYTES)),
    generation: message.readUInt32BE(2 * ID_BYTES),
  };
}
