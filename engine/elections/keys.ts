import { hash } from 'node:crypto';

/** Bytes of one ballot's keys in a batch: credential 32, spend key 16, tracking code 16. */
export const KEYS_BYTES = 64;
const IMAGE_BYTES = 16;

const SPEND = Buffer.from('spend');
const BALLOT = Buffer.from('ballot');
const ATTENDEE = Buffer.from('\u0000attendee');
const KEY_BYTES = 16;
const CREDENTIAL_BYTES = 32;
const UUID_BYTES = 16;

// Scratch space: hashing is synchronous, and a fresh buffer a ballot costs more than the hash.
const spendInput = Buffer.alloc(SPEND.length + KEY_BYTES + 4 * 4_096);
SPEND.copy(spendInput);
const trackingInput = Buffer.alloc(BALLOT.length + UUID_BYTES + CREDENTIAL_BYTES + KEY_BYTES);
BALLOT.copy(trackingInput);

/** The credential that a one-time token gives: its SHA-256. */
export function credentialOfToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/**
 * The credential of an attendee in one election; urn.attendee_credential computes the same. The leading zero byte
 * keeps it apart from the hash of any token: tokens are text without control characters.
 */
export function credentialOfAttendee(electionId: string, attendeeId: string): Buffer {
  return hash('sha256', Buffer.concat([ATTENDEE, uuidBytes(electionId), uuidBytes(attendeeId)]), 'buffer');
}

export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/**
 * The two one-way images of a cast key beside the credential they go with. Without the key nothing joins them:
 * spend_key = SHA-256("spend" ‖ key ‖ canonical ballot), tracking_code = SHA-256("ballot" ‖ election ‖ credential ‖ key),
 * the first 16 bytes of each. (With the credential inside, two voters who share a key cannot collide.)
 * @param election 16 bytes
 * @param credential 32 bytes
 * @param castKey 16 bytes
 */
export function keysOf(election: Buffer, credential: Buffer, castKey: Buffer, ballot: string): Buffer {
  const keys = Buffer.allocUnsafe(KEYS_BYTES);
  credential.copy(keys, 0);
  castKey.copy(spendInput, SPEND.length);
  const end = spendInput.write(ballot, SPEND.length + KEY_BYTES, 'latin1') + SPEND.length + KEY_BYTES;
  hash('sha256', spendInput.subarray(0, end), 'buffer').copy(keys, CREDENTIAL_BYTES, 0, IMAGE_BYTES);
  election.copy(trackingInput, BALLOT.length);
  credential.copy(trackingInput, BALLOT.length + UUID_BYTES);
  castKey.copy(trackingInput, BALLOT.length + UUID_BYTES + CREDENTIAL_BYTES);
  hash('sha256', trackingInput, 'buffer').copy(keys, CREDENTIAL_BYTES + IMAGE_BYTES, 0, IMAGE_BYTES);
  return keys;
}

export function trackingCodeIn(keys: Buffer): string {
  return keys.toString('hex', CREDENTIAL_BYTES + IMAGE_BYTES, KEYS_BYTES);
}
