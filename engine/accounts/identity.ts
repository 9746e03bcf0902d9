export type Role = 'admin' | 'moderator' | 'member' | 'guest';

/** Who is calling. */
export interface Identity {
  readonly kind: 'api_key' | 'attendee';
  readonly orgId: string;
  readonly roles: readonly Role[];
  /** the key's or the attendee's id */
  readonly id: string;
  /** the meeting that an attendee has joined */
  readonly meetingId: string | null;
  /** first 8 hex characters of the secret's hash, for logs */
  readonly tokenHashPrefix: string;
}
