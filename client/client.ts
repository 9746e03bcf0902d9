import type { SocketError } from '../protocol/errors.ts';
import type { OperationName, ReplyOf } from '../protocol/frames.ts';
import { SUBPROTOCOL } from '../protocol/subprotocol.ts';
import { type CastOverHttp, type CastResult, castUntilKnown } from './casting.ts';
import { type CoinMove, type CoinResult, type MoveOverHttp, moveUntilKnown, newRequestId } from './coins.ts';
import { PsephosError } from './errors.ts';
import type { SocketConstructor } from './frame-socket.ts';
import { PsephosHttp } from './http.ts';
import { Link, type Secret } from './link.ts';
import { newCastKey } from './random-key.ts';
import { type Subscription, Subscriptions, type TopicHandler } from './subscriptions.ts';

/** An API key for machines, a session token of an attendee, or tickets from elsewhere (one for each connection). */
export type ClientAuth =
  | { readonly apiKey: string }
  | { readonly sessionToken: string }
  | { readonly ticket: () => Promise<string> };

export interface ClientOptions {
  /** where the gateway's HTTP is; gives the socket's address too, and is the way of ballots when the socket fails */
  readonly httpUrl?: string;
  /** where the socket is; asked from HTTP if left out */
  readonly wsUrl?: string;
  readonly auth: ClientAuth;
  /** the platform's own if left out; e.g. that of the package `ws` */
  readonly WebSocket?: SocketConstructor;
  readonly fetch?: typeof fetch;
  /** how long connect() waits for the first connection */
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly heartbeatMs?: number;
  readonly backoffMinMs?: number;
  readonly backoffMaxMs?: number;
  /** told of each change; refused: the gateway will not have us again, see client.refused */
  readonly onConnection?: (state: ConnectionChange) => void;
}

export type ConnectionChange = 'up' | 'down' | 'refused';

export interface CastOptions {
  /** one-time token; left out: the right to vote of an attendee */
  readonly credential?: string;
  /** a member whose proxy the caller holds: their ballot is cast, not the caller's own */
  readonly onBehalfOf?: string;
  /** of a ballot whose fate is not known; made anew if left out */
  readonly castKey?: string;
  /** all attempts together; 15 s if left out */
  readonly deadlineMs?: number;
  /** told once the ballot is received and not counted yet: what became of it follows as the result */
  readonly onQueued?: (queued: string) => void;
}

export interface CoinOptions {
  /** of an act whose fate is not known; made anew if left out */
  readonly requestId?: string;
  /** all attempts together; 15 s if left out */
  readonly deadlineMs?: number;
}

const DEFAULTS = {
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 3_000, // three times the engine's deadline
  heartbeatMs: 10_000,
  backoffMinMs: 250, // a gateway that restarts gets its clients back over a quarter of a second
  backoffMaxMs: 5_000,
} as const;
const CAST_DEADLINE_MS = 15_000;
/** Without a socket for so long a ballot goes over HTTP. */
const FALLBACK_AFTER_MS = 1_500;

/** A client for pages and for Node: votes and watches over one socket that comes back by itself. */
export class PsephosClient {
  /** the gateway's HTTP; undefined where httpUrl was left out */
  readonly http: PsephosHttp | undefined;
  readonly #link: Link;
  readonly #subscriptions: Subscriptions;
  readonly #requestTimeoutMs: number;
  /** tickets give no right over HTTP: with them alone a ballot waits for the socket */
  readonly #overHttp: CastOverHttp | undefined;
  readonly #movesOverHttp: MoveOverHttp | undefined;
  #hello: ReplyOf<'hello'> | undefined;

