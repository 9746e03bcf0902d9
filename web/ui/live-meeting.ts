import { computed, signal } from '@preact/signals';
import { type ClientOptions, type PsephosClient, PsephosError, type PsephosHttp } from '../../client/index.ts';
import type { AgendaView } from '../../protocol/agenda.ts';
import type { ElectionView } from '../../protocol/elections.ts';
import type { EventsData, MeetingTopicData, TopicEvent, TopicMessage } from '../../protocol/frames/messages.ts';
import type { MeetingLiveView, MeetingView, PresenceView } from '../../protocol/meetings.ts';
import type { SpeakerListView } from '../../protocol/speakers.ts';
import type { TallyView } from '../../protocol/tally.ts';
import { connectWith } from './clients.ts';
import type { Connection } from './connection-state.tsx';

/** A connection that is back within this time was never missed. */
const MISSED_AFTER_MS = 1_500;

export interface LiveMeetingParts {
  readonly meetingId: string;
  readonly auth: ClientOptions['auth'];
  /** reads with the same right as the connection */
  readonly http: PsephosHttp;
  /** after an event the election is read again within this time, at random: a hall of thousands must not ask at once */
  readonly rereadWithinMs: number;
}

/** A meeting as it stands: its elections, what happens in it, and whether the connection holds. */
export class LiveMeeting {
  readonly meetingId: string;
  readonly http: PsephosHttp;
  readonly meeting = signal<MeetingView | undefined>(undefined);
  /** newest first; undefined until the first snapshot */
  readonly elections = signal<readonly ElectionView[] | undefined>(undefined);
  readonly agenda = signal<AgendaView | undefined>(undefined);
  readonly speakers = signal<SpeakerListView | undefined>(undefined);
  readonly presence = signal<PresenceView | undefined>(undefined);
  /** the last thing that happened, for parts that read something of their own then */
  readonly lastEvent = signal<TopicEvent | undefined>(undefined);
  /** those that the gateway takes us to have; anew with each connection, since a change of role closes the one before */
  readonly roles = signal<readonly string[] | undefined>(undefined);
  /** why the gateway will not have us */
  readonly refused = signal<PsephosError | undefined>(undefined);
  /** when the connection was lost */
  readonly lostAt = signal<Date | undefined>(undefined);
  readonly #online = signal(navigator.onLine);
  readonly #up = signal(true);
  readonly connection = computed<Connection>(() =>
    !this.#online.value ? 'offline' : this.#up.value ? 'up' : 'retrying',
  );
  readonly client: Promise<PsephosClient>;
  readonly #rereadWithinMs: number;
  readonly #stopped = new AbortController();
  #missing: ReturnType<typeof setTimeout> | undefined;

