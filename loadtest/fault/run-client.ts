import WebSocket from 'ws';
import { type CoinMove, PsephosClient, type SocketConstructor } from '../../client/index.ts';
import type { TopicMessage } from '../../protocol/frames/messages.ts';
import type { MoveRecord } from './coins-auditor.ts';
import type { CastRecord, Told, WatcherRecord } from './evidence.ts';
import type { PlannedCast, PlannedVoter } from './plan.ts';

const REQUEST_TIMEOUT_MS = 1_500; // above the engine's deadline of 1,000 ms; half-open connections cost so long
const HEARTBEAT_MS = 400;
const BACKOFF_MIN_MS = 20;
const BACKOFF_MAX_MS = 200;
const CONNECT_TIMEOUT_MS = 20_000;

export interface RunClientOptions {
  /** sockets of the gateways behind their proxies; each further connection goes to the next one */
  readonly socketUrls: readonly string[];
  /** the gateway of the first connection */
  readonly home: number;
  /** ballots go this way when no socket is to be had; absent: they wait for one */
  readonly httpUrl?: string;
  readonly apiKey?: string;
  /** instead of a key: one for each connection */
  readonly ticket?: () => Promise<string>;
}

/** One client of a run: it changes to another gateway whenever its connection ends, as behind a balancer. */
export class RunClient {
  readonly #client: PsephosClient;
  readonly #line: Line;

  private constructor(client: PsephosClient, line: Line) {
    this.#client = client;
    this.#line = line;
  }

  static async connect({ socketUrls, home, httpUrl, apiKey = '', ticket }: RunClientOptions): Promise<RunClient> {
    const line: Line = { socketUrls, next: home, open: undefined };
    const client = await PsephosClient.connect({
      wsUrl: socketUrls[home] as string,
      ...(httpUrl === undefined ? {} : { httpUrl }),
      auth: ticket === undefined ? { apiKey } : { ticket },
      WebSocket: socketOn(line),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      heartbeatMs: HEARTBEAT_MS,
      backoffMinMs: BACKOFF_MIN_MS,
      backoffMaxMs: BACKOFF_MAX_MS,
    });
    return new RunClient(client, line);
  }

  /** Casts once as the client does it, with its own retries, and says what the voter was told. Never rejects. */
  async cast(
    electionId: string,
    { voter, ballot, castKey }: PlannedCast,
    { token }: PlannedVoter,
    deadlineMs: number,
  ): Promise<CastRecord> {
    const sentMs = performance.now();
    let queued = false;
    const onQueued = () => {
      queued = true;
    };
    const result = await this.#client.cast(electionId, ballot, { credential: token, castKey, deadlineMs, onQueued });
    return { voter, castKey, ballot, sentMs, heardMs: performance.now(), queued, told: toldBy(result) };
  }

  /** Moves coins once as the client does it, with its own retries, and says what the member was told. Never rejects. */
  async moveCoins(
    campaignId: string,
    move: CoinMove,
    requestId: string,
    deadlineMs: number,
  ): Promise<MoveRecord['told']> {
    const options = { requestId, deadlineMs };
    const { op, amount } = move;
    const result = await (op === 'reallocate'
      ? this.#client.reallocate(campaignId, move.from_idea_id, move.to_idea_id, amount, options)
      : this.#client[op](campaignId, move.idea_id, amount, options));
    if (result.ok) return { kind: 'done' };
    return result.code === 'UNREACHABLE' ? { kind: 'unheard' } : { kind: 'refused', code: result.code };
  }

  /** Watches a topic until close(); the record grows. */
  async watch(topic: string): Promise<WatcherRecord> {
    const messages: TopicMessage[] = [];
    const subscription = await this.#client.subscribe(topic, (message) => messages.push(message));
    return {
      topic,
      messages,
      get gaps() {
        return subscription.gaps;
      },
    };
  }

  /** Connections made again after the first. */
  get reconnections(): number {
    return Math.max(0, this.#client.connections - 1);
  }

  /** Ends the connection as a network does: without a word. */
  drop(): void {
    this.#line.open?.terminate();
  }

  close(): void {
    this.#client.close();
  }
}

interface Line {
  readonly socketUrls: readonly string[];
  next: number;
  open: WebSocket | undefined;
}

function socketOn(line: Line): SocketConstructor {
  class RoamingWebSocket extends WebSocket {
    constructor(_url: string, protocol: string) {
      super(line.socketUrls[line.next % line.socketUrls.length] as string, protocol, { perMessageDeflate: false });
      line.next += 1;
      line.open = this;
    }
  }
  return RoamingWebSocket as unknown as SocketConstructor;
}

function toldBy(result: Awaited<ReturnType<PsephosClient['cast']>>): Told {
  if (result.ok) return { kind: 'accepted', trackingCode: result.trackingCode };
  return result.code === 'UNREACHABLE' ? { kind: 'unheard' } : { kind: 'refused', code: result.code };
}