  private constructor(options: ClientOptions) {
    const { httpUrl, wsUrl, auth } = options;
    this.http = httpOf(options);
    this.#overHttp = this.http === undefined || 'ticket' in auth ? undefined : overHttp(this.http);
    this.#movesOverHttp = this.http === undefined || 'ticket' in auth ? undefined : movesOverHttp(this.http);
    this.#requestTimeoutMs = options.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs;
    if (wsUrl === undefined && httpUrl === undefined) throw new TypeError('give httpUrl, wsUrl or both');
    this.#link = new Link({
      protocol: SUBPROTOCOL,
      WebSocket: options.WebSocket ?? (globalThis.WebSocket as unknown as SocketConstructor),
      openTimeoutMs: this.#requestTimeoutMs,
      requestTimeoutMs: this.#requestTimeoutMs,
      heartbeatMs: options.heartbeatMs ?? DEFAULTS.heartbeatMs,
      backoffMinMs: options.backoffMinMs ?? DEFAULTS.backoffMinMs,
      backoffMaxMs: options.backoffMaxMs ?? DEFAULTS.backoffMaxMs,
      url: async () => wsUrl ?? (await (this.http as PsephosHttp).socket()).url,
      secret: () => secretOf(auth, this.http),
      onMessage: (text) => this.#subscriptions.take(text),
      onUp: (hello) => {
        this.#hello = hello;
        this.#subscriptions.resume();
        options.onConnection?.('up');
      },
      onDown: () => options.onConnection?.(this.#link.refused === undefined ? 'down' : 'refused'),
    });
    this.#subscriptions = new Subscriptions(this.#link);
  }

  /** Resolves with the first good connection. Throws PsephosError: the gateway's refusal, or UNREACHABLE. */
  static async connect(options: ClientOptions): Promise<PsephosClient> {
    const client = new PsephosClient(options);
    const withinMs = options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs;
    if (await client.#link.up(withinMs)) return client;
    client.close();
    throw client.#link.refused ?? new PsephosError('UNREACHABLE', `No gateway answered within ${withinMs} ms.`);
  }

  /** Who the gateway takes us for. */
  get hello(): ReplyOf<'hello'> {
    if (this.#hello === undefined) throw new Error('not connected yet');
    return this.#hello;
  }

  get isConnected(): boolean {
    return this.#link.isUp;
  }

  /** How often a connection was made, the first one included. */
  get connections(): number {
    return this.#link.connections;
  }

  /** The handler gets a snapshot, then every message, in order and without a gap, until stop(). Throws PsephosError. */
  async subscribe(topic: string, handler: TopicHandler): Promise<Subscription> {
    const { watch, refused } = await this.#subscriptions.add(topic, handler);
    if (refused !== undefined) throw refused;
    return watch;
  }

  /** Casts a ballot and resolves with what became of it; never throws for a refusal. */
  cast(electionId: string, ballot: unknown, options: CastOptions = {}): Promise<CastResult> {
    const casting = {
      election: electionId,
      ballot,
      castKey: options.castKey ?? newCastKey(),
      credential: options.credential,
      onBehalfOf: options.onBehalfOf,
      deadlineMs: options.deadlineMs ?? CAST_DEADLINE_MS,
      timeoutMs: this.#requestTimeoutMs,
      fallbackAfterMs: this.#overHttp === undefined ? undefined : FALLBACK_AFTER_MS,
      onQueued: options.onQueued,
    };
    return castUntilKnown(this.#link, casting, this.#overHttp);
  }

  /** Puts own coins on an idea and resolves with what became of it; never throws for a refusal. */
  allocate(campaignId: string, ideaId: string, amount: number, options: CoinOptions = {}): Promise<CoinResult> {
    return this.#move(campaignId, { op: 'allocate', idea_id: ideaId, amount }, options);
  }

  /** Moves own coins from one idea to another. */
  reallocate(
    campaignId: string,
    fromIdeaId: string,
    toIdeaId: string,
    amount: number,
    options: CoinOptions = {},
  ): Promise<CoinResult> {
    const move = { op: 'reallocate', from_idea_id: fromIdeaId, to_idea_id: toIdeaId, amount } as const;
    return this.#move(campaignId, move, options);
  }

  /** Takes own coins back from an idea. */
  withdraw(campaignId: string, ideaId: string, amount: number, options: CoinOptions = {}): Promise<CoinResult> {
    return this.#move(campaignId, { op: 'withdraw', idea_id: ideaId, amount }, options);
  }

  /** The own purse in a campaign. Throws PsephosError. */
  balance(campaignId: string): Promise<ReplyOf<'balance'>> {
    return this.request('balance', { campaign: campaignId });
  }

  #move(campaign: string, move: CoinMove, options: CoinOptions): Promise<CoinResult> {
    const moving = {
      ...{ campaign, move, requestId: options.requestId ?? newRequestId() },
      deadlineMs: options.deadlineMs ?? CAST_DEADLINE_MS,
      timeoutMs: this.#requestTimeoutMs,
      fallbackAfterMs: this.#movesOverHttp === undefined ? Number.POSITIVE_INFINITY : FALLBACK_AFTER_MS,
    };
    return moveUntilKnown(this.#link, moving, this.#movesOverHttp);
  }

  /** One request of any kind, once. Throws PsephosError; UNREACHABLE where no answer came. */
  async request<Name extends OperationName>(op: Name, fields: object = {}): Promise<ReplyOf<Name>> {
    const reply = await this.#link.request(JSON.stringify({ op, ...fields }).slice(1, -1));
    if (reply === undefined) throw new PsephosError('UNREACHABLE', 'No answer came.');
    const answer = JSON.parse(reply);
    if (answer.ok) return answer;
    throw new PsephosError(answer.error.code, answer.error.message, { details: answer.error.details ?? {} });
  }

  close(): void {
    this.#link.close();
  }
}

function httpOf({ httpUrl, auth, fetch }: ClientOptions): PsephosHttp | undefined {
  if (httpUrl === undefined) return undefined;
  const secret = 'apiKey' in auth ? auth.apiKey : 'sessionToken' in auth ? auth.sessionToken : undefined;
  return new PsephosHttp({ baseUrl: httpUrl, secret, fetch });
}

async function secretOf(auth: ClientAuth, http: PsephosHttp | undefined): Promise<Secret> {
  if ('apiKey' in auth) return { api_key: auth.apiKey };
  if ('ticket' in auth) return { ticket: await auth.ticket() };
  if (http === undefined) throw new PsephosError('AUTH_001', 'A session token needs httpUrl: tickets come over HTTP.');
  return { ticket: (await http.socketTicket()).ticket };
}

function overHttp(http: PsephosHttp): CastOverHttp {
  return async ({ election, ballot, castKey, credential, onBehalfOf }, timeoutMs) => {
    const token = credential === undefined ? {} : { credential };
    const grantor = onBehalfOf === undefined ? {} : { on_behalf_of: onBehalfOf };
    try {
      const receipt = await http.castOnce(election, { ballot, cast_key: castKey, ...token, ...grantor }, timeoutMs);
      return 'queued' in receipt ? { queued: receipt.queued } : { trackingCode: receipt.tracking_code };
    } catch (error) {
      return refusalOf(error);
    }
  };
}

function movesOverHttp(http: PsephosHttp): MoveOverHttp {
  return async ({ campaign, move, requestId }, timeoutMs) => {
    try {
      return await http.moveCoinsOnce(campaign, move, requestId, timeoutMs);
    } catch (error) {
      return refusalOf(error);
    }
  };
}

/** What the gateway said; undefined where no answer came. */
function refusalOf(error: unknown): SocketError | undefined {
  if (!(error instanceof PsephosError) || error.code === 'UNREACHABLE') return undefined;
  const { code, message, details } = error;
  const retryAfterMs = details.retry_after_ms;
  return { code, message, details, ...(typeof retryAfterMs === 'number' ? { retry_after_ms: retryAfterMs } : {}) };
}
