import { randomUUID } from 'node:crypto';
import type { Identity } from '../accounts/index.ts';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { type LogFeed, revokeAccess } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { Joined } from './attendee.ts';
import type { Attendees, JoinInput } from './attendees.ts';
import { withNewCode } from './join-code.ts';
import type { Meeting, MeetingChange, MeetingSettings, NewMeeting, Presence } from './meeting.ts';
import * as queries from './queries.ts';
import { NO_MEETING, Transactions } from './transactions.ts';
import type { VotingRights } from './voting-rights.ts';

const DEFAULTS = {
  startsAt: null,
  guestsAllowed: true,
  waitingRoom: false,
  nameRequired: true,
  proxyLimit: null,
  speakersOpen: true,
  speakerSeconds: null,
  speakersMax: null,
} as const satisfies Partial<MeetingSettings>;

/** What is named goes before what was. */
function settingsWith(before: MeetingSettings, change: MeetingChange): MeetingSettings {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(named) };
}

/** The room of meetings: they are made, begin and end, people join them, and it is known who is here. */
export class Meetings {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #attendees: Attendees;
  readonly #rights: VotingRights;

  constructor(database: Database, feed: LogFeed, attendees: Attendees, rights: VotingRights) {
    this.#database = database;
    this.#transactions = new Transactions(database, feed);
    this.#attendees = attendees;
    this.#rights = rights;
  }

