import { computed, signal } from '@preact/signals';
import { PsephosError, type PsephosHttp } from '../../client/index.ts';
import type { OwnAttendanceView } from '../../protocol/meetings.ts';
import type { AttendeeSession } from '../ui/attendee-session.ts';
import { httpWith } from '../ui/clients.ts';
import { LiveMeeting } from '../ui/live-meeting.ts';
import type { Election } from './ballots/content.ts';
import { Voter } from './voter.ts';

/** After an event the election is read again within this time, at random: a hall of thousands must not ask at once. */
const REREAD_WITHIN_MS = 1_500;

/** In whose name a ballot is cast: one's own, or that of a member whose proxy one holds. */
export interface Principal {
  /** null: oneself */
  readonly memberId: string | null;
  readonly name: string;
  readonly voter: Voter;
}

/** One attendee's view of a meeting: its elections as they stand, whether the connection holds, and the ways to vote. */
export class MeetingWatch {
  readonly session: AttendeeSession;
  readonly live: LiveMeeting;
  /** undefined until it is known: a page that has been loaded votes for itself at once */
  readonly attendance = signal<OwnAttendanceView | undefined>(undefined);
  readonly http: PsephosHttp;
  readonly #voters = new Map<string | null, Voter>();

  constructor(session: AttendeeSession) {
    this.session = session;
    this.http = httpWith(session.sessionToken);
    this.live = new LiveMeeting({
      meetingId: session.meetingId,
      auth: { sessionToken: session.sessionToken },
      http: this.http,
      rereadWithinMs: REREAD_WITHIN_MS,
    });
    this.live.lastEvent.subscribe((event) => {
      if (event === undefined || /^prox(y|ies)\./.test(event.kind)) void this.#readAttendance();
    });
  }

  readonly title = computed(() => this.live.meeting.value?.title ?? this.session.title);

  /** Oneself first, then the members whose proxies are held. */
  readonly principals = computed<readonly Principal[]>(() => [
    { memberId: null, name: this.session.name, voter: this.#voterOf(null) },
    ...(this.attendance.value?.proxies ?? []).map(({ member_id: memberId, name }) => ({
      memberId,
      name,
      voter: this.#voterOf(memberId),
    })),
  ]);

  /** Whether an election is for this person at all; the roll itself decides when a ballot is cast. */
  mayVote({ roll }: Election, { memberId }: Principal): boolean {
    if (roll === 'tokens') return false;
    return roll === 'meeting' || memberId !== null || this.session.memberId !== null;
  }

  #voterOf(memberId: string | null): Voter {
    let voter = this.#voters.get(memberId);
    if (voter === undefined) {
      const { attendeeId } = this.session;
      const grantor = memberId === null ? {} : { onBehalfOf: memberId };
      voter = new Voter(memberId === null ? attendeeId : `${attendeeId}-${memberId}`, {
        cast: async (electionId, content, castKey, onQueued) =>
          (await this.live.client).cast(electionId, content, { castKey, onQueued, ...grantor }),
        result: (electionId) => this.http.result(electionId),
        ballot: (electionId, code) => this.http.ballot(electionId, code),
        watchTally: (electionId, take) => this.live.watchTally(electionId, take),
      });
      this.#voters.set(memberId, voter);
    }
    return voter;
  }

  async #readAttendance(): Promise<void> {
    try {
      this.attendance.value = await this.http.call<OwnAttendanceView>({ method: 'GET', path: '/v1/attendance' });
    } catch (error) {
      if (!(error instanceof PsephosError)) throw error; // without it one still votes for oneself
    }
  }
}

const watches = new Map<string, MeetingWatch>();

/** One connection a meeting, however often its pages are drawn. */
export function watchMeeting(session: AttendeeSession): MeetingWatch {
  let watch = watches.get(session.sessionToken);
  if (watch === undefined) {
    watch = new MeetingWatch(session);
    watches.set(session.sessionToken, watch);
  }
  return watch;
}