  constructor({ meetingId, auth, http, rereadWithinMs }: LiveMeetingParts) {
    this.meetingId = meetingId;
    this.http = http;
    this.#rereadWithinMs = rereadWithinMs;
    this.client = connectWith(auth, { onConnection: (state) => this.#connectionIs(state) });
    this.#connectionIs('down');
    const { signal: stopped } = this.#stopped;
    addEventListener('online', () => this.#network(true), { signal: stopped });
    addEventListener('offline', () => this.#network(false), { signal: stopped });
    document.addEventListener('visibilitychange', () => this.#awake(), { signal: stopped });
    void this.#follow();
  }

  /** The running tally of an election until the returned function is called; silent where it is not shown to us. */
  watchTally(electionId: string, take: (tally: TallyView) => void): () => void {
    let stop: (() => void) | undefined;
    let stopped = false;
    const subscribed = this.client.then((client) =>
      client.subscribe(`tally:${electionId}`, (message) => take(message.data as TallyView)),
    );
    subscribed.then(
      (subscription) => {
        if (stopped) subscription.stop();
        else stop = subscription.stop;
      },
      () => {}, // no figures are no harm: the page says nothing of them then
    );
    return () => {
      stopped = true;
      stop?.();
    };
  }

  /** Ends the connection: nobody looks any more. */
  close(): void {
    clearTimeout(this.#missing);
    this.#stopped.abort();
    this.client.then(
      (client) => client.close(),
      () => {},
    );
  }

  /** An election as an answer has just shown it. */
  put(election: ElectionView): void {
    const known = this.elections.value?.find((each) => each.election_id === election.election_id);
    if (known !== undefined && known.changed_pos > election.changed_pos) return;
    const others = this.elections.value?.filter((each) => each.election_id !== election.election_id) ?? [];
    this.elections.value = [...others, election].sort((a, b) => b.created_at.localeCompare(a.created_at));
  }

  /** An election that is there no more: a draft that was deleted. */
  remove(electionId: string): void {
    this.elections.value = this.elections.value?.filter((each) => each.election_id !== electionId);
  }

  async #follow(): Promise<void> {
    try {
      const client = await this.client;
      await client.subscribe(`meeting:${this.meetingId}`, (message) => this.#take(message));
    } catch (error) {
      if (error instanceof PsephosError && error.code !== 'UNREACHABLE') this.refused.value = error;
    }
  }

  #take(message: TopicMessage): void {
    if (message.snapshot === true) {
      const { meeting, elections } = message.data as MeetingTopicData;
      this.meeting.value = meeting;
      this.elections.value = elections;
      return;
    }
    const { events, live } = message.data as EventsData;
    if (live !== undefined) this.#moved(live);
    for (const event of events) this.#happened(event);
  }

  /** Parts of the meeting that have changed; each replaces what was held of it. */
  #moved({ meeting, agenda, speakers, presence, elections }: MeetingLiveView): void {
    if (meeting !== undefined) this.meeting.value = meeting;
    if (agenda !== undefined) this.agenda.value = agenda;
    if (speakers !== undefined) this.speakers.value = speakers;
    if (presence !== undefined) this.presence.value = presence;
    for (const election of elections ?? []) this.put(election);
  }

  /** What is known is changed at once; the rest is read a moment later. */
  #happened(event: TopicEvent): void {
    this.lastEvent.value = event;
    if (!event.kind.startsWith('election.')) return;
    const known = this.elections.value?.find((each) => each.election_id === event.subject);
    if (known !== undefined && event.pos <= known.changed_pos) return;
    if (known !== undefined && event.state !== undefined) {
      this.put({ ...known, state: event.state, cancel_reason: event.reason ?? known.cancel_reason });
    }
    const atOnce = known === undefined && event.kind !== 'election.opened'; // an opening brings the election with it
    setTimeout(() => void this.#reread(event), atOnce ? 0 : Math.random() * this.#rereadWithinMs);
  }

  async #reread({ subject: electionId, pos }: TopicEvent): Promise<void> {
    const known = this.elections.value?.find((each) => each.election_id === electionId);
    if (known !== undefined && pos <= known.changed_pos) return; // it came meanwhile
    try {
      this.put(await this.http.election(electionId));
    } catch {
      // the next event or snapshot brings it
    }
  }

  #connectionIs(state: 'up' | 'down' | 'refused'): void {
    clearTimeout(this.#missing);
    if (state === 'refused') this.refused.value ??= new PsephosError('AUTH_001', 'This meeting takes us no more.');
    if (state === 'up') {
      this.#up.value = true;
      this.lostAt.value = undefined;
      this.client.then(
        ({ hello }) => {
          this.roles.value = hello.roles;
        },
        () => {}, // #follow tells why
      );
      return;
    }
    const lostAt = new Date();
    this.#missing = setTimeout(() => {
      this.#up.value = false;
      if (this.elections.value !== undefined) this.lostAt.value = lostAt;
    }, MISSED_AFTER_MS);
  }

  #network(online: boolean): void {
    this.#online.value = online;
    this.#awake();
  }

  /** A device that slept may hold a connection that is long gone: a question finds out. */
  #awake(): void {
    if (document.visibilityState !== 'visible') return;
    this.client.then((client) => client.request('ping')).catch(() => {});
  }
}