  async create(orgId: string, input: NewMeeting, actor: string): Promise<Outcome<Meeting>> {
    const meetingId = randomUUID();
    const settings = settingsWith({ ...DEFAULTS, title: input.title }, input);
    return this.#withCode(orgId, async (tx, code) => {
      if (!(await queries.insertMeeting(tx, orgId, meetingId, settings, code))) return null;
      await queries.appendLog(tx, orgId, meetingId, 'meeting.created', { title: settings.title, by: actor });
      return accept((await queries.selectMeeting(tx, orgId, meetingId)) as Meeting);
    });
  }

  async get(orgId: string, meetingId: string): Promise<Outcome<Meeting>> {
    return this.#transactions.read(orgId, async (tx) => {
      const meeting = await queries.selectMeeting(tx, orgId, meetingId);
      return meeting === undefined ? NO_MEETING : accept(meeting);
    });
  }

  /** Newest first. */
  async list(orgId: string, query: { cursor?: string; limit?: number }): Promise<Outcome<Page<Meeting>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#transactions.read(orgId, async (tx) => {
      const rows = await queries.selectMeetings(tx, orgId, query.cursor ?? null, limit + 1);
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.meetingId ?? null) : null });
    });
  }

  /** What is left out stays as it is. */
  async change(orgId: string, meetingId: string, change: MeetingChange, actor: string): Promise<Outcome<Meeting>> {
    return this.#transactions.write(orgId, async (tx) => {
      const before = await queries.lockMeeting(tx, orgId, meetingId);
      if (before === undefined) return NO_MEETING;
      await queries.updateSettings(tx, orgId, meetingId, settingsWith(before, change));
      await queries.appendLog(tx, orgId, meetingId, 'meeting.changed', { by: actor, fields: Object.keys(change) });
      return accept((await queries.selectMeeting(tx, orgId, meetingId)) as Meeting);
    });
  }

  /** Starting one that is live changes nothing. */
  async start(orgId: string, meetingId: string, actor: string): Promise<Outcome<Meeting>> {
    return this.#transactions.write(orgId, async (tx) => {
      const before = await queries.lockMeeting(tx, orgId, meetingId);
      if (before === undefined) return NO_MEETING;
      if (before.state === 'ended') {
        return refuse('conflict', 'This meeting has ended. Create another one.', { details: { reason: 'ended' } });
      }
      if (before.state === 'live') return accept(before);
      await queries.startMeeting(tx, orgId, meetingId);
      await queries.appendLog(tx, orgId, meetingId, 'meeting.started', { by: actor });
      return accept((await queries.selectMeeting(tx, orgId, meetingId)) as Meeting);
    });
  }

  /**
   * Attendees keep their sessions for a while, to see results. Closes nothing: while elections are open it is refused
   * unless `force` is set, and then it names them.
   */
  async end(
    orgId: string,
    meetingId: string,
    force: boolean,
    actor: string,
  ): Promise<Outcome<{ meeting: Meeting; openElections: readonly string[] }>> {
    return this.#transactions.write(orgId, async (tx) => {
      const before = await queries.lockMeeting(tx, orgId, meetingId);
      if (before === undefined) return NO_MEETING;
      const openElections = await queries.selectOpenElections(tx, orgId, meetingId);
      if (before.state === 'ended') return accept({ meeting: before, openElections });
      if (openElections.length > 0 && !force) {
        return refuse('conflict', 'Elections of this meeting are still open. Close them first, or end it with force.', {
          details: { reason: 'elections_open', elections: openElections },
        });
      }
      await queries.endMeeting(tx, orgId, meetingId, limits.meetingGraceMs);
      await queries.appendLog(tx, orgId, meetingId, 'meeting.ended', { by: actor });
      return accept({ meeting: (await queries.selectMeeting(tx, orgId, meetingId)) as Meeting, openElections });
    });
  }

  /** Nobody joins by the old code any more; who has joined stays. */
  async rotateCode(orgId: string, meetingId: string, actor: string): Promise<Outcome<Meeting>> {
    return this.#withCode(orgId, async (tx, code) => {
      if ((await queries.lockMeeting(tx, orgId, meetingId)) === undefined) return NO_MEETING;
      if (!(await queries.updateJoinCode(tx, orgId, meetingId, code))) return null;
      await queries.appendLog(tx, orgId, meetingId, 'meeting.code_rotated', { by: actor });
      return accept((await queries.selectMeeting(tx, orgId, meetingId)) as Meeting);
    });
  }

  /** Which meeting has this code, of whatever organisation. */
  find(code: string): Promise<Outcome<{ orgId: string; meetingId: string }>> {
    return this.#attendees.find(code);
  }

  /** By code, before an organisation is known. */
  join(code: string, input: JoinInput): Promise<Outcome<Joined>> {
    return this.#attendees.join(code, input);
  }

  async presenceOf(orgId: string, meetingId: string): Promise<Outcome<Presence>> {
    return guarded(async () =>
      accept(await this.#database.management.call((sql) => queries.selectPresence(sql, orgId, meetingId))),
    );
  }

  /**
   * A gateway says who has a connection to it; good for limits.presenceExpiryMs, then it is taken for dead.
   * @param attendees null: the same as it said last. False: that is not known, say all of them
   */
  async keepPresence(
    orgId: string,
    meetingId: string,
    gatewayId: string,
    attendees: readonly string[] | null,
  ): Promise<Outcome<boolean>> {
    return guarded(async () =>
      accept(
        await this.#database.management.call((sql) =>
          queries.keepPresence(sql, orgId, meetingId, gatewayId, attendees, limits.presenceExpiryMs),
        ),
      ),
    );
  }

  /** With which credential an identity votes in an election, 64 hex characters. The one place that says so. */
  credentialFor(
    identity: Identity,
    electionId: string,
    onBehalfOf?: string,
  ): Outcome<string> | Promise<Outcome<string>> {
    return this.#rights.credentialFor(identity, electionId, onBehalfOf);
  }

  /** One round of the sweep: connections of attendees whose meeting ended a while ago. */
  async cutSessions(): Promise<void> {
    for (const { org_id: orgId, meeting_id: meetingId } of await this.#database.management.call(
      queries.meetingsToCut,
    )) {
      await this.#transactions.write(orgId, async (tx) => {
        if (await queries.markCut(tx, orgId, meetingId)) await revokeAccess(tx, orgId, 'meeting', meetingId);
        return accept(null);
      });
    }
  }

  /** Erases sessions that ended long ago. Until then who comes with one is told that it has expired. */
  async forgetSessions(): Promise<void> {
    await this.#database.management.call((sql) => queries.forgetSessions(sql, limits.attendeeSessionKeptMs));
  }

  /** A transaction with a code that may be taken; null from `work`: it is. */
  #withCode(
    orgId: string,
    work: (tx: Parameters<typeof queries.selectMeeting>[0], code: string) => Promise<Outcome<Meeting> | null>,
  ): Promise<Outcome<Meeting>> {
    return withNewCode(async (code) => {
      let taken = false;
      const outcome = await this.#transactions.write(orgId, async (tx): Promise<Outcome<Meeting>> => {
        const answer = await work(tx, code);
        taken = answer === null;
        return answer ?? NO_MEETING;
      });
      return taken ? null : outcome;
    });
  }
}
