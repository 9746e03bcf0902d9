import { isPassing, PsephosClient, type PsephosError, PsephosHttp } from '../../client/index.ts';
import type { ElectionView } from '../../protocol/elections.ts';
import type { EventsData, MeetingTopicData } from '../../protocol/frames/messages.ts';
import type { SeededRandom } from '../fault/seeded-random.ts';
import { PlainWebSocket } from '../plain-websocket.ts';
import type { Clock } from './clock.ts';
import type { Preferences } from './preferences.ts';

/** Of a hundred people so many lose their connection while they think, and so many press the button twice. */
const HABITS = { reconnects: 0.08, votesTwice: 0.04, staysAway: 0.06 } as const;
/** Of requests that get lost on the way, or meet a database that is away. */
const RETRIES_MAX = 2;
const AWAY_MS = { min: 300, max: 3_000 } as const;

/** What attendees report of themselves. */
export interface CrowdLog {
  joined(): void;
  connected(change: 1 | -1): void;
  reconnected(): void;
  acknowledged(electionId: string, afterMs: number): void;
  /** told to wait, at the door or later; comes again */
  waited(reason: string): void;
  /** a second ballot met the rule that the first one counts */
  toldTwice(): void;
  refused(code: string): void;
}

export interface AttendeeParts {
  readonly httpUrl: string;
  readonly joinCode: string;
  readonly name: string;
  readonly preferences: Preferences;
  readonly random: SeededRandom;
  readonly clock: Clock;
  readonly log: CrowdLog;
  /** how long a person thinks at most about an election that shows no end */
  readonly thinkMaxMs: number;
}

/** One simulated person with a phone: joins by code, waits for elections, thinks, votes, sometimes drops out. */
export class Attendee {
  readonly #parts: AttendeeParts;
  #client: PsephosClient | undefined;
  #http: PsephosHttp | undefined;
  #token = '';
  #topic = '';
  readonly #met = new Set<string>();
  #over = false;

  constructor(parts: AttendeeParts) {
    this.#parts = parts;
  }

  get http(): PsephosHttp | undefined {
    return this.#http;
  }

  /** Joins and stays until leave(). @throws PsephosError when the door stays shut */
  async attend(): Promise<void> {
    const { httpUrl, joinCode, name, log } = this.#parts;
    const door = { method: 'POST', path: '/v1/join', body: { code: joinCode, name } } as const;
    const { session_token: token, meeting } = await this.#patiently(() =>
      // the waiting is ours: the client's own would keep a demo alive that has ended
      new PsephosHttp({ baseUrl: httpUrl }).call<Awaited<ReturnType<PsephosHttp['join']>>>({ ...door, retries: 0 }),
    );
    this.#token = token;
    this.#topic = `meeting:${meeting.meeting_id}`;
    this.#http = new PsephosHttp({ baseUrl: httpUrl, secret: token });
    log.joined();
    await this.#connect();
  }

  leave(): void {
    this.#over = true;
    this.#disconnect();
  }

  async #connect(): Promise<void> {
    const { httpUrl, log } = this.#parts;
    const client = await this.#patiently(() =>
      PsephosClient.connect({ httpUrl, auth: { sessionToken: this.#token }, WebSocket: PlainWebSocket }),
    );
    if (this.#over) {
      client.close();
      return;
    }
    this.#client = client;
    log.connected(1);
    await client.subscribe(this.#topic, ({ data }) => this.#hear(data as MeetingTopicData | EventsData));
  }

  #disconnect(): void {
    if (this.#client === undefined) return;
    this.#client.close();
    this.#client = undefined;
    this.#parts.log.connected(-1);
  }

  #hear(data: MeetingTopicData | EventsData): void {
    const open =
      'elections' in data
        ? data.elections.filter(({ state }) => state === 'open').map(({ election_id }) => election_id)
        : data.events.filter(({ kind }) => kind === 'election.opened').map(({ subject }) => subject);
    for (const electionId of open) {
      if (this.#met.has(electionId)) continue;
      this.#met.add(electionId);
      this.#vote(electionId).catch((error: PsephosError) => this.#over || this.#parts.log.refused(error.code));
    }
  }

  async #vote(electionId: string): Promise<void> {
    const { random, clock, log, preferences } = this.#parts;
    if (random.chance(HABITS.staysAway)) return;
    const election = await this.#patiently(() => (this.#http as PsephosHttp).election(electionId));
    await clock.pause(this.#thinkingMs(election));
    if (random.chance(HABITS.reconnects)) await this.#dropOut();
    const client = this.#client;
    if (this.#over || client === undefined) return;
    const startedMs = performance.now();
    const result = await client.cast(electionId, preferences.ballotFor(election));
    if (!result.ok) log.refused(result.code);
    else log.acknowledged(electionId, performance.now() - startedMs);
    if (!random.chance(HABITS.votesTwice) || !result.ok || this.#over) return;
    await clock.pause(random.int(200, 1_500));
    const again = await client.cast(electionId, preferences.ballotFor(election));
    if (again.ok) throw new Error(`election ${electionId} took a second ballot of one person`);
    if (again.code === 'BALLOT_002') log.toldTwice();
  }

  /** Most decide quickly, some take their time; nobody waits for the last second. */
  #thinkingMs({ closes_at: closesAt }: ElectionView): number {
    const { random, thinkMaxMs } = this.#parts;
    const leftMs = closesAt === null ? thinkMaxMs : Math.min(thinkMaxMs, (Date.parse(closesAt) - Date.now()) * 0.8);
    const share = (random.int(5, 100) / 100) * (random.int(20, 100) / 100);
    return Math.max(0, share * leftMs);
  }

  /** The phone loses its connection and comes back, with the same session. */
  async #dropOut(): Promise<void> {
    this.#disconnect();
    await this.#parts.clock.pause(this.#parts.random.int(AWAY_MS.min, AWAY_MS.max));
    if (this.#over) return;
    await this.#connect();
    this.#parts.log.reconnected();
  }

  /** A door with a limit lets people in one after the other: whoever is told to wait waits, and comes again. */
  async #patiently<T>(act: () => Promise<T>): Promise<T> {
    for (let retries = 0; ; ) {
      try {
        return await act();
      } catch (error) {
        const { code, details, message } = error as PsephosError;
        const full = code === 'LOAD_001' || code === 'LOAD_002';
        if (!full) retries += 1;
        const again = full || ((isPassing(code) || code === 'UNREACHABLE') && retries <= RETRIES_MAX);
        if (this.#over || !again) throw error;
        const askedMs = typeof details.retry_after_ms === 'number' ? details.retry_after_ms : 1_000;
        this.#parts.log.waited(`${message} (${code})`);
        await this.#parts.clock.pause(askedMs + this.#parts.random.int(0, 500));
        if (this.#over) throw error;
      }
    }
  }
}
