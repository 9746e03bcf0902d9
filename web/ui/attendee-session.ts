import { signal } from '@preact/signals';
import { readStored, storedKeys, writeStored } from './stored.ts';

/** The right to be in one meeting, kept on this device until it ends. */
export interface AttendeeSession {
  readonly meetingId: string;
  readonly title: string;
  readonly attendeeId: string;
  /** null for guests */
  readonly memberId: string | null;
  readonly name: string;
  /** by which it was joined: whoever scans it again is led back, and is not a second person */
  readonly code: string;
  /** until a moderator admits */
  readonly waiting: boolean;
  readonly sessionToken: string;
  /** ISO 8601 */
  readonly expiresAt: string;
}

const PREFIX = 'psephos.session.';
const LAST = 'psephos.last-meeting';

function isSession(value: unknown): value is AttendeeSession {
  const session = value as AttendeeSession | undefined;
  return typeof session?.sessionToken === 'string' && Date.parse(session.expiresAt) > Date.now();
}

/** Every meeting that this device has joined and is still in. */
export const sessions = signal<ReadonlyMap<string, AttendeeSession>>(
  new Map(
    storedKeys(PREFIX)
      .map(readStored)
      .filter(isSession)
      .map((session) => [session.meetingId, session]),
  ),
);

/** The meeting joined last, offered on the first page. */
export function latestSession(): AttendeeSession | undefined {
  return sessions.value.get(String(readStored(LAST)));
}

/** What people type, as it is compared: capitals, without the spaces and dashes that help reading. */
export function plainCode(code: string): string {
  return code.toUpperCase().replaceAll(/[\s-]/g, '');
}

export function sessionByCode(code: string): AttendeeSession | undefined {
  return [...sessions.value.values()].find((session) => session.code === plainCode(code));
}

export function keepSession(session: AttendeeSession): void {
  writeStored(PREFIX + session.meetingId, session);
  writeStored(LAST, session.meetingId);
  sessions.value = new Map(sessions.value).set(session.meetingId, session);
}
