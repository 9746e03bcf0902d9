import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, PsephosClient, PsephosError, PsephosHttp } from '../../client/index.ts';
import { PlainWebSocket } from '../plain-websocket.ts';
import type { Participant } from './ground.ts';

/** A server that is started again is back within this time. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;

export interface Move {
  /** an idea; left out: from the purse */
  readonly from?: string;
  /** an idea; left out: back into the purse */
  readonly to?: string;
  readonly amount: number;
}

/** Where coins are given. */
export interface Place {
  readonly httpUrl: string;
  readonly wsUrl: string;
  /** its id */
  readonly campaignId: string;
}

/** One person's socket, and the coins of one campaign. */
export class Purse {
  readonly #client: PsephosClient;
  readonly #campaignId: string;

  private constructor(client: PsephosClient, campaignId: string) {
    this.#client = client;
    this.#campaignId = campaignId;
  }

  /** @throws PsephosError where the gateway refuses the person, or nobody answers for half a minute */
  static async open({ httpUrl, wsUrl, campaignId }: Place, person: Participant): Promise<Purse> {
    const http = new PsephosHttp({ baseUrl: httpUrl, secret: () => person.accessToken() });
    const ticket = async () => (await http.socketTicket()).ticket;
    const connectTimeoutMs = PATIENCE_MS;
    const client = await PsephosClient.connect({
      wsUrl,
      auth: { ticket },
      WebSocket: PlainWebSocket,
      connectTimeoutMs,
    });
    return new Purse(client, campaignId);
  }

  /**
   * Moves coins once, however often it has to be asked for: the same request goes again until its fate is known.
   * @returns milliseconds until it was acknowledged
   * @throws PsephosError for a final refusal, or where nobody answers for half a minute
   */
  async move({ from, to, amount }: Move): Promise<number> {
    const startedMs = performance.now();
    const act = { campaign: this.#campaignId, amount, request_id: randomUUID() };
    const ask = () => {
      if (from === undefined) return this.#client.request('allocate', { ...act, idea_id: to });
      if (to === undefined) return this.#client.request('withdraw', { ...act, idea_id: from });
      return this.#client.request('reallocate', { ...act, from_idea_id: from, to_idea_id: to });
    };
    for (;;) {
      try {
        await ask();
        return performance.now() - startedMs;
      } catch (error) {
        const passing = error instanceof PsephosError && (isPassing(error.code) || error.code === 'UNREACHABLE');
        if (!passing || performance.now() - startedMs > PATIENCE_MS) throw error;
        const { retry_after_ms: askedMs } = error.details;
        await sleep(typeof askedMs === 'number' ? askedMs : PAUSE_MS);
      }
    }
  }

  close(): void {
    this.#client.close();
  }
}
