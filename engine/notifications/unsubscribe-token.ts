import type { SecretRing } from '../accounts/index.ts';

const PREFIX = 'psu_';
const ID_BYTES = 16;
const MAC_BYTES = 32;

const bytesOfId = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');
const idOfBytes = (bytes: Buffer) =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Whose mails of which organisation it stops, signed: nothing is stored for it, and it works as long as the server's secret. */
export function unsubscribeToken(ring: SecretRing, orgId: string, memberId: string): string {
  const whose = Buffer.concat([bytesOfId(orgId), bytesOfId(memberId)]);
  return PREFIX + Buffer.concat([whose, ring.unsubscribeMac(whose)]).toString('base64url');
}

/** Null where no secret of ours signed it. */
export function readUnsubscribeToken(
  ring: SecretRing,
  token: string,
): { readonly orgId: string; readonly memberId: string } | null {
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  if (!token.startsWith(PREFIX) || bytes.length !== 2 * ID_BYTES + MAC_BYTES) return null;
  const whose = bytes.subarray(0, 2 * ID_BYTES);
  if (!ring.isUnsubscribeMac(whose, bytes.subarray(2 * ID_BYTES))) return null;
  return { orgId: idOfBytes(bytes.subarray(0, ID_BYTES)), memberId: idOfBytes(bytes.subarray(ID_BYTES, 2 * ID_BYTES)) };
}
