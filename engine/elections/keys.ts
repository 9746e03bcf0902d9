import { hash } from 'node:crypto';

// Keys travel as hex text from the frame to the statement: on the hot path a Buffer costs more than the hash in it.

/** Hex characters of one ballot's keys in a batch: credential 64, spend key 32, tracking code 32. */
export const KEYS_CHARACTERS = 128;
export const CREDENTIAL_CHARACTERS = 64;
export const CAST_KEY_CHARACTERS = 32;
const IMAGE_CHARACTERS = 32;

/** The credential that a one-time token gives: its SHA-256, 64 hex characters. */
export function credentialOfToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/**
 * The credential of an attendee in one election, 64 hex characters; urn.attendee_credential computes the same. The
 * leading zero byte keeps it apart from the hash of any token: tokens are text without control characters.
 */
export function credentialOfAttendee(electionId: string, attendeeId: string): string {
  return derivedCredential('\u0000attendee', electionId, attendeeId);
}

/**
 * The credential of a member in one election; urn.member_credential computes the same. It is one whether they come by
 * account, on two devices, or somebody holds their proxy.
 */
export function credentialOfMember(electionId: string, memberId: string): string {
  return derivedCredential('\u0000member', electionId, memberId);
}

function derivedCredential(kind: string, electionId: string, voterId: string): string {
  const bytes = Buffer.from(`${electionId}${voterId}`.replaceAll('-', ''), 'hex');
  return hash('sha256', Buffer.concat([Buffer.from(kind), bytes]), 'hex');
}

/**
 * The two one-way images of a cast key beside the credential they go with, as hex. Without the key nothing joins them:
 * spend key = SHA-256("spend" ‖ cast key ‖ canonical ballot), tracking code = SHA-256("ballot" ‖ election ‖ credential ‖
 * cast key), the first 16 bytes of each; cast key, election and credential as their lower-case texts. (With the
 * credential inside, two voters who share a key cannot collide.)
 */
export function keysOf(electionId: string, credential: string, castKey: string, ballot: string): string {
  const spendKey = hash('sha256', `spend${castKey}${ballot}`, 'hex').slice(0, IMAGE_CHARACTERS);
  const trackingCode = hash('sha256', `ballot${electionId}${credential}${castKey}`, 'hex').slice(0, IMAGE_CHARACTERS);
  return credential + spendKey + trackingCode;
}

export function trackingCodeIn(keys: string): string {
  return keys.slice(KEYS_CHARACTERS - IMAGE_CHARACTERS);
}
