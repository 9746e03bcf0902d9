import type { z } from 'zod';
import type { castReceipt, PublishedBallotView, QueuedBallotView, queuedReceipt } from '../protocol/ballots.ts';
import type { AllocationReceiptView } from '../protocol/coins.ts';
import type { ElectionView, issued, newCredentials, newElection, participationView } from '../protocol/elections.ts';
import type { joined, MeetingView, socketAddress, socketTicket } from '../protocol/meetings.ts';
import type { resultView } from '../protocol/results.ts';
import type { recountView, TallyView } from '../protocol/tally.ts';
import type { CoinMove } from './coins.ts';
import { PsephosError } from './errors.ts';
import { type Call, HttpCalls, type HttpOptions, OPEN_TIMEOUT_MS } from './http-calls.ts';

export type ResultView = z.infer<typeof resultView>;
export type RecountView = z.infer<typeof recountView>;
export type ParticipationView = z.infer<typeof participationView>;
export type NewElectionInput = z.input<typeof newElection>;
export type NewCredentials = z.input<typeof newCredentials>['credentials'];
export interface PageView<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Most credentials that one request may carry. */
const CREDENTIALS_PER_REQUEST = 20_000;

type ChangeName = 'open' | 'close' | 'publish' | 'cancel';
const STATE_AFTER: Readonly<Record<ChangeName, ElectionView['state']>> = {
  open: 'open',
  close: 'closed',
  publish: 'published',
  cancel: 'cancelled',
};

/**
 * Everything that a gateway does over HTTP. Methods resolve with the answer's body and throw PsephosError for every
 * refusal. What may be retried is retried twice, with one Idempotency-Key where something is created.
 */
export class PsephosHttp {
  readonly #calls: HttpCalls;

  constructor(options: HttpOptions) {
    this.#calls = new HttpCalls(options);
  }

  /** One call of any kind, for what has no method here. */
  call<T>(call: Call): Promise<T> {
    return this.#calls.call<T>(call);
  }

  createMeeting(title: string): Promise<MeetingView> {
    return this.#post('/v1/meetings', { title }, true);
  }

  meeting(meetingId: string): Promise<MeetingView> {
    return this.#get(`/v1/meetings/${meetingId}`);
  }

  /** Gives a session token, shown this once. Needs no secret. */
  join(code: string, name: string): Promise<z.infer<typeof joined>> {
    return this.#post('/v1/join', { code, name });
  }

  createElection(election: NewElectionInput): Promise<ElectionView> {
    return this.#post('/v1/elections', election, true);
  }

  election(electionId: string): Promise<ElectionView> {
    return this.#get(`/v1/elections/${electionId}`);
  }

  elections(query: { meetingId?: string; cursor?: string; limit?: number } = {}): Promise<PageView<ElectionView>> {
    const { meetingId, cursor, limit } = query;
    return this.#get('/v1/elections', { meeting_id: meetingId, cursor, limit: limit?.toString() });
  }

