import type { Meeting } from './meeting.ts';

export type AttendeeState = 'waiting' | 'admitted' | 'removed';
/** A role in one meeting, beyond attending it. */
export type MeetingRole = 'moderator' | 'auditor';

/** Somebody who has joined a meeting; a member once, however many devices they use. */
export interface Attendee {
  readonly attendeeId: string;
  readonly orgId: string;
  readonly meetingId: string;
  readonly name: string;
  readonly state: AttendeeState;
  readonly role: MeetingRole | null;
  /** null for guests */
  readonly member: { readonly memberId: string; readonly number: string } | null;
  /** micro-units; a guest's is one vote */
  readonly weight: bigint;
  /** a connection is open; a few seconds late */
  readonly present: boolean;
  /** proxies held that are good in this meeting */
  readonly proxies: number;
  readonly joinedAt: Date;
}

export interface AttendeeQuery {
  /** a part of the name */
  readonly q?: string | undefined;
  readonly state?: AttendeeState | undefined;
  /** only those who are here */
  readonly present?: boolean | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface Joined {
  /** shown once; only its hash is stored */
  readonly sessionToken: string;
  readonly expiresAt: Date;
  readonly attendeeId: string;
  readonly state: AttendeeState;
  readonly name: string;
  readonly memberId: string | null;
  readonly meeting: Meeting;
}

/** Whose vote an attendee may cast beside the own one. */
export interface HeldProxy {
  readonly proxyId: string;
  readonly memberId: string;
  readonly number: string;
  readonly name: string;
  readonly weight: bigint;
}

export interface OwnAttendance {
  readonly attendee: Attendee;
  readonly proxies: readonly HeldProxy[];
  readonly meeting: Meeting;
  /** while waiting: when to ask again */
  readonly askAgainMs: number | null;
}
