import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { Identity } from '../accounts/index.ts';
import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { type LogFeed, revokeAccess } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { ReadCache } from '../redis/index.ts';
import type { Attendee, AttendeeQuery, AttendeeState, Joined, MeetingRole, OwnAttendance } from './attendee.ts';
import * as queries from './attendee-queries.ts';
import { guestName, normaliseJoinCode } from './join-code.ts';
import type { Meeting } from './meeting.ts';
import { appendLog, findMeeting, selectMeeting } from './queries.ts';
import { NO_MEETING, Transactions } from './transactions.ts';

export interface JoinInput {
  /** guests: how they are called */
  readonly name?: string | undefined;
  /** who is signed in, within the meeting's organisation: a member, or an attendee on another device */
  readonly caller?: Identity | null | undefined;
}

const NO_ATTENDEE = refuse('not_found', 'There is no such attendee of this meeting. Read the list again.', {
  details: { resource: 'attendee' },
});
const NO_SUCH_CODE = refuse('not_found', 'No meeting has this code. Check it with whoever gave it to you.', {
  details: { resource: 'meeting' },
});
const REMOVED = refuse('forbidden', 'A moderator has removed you from this meeting. Ask them to admit you again.', {
  details: { role: 'member', reason: 'removed' },
});
const MEMBERS_ONLY = refuse('forbidden', 'This meeting is for members. Sign in first, then join again.', {
  details: { role: 'member', reason: 'members_only' },
});
const NAMELESS = refuse('invalid_input', 'Say how you are called: this meeting wants a name.', {
  details: { fields: [{ path: 'name', problem: 'is missing' }] },
});
/** They run meetings: they need not wait to be let into one. */
const CHAIR = ['moderator', 'admin'] as const;
/** Ids that one log row names; more are only counted. */
const NAMED_MAX = 100;

interface Place {
  readonly attendeeId: string;
  readonly name: string;
  readonly state: AttendeeState;
  readonly memberId: string | null;
  readonly isNew: boolean;
}

/** The room of attendees: people join, wait, are admitted or sent away, and get roles in the meeting. */
export class Attendees {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #cache: ReadCache | null;

  constructor(database: Database, feed: LogFeed, cache: ReadCache | null) {
    this.#database = database;
    this.#cache = cache;
    this.#transactions = new Transactions(database, feed);
  }

  async find(code: string): Promise<Outcome<{ orgId: string; meetingId: string }>> {
    const joinCode = normaliseJoinCode(code);
    return guarded(async () => {
      const kept = await this.#cache?.get<{ orgId: string; meetingId: string }>('join_codes', joinCode);
      if (kept !== undefined) return accept(kept);
      const row = await this.#database.management.call((sql) => findMeeting(sql, joinCode));
      if (row === undefined) return NO_SUCH_CODE;
      const found = { orgId: row.org_id, meetingId: row.meeting_id };
      this.#cache?.put('join_codes', joinCode, found);
      return accept(found);
    });
  }