  /** SHA-256 of each token as hex, and its weight in votes ('1' if left out). Any number: sent in parts of 20,000. */
  async issueCredentials(electionId: string, credentials: NewCredentials): Promise<z.infer<typeof issued>> {
    const sum = { issued: 0, repeated: 0 };
    for (let from = 0; from < credentials.length; from += CREDENTIALS_PER_REQUEST) {
      const part = credentials.slice(from, from + CREDENTIALS_PER_REQUEST);
      const answer = await this.#post<typeof sum>(
        `/v1/elections/${electionId}/credentials`,
        { credentials: part },
        true,
      );
      sum.issued += answer.issued;
      sum.repeated += answer.repeated;
    }
    return sum;
  }

  open(electionId: string): Promise<ElectionView> {
    return this.#change(electionId, 'open');
  }

  /** Resolves once every ballot is either in the urn or was refused as closed. */
  close(electionId: string): Promise<ElectionView> {
    return this.#change(electionId, 'close');
  }

  publish(electionId: string): Promise<ElectionView> {
    return this.#change(electionId, 'publish');
  }

  cancel(electionId: string, reason: string): Promise<ElectionView> {
    return this.#change(electionId, 'cancel', { reason });
  }

  setPresent(electionId: string, present: number): Promise<ElectionView> {
    return this.#post(`/v1/elections/${electionId}/present`, { present });
  }

  /** One attempt with the time it may take: PsephosClient.cast repeats it. */
  castOnce(
    electionId: string,
    body: {
      readonly ballot: unknown;
      readonly cast_key: string;
      readonly credential?: string;
      readonly on_behalf_of?: string;
    },
    timeoutMs: number,
  ): Promise<z.infer<typeof castReceipt> | z.infer<typeof queuedReceipt>> {
    const path = `/v1/elections/${electionId}/ballots`;
    return this.#calls.call({ method: 'POST', path, body, retries: 0, timeoutMs });
  }

  /** The same for coins: PsephosClient.allocate, reallocate and withdraw repeat it with the same request id. */
  moveCoinsOnce(
    campaign: string,
    { op, ...fields }: CoinMove,
    requestId: string,
    timeoutMs: number,
  ): Promise<AllocationReceiptView> {
    const path = `/v1/campaigns/${campaign}/coins/${op}`;
    return this.#calls.call({
      method: 'POST',
      path,
      body: { ...fields, request_id: requestId },
      retries: 0,
      timeoutMs,
    });
  }

  /** What became of a ballot that was queued, by the id that it was answered with. */
  queuedBallot(queued: string): Promise<QueuedBallotView> {
    return this.#get(`/v1/ballots/queued/${queued}`);
  }

  tally(electionId: string): Promise<TallyView> {
    return this.#get(`/v1/elections/${electionId}/tally`);
  }

  participation(electionId: string): Promise<ParticipationView> {
    return this.#get(`/v1/elections/${electionId}/participation`);
  }

  result(electionId: string): Promise<ResultView> {
    return this.#get(`/v1/elections/${electionId}/result`);
  }

  /** The rounds as CSV, as a spreadsheet takes them. */
  resultCsv(electionId: string): Promise<string> {
    return this.#get(`/v1/elections/${electionId}/result.csv`);
  }

  /** Counts again from the ballots alone. */
  recount(electionId: string): Promise<RecountView> {
    return this.#post(`/v1/elections/${electionId}/recount`, undefined);
  }

  ballots(electionId: string, page: { cursor?: string; limit?: number } = {}): Promise<PageView<PublishedBallotView>> {
    return this.#get(`/v1/elections/${electionId}/ballots`, { cursor: page.cursor, limit: page.limit?.toString() });
  }

  ballot(electionId: string, trackingCode: string): Promise<PublishedBallotView> {
    return this.#get(`/v1/elections/${electionId}/ballots/${trackingCode}`);
  }

  socket(): Promise<z.infer<typeof socketAddress>> {
    return this.#get('/v1/socket');
  }

  socketTicket(): Promise<z.infer<typeof socketTicket>> {
    return this.#post('/v1/socket-tickets', undefined);
  }

  ready(): Promise<{ readonly status: 'ready'; readonly database: 'up'; readonly migration: string }> {
    return this.#get('/ready');
  }

  #get<T>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T> {
    return this.#calls.call({ method: 'GET', path, query });
  }

  #post<T>(path: string, body: unknown, creates = false): Promise<T> {
    return this.#calls.call({ method: 'POST', path, body, creates });
  }

  /** A change whose first answer was lost finds itself done: that is success, not a conflict. */
  async #change(electionId: string, name: ChangeName, body?: unknown): Promise<ElectionView> {
    let doubtful = false;
    try {
      return await this.#calls.call({
        method: 'POST',
        path: `/v1/elections/${electionId}/${name}`,
        body,
        ...(name === 'open' ? { timeoutMs: OPEN_TIMEOUT_MS } : {}),
        onDoubt: () => {
          doubtful = true;
        },
      });
    } catch (error) {
      if (doubtful && error instanceof PsephosError && error.details.state === STATE_AFTER[name]) {
        return this.election(electionId);
      }
      throw error;
    }
  }
}
