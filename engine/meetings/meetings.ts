import { hash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { Joined, Meeting } from './meeting.ts';
import * as queries from './queries.ts';

/** Without 0/O, 1/I/L, 2/Z, 5/S, 8/B: read aloud and typed without a doubt. 24^6 = 191 million codes. */
const CODE_LETTERS = 'ACDEFGHJKMNPQRTUVWXY3467';
const CODE_LENGTH = 6;
/** A code that is taken is rare; this many in a row means something else is wrong. */
const CODE_ATTEMPTS = 10;

function newJoinCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('');
}

/** What people type, as it is stored: capitals, without the spaces and dashes that help reading. */
function normaliseJoinCode(code: string): string {
  return code.toUpperCase().replaceAll(/[\s-]/g, '');
}

/** The room of meetings: they are made, and people join them by code. */
export class Meetings {
  readonly #database: Database;
  readonly #feed: LogFeed;

  constructor(database: Database, feed: LogFeed) {
    this.#database = database;
    this.#feed = feed;
  }

  async create(orgId: string, input: { title: string }, actor: string): Promise<Outcome<Meeting>> {
    const meetingId = randomUUID();
    return guarded(async () => {
      for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
        const code = newJoinCode();
        const meeting = await this.#database.management.withOrg(orgId, async (tx) =>
          (await queries.insertMeeting(tx, orgId, meetingId, input.title, code, actor))
            ? queries.selectMeeting(tx, orgId, meetingId)
            : undefined,
        );
        if (meeting !== undefined) {
          this.#feed.poke(orgId);
          return accept(meeting);
        }
      }
      throw new Error(`${CODE_ATTEMPTS} join codes in a row were taken`);
    });
  }

  async get(orgId: string, meetingId: string): Promise<Outcome<Meeting>> {
    return guarded(async () => {
      const meeting = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectMeeting(tx, orgId, meetingId),
      );
      return meeting === undefined
        ? refuse('not_found', 'There is no such meeting.', { details: { resource: 'meeting' } })
        : accept(meeting);
    });
  }

  /** Newest first. */
  async list(orgId: string, query: { cursor?: string; limit?: number }): Promise<Outcome<Page<Meeting>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectMeetings(tx, orgId, query.cursor ?? null, limit + 1),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.meetingId ?? null) : null });
    });
  }

  /** By code, before an organisation is known. Who joins stands on the roll of every open election that takes attendees. */
  async join(code: string, input: { name: string }): Promise<Outcome<Joined>> {
    return guarded(async () => {
      const found = await this.#database.management.call((sql) => queries.findMeeting(sql, normaliseJoinCode(code)));
      if (found === undefined) {
        return refuse('not_found', 'No meeting has this code. Check it with whoever gave it to you.', {
          details: { resource: 'meeting' },
        });
      }
      const { org_id: orgId, meeting_id: meetingId } = found;
      const attendeeId = randomUUID();
      const sessionToken = `pst_${randomBytes(32).toString('base64url')}`;
      const { expiresAt, meeting } = await this.#database.management.withOrg(orgId, async (tx) => ({
        expiresAt: await queries.insertAttendee(
          tx,
          orgId,
          meetingId,
          attendeeId,
          input.name,
          hash('sha256', sessionToken, 'buffer'),
          limits.attendeeSessionMs,
        ),
        meeting: (await queries.selectMeeting(tx, orgId, meetingId)) as Meeting,
      }));
      await this.#database.management.call((sql) => queries.enrolAttendee(sql, orgId, meetingId, attendeeId));
      this.#feed.poke(orgId);
      return accept({ sessionToken, expiresAt, attendeeId, meeting });
    });
  }
}
