/** Roles within one organisation; `guest` is whoever joined a meeting without being a member. */
export type Role = 'admin' | 'sponsor' | 'moderator' | 'auditor' | 'member' | 'guest';

/** Who is calling, inside one organisation. */
export interface Identity {
  readonly kind: 'api_key' | 'attendee' | 'account';
  readonly orgId: string;
  readonly roles: readonly Role[];
  /** the key's, the attendee's or the member's id */
  readonly id: string;
  /** the meeting that an attendee has joined: nothing else of the organisation is within reach */
  readonly meetingId: string | null;
  /** the member behind an account or an attendee; null for keys and guests */
  readonly memberId: string | null;
  /** keys: the member who made it, or who made the key that made it; null: the operator of the installation */
  readonly makerId?: string | null;
  /** the session of an account */
  readonly sessionId: string | null;
  /** API keys may be narrowed to these permissions; null: whatever their roles allow */
  readonly scopes: readonly string[] | null;
  /** milliseconds since 1970 from which on the secret is refused and its sockets are closed; null: until revoked */
  readonly expiresAtMs: number | null;
  /** requests that an API key may send a second to each gateway, where it is not the usual number */
  readonly requestsPerSecond?: number | null;
  /** first 8 hex characters of the secret's hash, for logs */
  readonly tokenHashPrefix: string;
}

/** A person who is signed in, outside any organisation: own account, own sessions, own memberships. */
export interface Person {
  readonly accountId: string;
  readonly sessionId: string;
  readonly platformAdmin: boolean;
  readonly expiresAtMs: number;
  readonly tokenHashPrefix: string;
}

/**
 * Whoever a secret belongs to. A signed-in person has an identity too where an organisation is named or is the only
 * one; keys and attendees are no persons.
 */
export interface Caller {
  readonly identity: Identity | null;
  readonly person: Person | null;
}
