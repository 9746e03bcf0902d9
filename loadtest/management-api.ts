import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { publishedBallot } from '../protocol/ballots.ts';
import type { ElectionView, newElection } from '../protocol/elections.ts';
import type { ErrorBody, ErrorCode } from '../protocol/errors.ts';
import { PAGE_MAX_ROWS } from '../protocol/page.ts';
import type { resultView } from '../protocol/results.ts';
import type { recountView, TallyView } from '../protocol/tally.ts';

export type NewElectionBody = z.input<typeof newElection>;
export type ResultView = z.infer<typeof resultView>;
export type RecountView = z.infer<typeof recountView>;
export type PublishedBallotView = z.infer<typeof publishedBallot>;

/** One right to vote: SHA-256 of the voter's token, and its weight as decimal votes. */
export interface CredentialBody {
  readonly hash: string;
  readonly weight?: string;
}

/** Below the 20,000 that one request takes, and below its 2 MB with the longest weights. */
const CREDENTIALS_PER_REQUEST = 10_000;
/** Counting a million ballots takes longer than a request may; it goes on, and asking again finds it done. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 250;

/** What the server refused. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly code: ErrorCode | null;
  readonly status: number;

  constructor(request: string, status: number, body: Partial<ErrorBody>) {
    const fields = (body.details?.fields ?? []) as readonly { path: string; problem: string }[];
    const named = fields.map(({ path, problem }) => `${path} ${problem}`).join('; ');
    super(`${request}: ${body.message ?? `answer ${status}`}${named === '' ? '' : ` (${named})`}`);
    this.code = body.error_code ?? null;
    this.status = status;
  }
}

/** What a chair does with an election over HTTP. Repeats what may be repeated until it is answered for good. */
export class ManagementApi {
  readonly #url: string;
  readonly #apiKey: string;

  constructor(httpUrl: string, apiKey: string) {
    this.#url = httpUrl.replace(/\/$/, '');
    this.#apiKey = apiKey;
  }

  /** Where the sockets are. */
  async socketUrl(): Promise<string> {
    return (await this.#request<{ url: string }>('GET', '/v1/socket')).url;
  }

  create(election: NewElectionBody): Promise<ElectionView> {
    return this.#request('POST', '/v1/elections', election);
  }

  /** Issues credentials in as many requests as they need. */
  async issue(electionId: string, credentials: readonly CredentialBody[]): Promise<void> {
    for (let start = 0; start < credentials.length; start += CREDENTIALS_PER_REQUEST) {
      const part = credentials.slice(start, start + CREDENTIALS_PER_REQUEST);
      await this.#request('POST', `/v1/elections/${electionId}/credentials`, { credentials: part });
    }
  }

  open(electionId: string): Promise<ElectionView> {
    return this.#act(electionId, 'open', 'open');
  }

  close(electionId: string): Promise<ElectionView> {
    return this.#act(electionId, 'close', 'closed');
  }

  publish(electionId: string): Promise<ElectionView> {
    return this.#act(electionId, 'publish', 'published');
  }

  cancel(electionId: string, reason: string): Promise<ElectionView> {
    return this.#request('POST', `/v1/elections/${electionId}/cancel`, { reason });
  }

  tally(electionId: string): Promise<TallyView> {
    return this.#request('GET', `/v1/elections/${electionId}/tally`);
  }

  participation(electionId: string): Promise<{ roll: number; voted: number; voted_weight: string }> {
    return this.#request('GET', `/v1/elections/${electionId}/participation`);
  }

  result(electionId: string): Promise<ResultView> {
    return this.#request('GET', `/v1/elections/${electionId}/result`);
  }

  recount(electionId: string): Promise<RecountView> {
    return this.#request('POST', `/v1/elections/${electionId}/recount`);
  }

  /** The published list, page by page. */
  async *ballots(electionId: string): AsyncGenerator<PublishedBallotView> {
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: { items: PublishedBallotView[]; next_cursor: string | null } = await this.#request(
        'GET',
        `/v1/elections/${electionId}/ballots?limit=${PAGE_MAX_ROWS}${after}`,
      );
      yield* page.items;
      cursor = page.next_cursor;
    }
  }

  /** An act whose answer was lost may have been carried out: then the state tells, and a repeat would be refused. */
  async #act(electionId: string, act: string, wanted: ElectionView['state']): Promise<ElectionView> {
    try {
      return await this.#request('POST', `/v1/elections/${electionId}/${act}`);
    } catch (error) {
      const election = await this.#request<ElectionView>('GET', `/v1/elections/${electionId}`);
      if (election.state === wanted) return election;
      throw error;
    }
  }

  async #request<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const until = performance.now() + PATIENCE_MS;
    const headers = {
      authorization: `Bearer ${this.#apiKey}`,
      'idempotency-key': randomUUID(), // the same on every repeat
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (;;) {
      const response = await fetch(`${this.#url}${path}`, init).catch((error: Error) => {
        const cause = error.cause instanceof Error ? error.cause.message : error.message;
        return new Response(JSON.stringify({ message: `no answer from ${this.#url} (${cause})` }), { status: 503 });
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as T;
      const refusal = new ApiRefusal(`${method} ${path.split('?')[0]}`, response.status, parseError(text));
      const passing = response.status >= 500 || response.status === 429 || response.status === 423;
      if (!passing || performance.now() > until || (refusal.code === null && method === 'POST')) throw refusal;
      await sleep(PAUSE_MS);
    }
  }
}

function parseError(text: string): Partial<ErrorBody> {
  try {
    return JSON.parse(text) as Partial<ErrorBody>;
  } catch {
    return {}; // a proxy's own page
  }
}
