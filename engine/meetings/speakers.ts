import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Meeting } from './meeting.ts';
import { appendLog, lockMeeting, selectMeeting } from './queries.ts';
import type { Speaker, SpeakerList } from './speaker.ts';
import * as queries from './speaker-queries.ts';
import { NO_MEETING, Transactions } from './transactions.ts';

const NO_SPEAKER = refuse('not_found', 'There is no such entry on the list of speakers. Read it again.', {
  details: { resource: 'speaker' },
});

const OVER = refuse('conflict', 'This one has spoken or withdrawn already. Read the list again.', {
  details: { reason: 'over' },
});
const NOT_SPEAKING = refuse('conflict', 'This one does not speak at the moment.', { details: { reason: 'waiting' } });

/** The list of speakers of a meeting. Every change answers it whole, and waits for the one before. */
export class Speakers {
  readonly #transactions: Transactions;

  constructor(database: Database, feed: LogFeed) {
    this.#transactions = new Transactions(database, feed);
  }

  async list(orgId: string, meetingId: string): Promise<Outcome<SpeakerList>> {
    return this.#transactions.read(orgId, async (tx) => {
      const meeting = await selectMeeting(tx, orgId, meetingId);
      return meeting === undefined ? NO_MEETING : accept(await listOf(tx, meeting));
    });
  }

  /**
   * Asking twice changes nothing: one is on the list once.
   * @param byModerator also while the list is closed
   */
  async ask(orgId: string, meetingId: string, attendeeId: string, byModerator: boolean): Promise<Outcome<SpeakerList>> {
    return this.#change(orgId, meetingId, async (tx, meeting, speakers) => {
      if (speakers.some((each) => each.attendeeId === attendeeId)) return accept(null);
      if (!meeting.speakersOpen && !byModerator) {
        return refuse('conflict', 'The list of speakers is closed.', { details: { reason: 'closed' } });
      }
      const most = meeting.speakersMax ?? limits.speakersMaxEntries;
      if (speakers.filter(({ state }) => state === 'waiting').length >= most) {
        return refuse('conflict', `At most ${most} wait to speak. Ask again later.`, { details: { reason: 'full' } });
      }
      if (!(await queries.isAdmitted(tx, orgId, meetingId, attendeeId))) {
        return refuse('not_found', 'There is no such attendee in this meeting.', { details: { resource: 'attendee' } });
      }
      await queries.insertSpeaker(tx, orgId, meetingId, randomUUID(), attendeeId);
      return accept(null);
    });
  }

  /** @param attendeeId who withdraws: the own entry only; null: a moderator, any */
  async withdraw(
    orgId: string,
    meetingId: string,
    speakerId: string,
    attendeeId: string | null,
  ): Promise<Outcome<SpeakerList>> {
    return this.#change(orgId, meetingId, async (tx, _meeting, speakers) => {
      const speaker = speakers.find((each) => each.speakerId === speakerId);
      if (speaker === undefined) return missing(tx, orgId, meetingId, speakerId, attendeeId);
      if (attendeeId !== null && speaker.attendeeId !== attendeeId) return NO_SPEAKER;
      await queries.updateSpeaker(tx, orgId, speakerId, speaker.state === 'speaking' ? 'done' : 'withdrawn');
      return accept(null);
    });
  }

  /** This one speaks now; who spoke before has done. */
  async next(orgId: string, meetingId: string, speakerId: string): Promise<Outcome<SpeakerList>> {
    return this.#change(orgId, meetingId, async (tx, _meeting, speakers) => {
      const speaker = speakers.find((each) => each.speakerId === speakerId);
      if (speaker === undefined) return missing(tx, orgId, meetingId, speakerId, null);
      if (speaker.state === 'speaking') return accept(null);
      const before = speakers.find(({ state }) => state === 'speaking');
      if (before !== undefined) await queries.updateSpeaker(tx, orgId, before.speakerId, 'done');
      await queries.updateSpeaker(tx, orgId, speakerId, 'speaking');
      return accept(null);
    });
  }

  async done(orgId: string, meetingId: string, speakerId: string): Promise<Outcome<SpeakerList>> {
    return this.#change(orgId, meetingId, async (tx, _meeting, speakers) => {
      const speaker = speakers.find((each) => each.speakerId === speakerId);
      if (speaker === undefined) return missing(tx, orgId, meetingId, speakerId, null);
      if (speaker.state !== 'speaking') return NOT_SPEAKING;
      await queries.updateSpeaker(tx, orgId, speakerId, 'done');
      return accept(null);
    });
  }

  /** @param speakerIds everyone who waits, each once: who ordered a list that has changed meanwhile is told so */
  async order(orgId: string, meetingId: string, speakerIds: readonly string[]): Promise<Outcome<SpeakerList>> {
    return this.#change(orgId, meetingId, async (tx, _meeting, speakers) => {
      const waiting = speakers.filter(({ state }) => state === 'waiting');
      const named = new Set(speakerIds);
      const complete = waiting.every(({ speakerId }) => named.has(speakerId));
      if (!complete || named.size !== waiting.length || speakerIds.length !== waiting.length) {
        return refuse('conflict', 'The list has changed meanwhile. Read it and order it again.', {
          details: { reason: 'changed' },
        });
      }
      await queries.updateSpeakerOrder(tx, orgId, speakerIds);
      return accept(null);
    });
  }

  async #change(
    orgId: string,
    meetingId: string,
    work: (tx: Transaction, meeting: Meeting, speakers: readonly Speaker[]) => Promise<Outcome<null>>,
  ): Promise<Outcome<SpeakerList>> {
    return this.#transactions.write(orgId, async (tx) => {
      const meeting = await lockMeeting(tx, orgId, meetingId);
      if (meeting === undefined) return NO_MEETING;
      const done = await work(tx, meeting, await queries.selectSpeakers(tx, orgId, meetingId));
      if (!done.ok) return done;
      await appendLog(tx, orgId, meetingId, 'speakers.changed', {});
      return accept(await listOf(tx, meeting));
    });
  }
}

/** Who is not on the list: was there before, or never. @param attendeeId who asks about the own entry; null: anybody's */
async function missing(
  tx: Transaction,
  orgId: string,
  meetingId: string,
  speakerId: string,
  attendeeId: string | null,
): Promise<Outcome<never>> {
  return (await queries.wasSpeaker(tx, orgId, meetingId, speakerId, attendeeId)) ? OVER : NO_SPEAKER;
}

async function listOf(tx: Transaction, meeting: Meeting): Promise<SpeakerList> {
  const items = await queries.selectSpeakers(tx, meeting.orgId, meeting.meetingId);
  return { open: meeting.speakersOpen, seconds: meeting.speakerSeconds, items };
}
