import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { castFields, FrameSocket, isAccepted } from '../client/frame-socket.ts';
import { SUBPROTOCOL } from '../protocol/frames.ts';

/** What one voter hears. With `retryAfterMs` the same ballot with the same cast key may yet be taken. */
export type CastAnswer =
  | { readonly ok: true; readonly trackingCode: string }
  | { readonly ok: false; readonly code: string; readonly retryAfterMs: number | undefined };

/** A ballot as its voter sends it. */
export interface Cast {
  readonly credential: string;
  readonly ballot: unknown;
  readonly castKey: string;
}

interface Reply {
  readonly tracking_code?: string;
  readonly error?: { readonly code: string; readonly retry_after_ms?: number };
}

const OPEN_MS = 10_000;
/** Far above the engine's deadline of 1,000 ms: who hears nothing for so long speaks to nobody. */
const ANSWER_MS = 5_000;
const RECONNECT_MIN_MS = 50;
const RECONNECT_JITTER_MS = 200;
/** Of sockets that are opened at the same moment: a thousand at once would be a flood of its own. */
const OPENING_AT_ONCE = 50;

/** Codes after which the very same cast is sent again. */
const PASSING = /^(BALLOT_001|LOAD_\d+)$/;

/** Without compression: frames are small, and a compressor per socket costs more memory than the socket. */
class PlainWebSocket extends WebSocket {
  constructor(url: string, protocols: string) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

/** A socket that speaks for many voters, opened again whenever it ends. */
export class VoterSocket {
  readonly #url: string;
  readonly #apiKey: string;
  #frames: FrameSocket | undefined;
  #opening: Promise<FrameSocket> | undefined;
  #closed = false;

  constructor(url: string, apiKey: string) {
    this.#url = url;
    this.#apiKey = apiKey;
  }

  /** @throws an Error when there is no connection, or the key is refused */
  async open(): Promise<void> {
    await this.#connect();
  }

  /** Never rejects: a connection that ends is an answer that may be asked for again. */
  async cast(election: string, { credential, ballot, castKey }: Cast): Promise<CastAnswer> {
    let frames = this.#frames;
    if (frames?.isOpen !== true) {
      try {
        frames = await this.#connect();
      } catch {
        const retryAfterMs = RECONNECT_MIN_MS + Math.random() * RECONNECT_JITTER_MS;
        return { ok: false, code: 'UNREACHABLE', retryAfterMs };
      }
    }
    const text = await ask(frames, castFields(election, JSON.stringify(ballot), castKey, credential));
    if (text === undefined) return { ok: false, code: 'UNREACHABLE', retryAfterMs: RECONNECT_MIN_MS };
    const reply = JSON.parse(text) as Reply;
    if (isAccepted(text)) return { ok: true, trackingCode: reply.tracking_code ?? '' };
    const { code = 'INTERNAL_001', retry_after_ms: retryAfterMs = RECONNECT_MIN_MS } = reply.error ?? {};
    return { ok: false, code, retryAfterMs: PASSING.test(code) ? retryAfterMs : undefined };
  }

  close(): void {
    this.#closed = true;
    this.#frames?.close();
  }

  #connect(): Promise<FrameSocket> {
    this.#opening ??= this.#greet().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #greet(): Promise<FrameSocket> {
    if (this.#closed) throw new Error('the socket was closed');
    const frames = await FrameSocket.open(this.#url, SUBPROTOCOL, PlainWebSocket as never, OPEN_MS);
    const text = await ask(frames, `"op":"hello","api_key":${JSON.stringify(this.#apiKey)}`);
    if (text === undefined || !isAccepted(text)) {
      frames.abandon();
      const message = text === undefined ? 'it ended before hello was answered' : (JSON.parse(text).error?.message ?? text);
      throw new Error(`No socket at ${this.#url}: ${message}`);
    }
    this.#frames = frames;
    return frames;
  }
}

/** The reply's text; undefined when the connection ended or went silent, which ends it. */
function ask(frames: FrameSocket, fields: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => frames.abandon(), ANSWER_MS);
    frames.request(fields, (text) => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

/** Opens `count` sockets, a few at a time. @throws an Error when one of them cannot be had */
export async function openSockets(url: string, apiKey: string, count: number): Promise<VoterSocket[]> {
  const sockets = Array.from({ length: count }, () => new VoterSocket(url, apiKey));
  let next = 0;
  const opener = async () => {
    for (let socket = sockets[next++]; socket !== undefined; socket = sockets[next++]) await openPatiently(socket);
  };
  try {
    await Promise.all(Array.from({ length: OPENING_AT_ONCE }, opener));
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
  return sockets;
}

/** One more attempt: of a thousand connections to a busy server one may well be dropped. */
async function openPatiently(socket: VoterSocket): Promise<void> {
  try {
    await socket.open();
  } catch {
    await sleep(RECONNECT_JITTER_MS);
    await socket.open();
  }
}