  /** Who is admitted stands on the roll of every open election that takes attendees, in the same transaction. */
  async join(code: string, input: JoinInput): Promise<Outcome<Joined>> {
    const found = await this.find(code);
    if (!found.ok) return found;
    const { orgId, meetingId } = found.value;
    const sessionToken = `pst_${randomBytes(32).toString('base64url')}`;
    return this.#transactions.write(orgId, async (tx) => {
      const meeting = await selectMeeting(tx, orgId, meetingId);
      // a code that was changed a moment ago may still be found by the old one
      if (meeting?.joinCode !== normaliseJoinCode(code)) return NO_SUCH_CODE;
      if (meeting.state === 'ended') {
        return refuse('conflict', 'This meeting has ended.', { details: { reason: 'ended' } });
      }
      const taken = await this.#takePlace(tx, meeting, input);
      if (!taken.ok) return taken;
      const { isNew, ...place } = taken.value;
      const sessionHash = hash('sha256', sessionToken, 'buffer');
      const expiresAt = await queries.insertSession(tx, orgId, place.attendeeId, sessionHash, limits.attendeeSessionMs);
      if (place.state === 'admitted') await queries.enrolAttendees(tx, orgId, meetingId, [place.attendeeId]);
      // by id: names are for those who may read the list of attendees
      if (isNew) await appendLog(tx, orgId, meetingId, 'meeting.joined', { attendee: place.attendeeId });
      return accept({ ...place, sessionToken, expiresAt, meeting });
    });
  }

  /** What an attendee may know of the own attendance, also while waiting. */
  async own(orgId: string, meetingId: string, attendeeId: string): Promise<Outcome<OwnAttendance>> {
    return this.#transactions.read(orgId, async (tx) => {
      const attendee = await queries.selectAttendee(tx, orgId, meetingId, attendeeId);
      const meeting = await selectMeeting(tx, orgId, meetingId);
      if (attendee === undefined || meeting === undefined) return NO_ATTENDEE;
      const { member, state } = attendee;
      const proxies = member === null ? [] : await queries.selectHeldProxies(tx, orgId, meetingId, member.memberId);
      // a full waiting room asks less often
      const waiting = state === 'waiting' ? await queries.countWaiting(tx, orgId, meetingId) : null;
      const askAgainMs =
        waiting === null
          ? null
          : Math.min(limits.waitingAskMinMs + waiting * limits.waitingAskEachMs, limits.waitingAskMaxMs);
      return accept({ attendee, proxies, meeting, askAgainMs });
    });
  }

  /** By name. */
  async list(orgId: string, meetingId: string, query: AttendeeQuery): Promise<Outcome<Page<Attendee>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#transactions.read(orgId, async (tx) => {
      const rows = await queries.selectAttendees(tx, orgId, meetingId, query, limit + 1);
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.attendeeId ?? null) : null });
    });
  }

  /** @param attendeeIds null: everyone who waits. Who was removed is admitted again only by id */
  async admit(
    orgId: string,
    meetingId: string,
    attendeeIds: readonly string[] | null,
    actor: string,
  ): Promise<Outcome<{ admitted: number }>> {
    return this.#transactions.write(orgId, async (tx) => {
      if ((await selectMeeting(tx, orgId, meetingId)) === undefined) return NO_MEETING;
      const admitted = await queries.admitAttendees(tx, orgId, meetingId, attendeeIds);
      if (admitted.length === 0) return accept({ admitted: 0 });
      await queries.enrolAttendees(tx, orgId, meetingId, admitted);
      const named = admitted.length <= NAMED_MAX ? { attendees: admitted } : {};
      await appendLog(tx, orgId, meetingId, 'meeting.admitted', { by: actor, count: admitted.length, ...named });
      return accept({ admitted: admitted.length });
    });
  }

  /** Their sessions are refused and their connections closed within a second. What they have cast stays in the urn. */
  async remove(orgId: string, meetingId: string, attendeeId: string, actor: string): Promise<Outcome<Attendee>> {
    return this.#transactions.write(orgId, async (tx) => {
      const removed = await queries.removeAttendee(tx, orgId, meetingId, attendeeId);
      const attendee = await queries.selectAttendee(tx, orgId, meetingId, attendeeId);
      if (attendee === undefined) return NO_ATTENDEE;
      if (removed) {
        await appendLog(tx, orgId, meetingId, 'meeting.removed', { by: actor, attendee: attendeeId });
        await revokeAccess(tx, orgId, 'attendee', attendeeId);
      }
      return accept(attendee);
    });
  }

  /** A role in this meeting, for members. Their connections are closed: they come back as what they now are. */
  async setRole(
    orgId: string,
    meetingId: string,
    attendeeId: string,
    role: MeetingRole | null,
    actor: string,
  ): Promise<Outcome<Attendee>> {
    return this.#transactions.write(orgId, async (tx) => {
      const attendee = await queries.selectAttendee(tx, orgId, meetingId, attendeeId);
      if (attendee === undefined) return NO_ATTENDEE;
      if (attendee.member === null) {
        return refuse('conflict', 'Guests have no role in a meeting. Let them join with the account of a member.', {
          details: { reason: 'guest' },
        });
      }
      if (attendee.state !== 'admitted') {
        return refuse('conflict', 'Admit them first.', { details: { reason: attendee.state } });
      }
      if (attendee.role === role) return accept(attendee);
      await queries.updateRole(tx, orgId, attendeeId, role);
      await appendLog(tx, orgId, meetingId, 'meeting.role', { by: actor, attendee: attendeeId });
      await revokeAccess(tx, orgId, 'attendee', attendeeId);
      return accept({ ...attendee, role });
    });
  }

  /** The place in the meeting that this caller has or gets. */
  async #takePlace(tx: Transaction, meeting: Meeting, { name, caller }: JoinInput): Promise<Outcome<Place>> {
    const { orgId, meetingId } = meeting;
    if (caller?.kind === 'attendee' && caller.meetingId === meetingId && caller.orgId === orgId) {
      const attendee = await queries.selectAttendee(tx, orgId, meetingId, caller.id);
      if (attendee === undefined) return NO_ATTENDEE;
      if (attendee.state === 'removed') return REMOVED;
      const { attendeeId, name, state, member } = attendee;
      return accept({ attendeeId, name, state, memberId: member?.memberId ?? null, isNew: false });
    }
    const attendeeId = randomUUID();
    const mayEnter = !meeting.waitingRoom || CHAIR.some((role) => caller?.roles.includes(role));
    const state = mayEnter ? 'admitted' : 'waiting';
    if (caller?.kind === 'account' && caller.orgId === orgId && caller.memberId !== null) {
      const row = await queries.joinAsMember(tx, orgId, meetingId, attendeeId, caller.memberId, state);
      if (row === undefined) return MEMBERS_ONLY;
      if (row.state === 'removed') return REMOVED;
      const { attendee_id: id, is_new: isNew } = row;
      return accept({ attendeeId: id, name: row.name, state: row.state, memberId: caller.memberId, isNew });
    }
    if (!meeting.guestsAllowed) return MEMBERS_ONLY;
    if (name === undefined && meeting.nameRequired) return NAMELESS;
    const called = name ?? guestName();
    await queries.joinAsGuest(tx, orgId, meetingId, attendeeId, called, state);
    return accept({ attendeeId, name: called, state, memberId: null, isNew: true });
  }
}
