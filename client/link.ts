import type { SocketError } from '../protocol/errors.ts';
import type { Refusal, ReplyOf } from '../protocol/frames.ts';
import { ACCESS_ENDED } from '../protocol/subprotocol.ts';
import { PsephosError } from './errors.ts';
import { FrameSocket, type SocketConstructor } from './frame-socket.ts';
import { backoffMs, isPassing } from './retry.ts';

export type Secret = { readonly ticket: string } | { readonly api_key: string };

export interface LinkOptions {
  readonly protocol: string;
  readonly WebSocket: SocketConstructor;
  readonly openTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** silence after which the other side is asked whether it is there */
  readonly heartbeatMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** asked before each connection */
  url(): Promise<string>;
  /** asked for each connection: tickets work once */
  secret(): Promise<Secret>;
  onMessage(text: string): void;
  /** after each hello, the first one included */
  onUp(hello: ReplyOf<'hello'>): void;
  /** a good connection ended, or there will be no further one (isOver) */
  onDown(): void;
}

/** Tickets may expire on the way; a secret refused so often in a row is no good. */
const REFUSALS_MAX = 3;
/** A connection that lasted so long was a good one: its end by a revocation is no refusal in a row. */
const LASTING_MS = 10_000;
const ENDED: SocketError = { code: 'AUTH_001', message: 'Your access has ended.', details: { reason: 'revoked' } };

interface Waiter {
  readonly tell: (up: boolean) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * A connection that comes back: opens, says hello, watches that the other side is alive, and opens again with growing
 * pauses until close(), or until the gateway refuses the secret for good.
 */
export class Link {
  readonly #options: LinkOptions;
  #frames: FrameSocket | undefined;
  #closed = false;
  #refused: PsephosError | undefined;
  readonly #waiters = new Set<Waiter>();
  #wakeUp: (() => void) | undefined;
  #refusals = 0;
  /** connections that were good, the first one included */
  connections = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    void this.#keepUp();
  }

  get isUp(): boolean {
    return this.#frames?.isOpen === true;
  }

  /** Why there will be no further connection. */
  get refused(): PsephosError | undefined {
    return this.#refused;
  }

  /** There will be no further connection: close() was called, or the gateway refused the secret for good. */
  get isOver(): boolean {
    return this.#closed || this.#refused !== undefined;
  }

  /** True once there is a connection that is known to the gateway; false when time is up, after close() or a refusal. */
  up(withinMs: number): Promise<boolean> {
    if (this.isUp) return Promise.resolve(true);
    if (this.isOver || withinMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        tell: (up) => {
          clearTimeout(waiter.timer);
          this.#waiters.delete(waiter);
          resolve(up);
        },
        timer: setTimeout(() => waiter.tell(false), withinMs),
      };
      this.#waiters.add(waiter);
    });
  }

  /** The text of the reply; undefined where none came: the connection broke, or `timeoutMs` are over. */
  request(fields: string, timeoutMs = this.#options.requestTimeoutMs): Promise<string | undefined> {
    const frames = this.#frames;
    if (frames === undefined) return Promise.resolve(undefined);
    return ask(frames, fields, timeoutMs).then((reply) => {
      if (reply === undefined && frames.isOpen) void this.#probe(frames);
      return reply;
    });
  }

  close(): void {
    this.#closed = true;
    this.#frames?.close();
    this.#tellAll(false);
    this.#wakeUp?.();
  }

  async #keepUp(): Promise<void> {
    let failures = 0;
    while (!this.isOver) {
      const frames = await this.#connect();
      if (frames === undefined) failures += 1;
      else {
        failures = 0;
        await this.#untilEnded(frames);
      }
      if (this.isOver) break;
      const { backoffMinMs, backoffMaxMs } = this.#options;
      await this.#rest(backoffMs(failures, backoffMinMs, backoffMaxMs));
    }
    this.#tellAll(false);
    if (this.#refused !== undefined) this.#options.onDown();
  }

  async #connect(): Promise<FrameSocket | undefined> {
    const { protocol, WebSocket, openTimeoutMs } = this.#options;
    try {
      const [url, secret] = [await this.#options.url(), await this.#options.secret()];
      const frames = await FrameSocket.open(url, protocol, WebSocket, openTimeoutMs);
      const hello = await this.#hello(frames, secret);
      if (hello === undefined || this.#closed) {
        frames.abandon();
        return undefined;
      }
      this.#frames = frames;
      this.connections += 1;
      frames.onMessage = this.#options.onMessage;
      this.#tellAll(true);
      this.#options.onUp(hello);
      return frames;
    } catch (error) {
      // a ticket or an address that the gateway will not give is final; a network that is away is not
      if (error instanceof PsephosError && error.code.startsWith('AUTH_')) this.#refused = error;
      return undefined;
    }
  }

  async #hello(frames: FrameSocket, secret: Secret): Promise<ReplyOf<'hello'> | undefined> {
    const reply = await ask(
      frames,
      JSON.stringify({ op: 'hello', ...secret }).slice(1, -1),
      this.#options.openTimeoutMs,
    );
    if (reply === undefined) return undefined;
    const answer = JSON.parse(reply) as ReplyOf<'hello'> | Refusal;
    if (answer.ok) return answer;
    this.#refusals += 1;
    const final = 'api_key' in secret || this.#refusals >= REFUSALS_MAX;
    if (!isPassing(answer.error.code) && final) this.#refused = errorOf(answer.error);
    return undefined;
  }

  async #untilEnded(frames: FrameSocket): Promise<void> {
    const sinceMs = performance.now();
    const beat = setInterval(() => {
      if (performance.now() - frames.heardMs >= this.#options.heartbeatMs) void this.#probe(frames);
    }, this.#options.heartbeatMs);
    const reason = await new Promise<string>((resolve) => {
      frames.onClose = (_code, why) => resolve(why);
      if (!frames.isOpen) resolve('');
    });
    clearInterval(beat);
    this.#judge(reason, performance.now() - sinceMs);
    if (this.#frames === frames) this.#frames = undefined;
    this.#options.onDown();
  }

  /**
   * Access that has ended is asked for again, since a role may have changed or a key been rotated: whoever has really lost it
   * is refused then. A gateway that lets in and throws out again and again is not asked for ever.
   */
  #judge(reason: string, lastedMs: number): void {
    if (reason !== ACCESS_ENDED || lastedMs >= LASTING_MS) this.#refusals = 0;
    else {
      this.#refusals += 1;
      if (this.#refusals >= REFUSALS_MAX) this.#refused = errorOf(ENDED);
    }
  }

  /** A half-open connection looks alive and never answers: it is given up, so that a new one can be made. */
  async #probe(frames: FrameSocket): Promise<void> {
    const askedMs = performance.now();
    const answer = await ask(frames, '"op":"ping"', this.#options.requestTimeoutMs);
    if (answer === undefined && frames.isOpen && frames.heardMs < askedMs) frames.abandon();
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tellAll(up: boolean): void {
    for (const waiter of [...this.#waiters]) waiter.tell(up);
  }
}

function ask(frames: FrameSocket, fields: string, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      frames.forget(id);
      resolve(undefined);
    }, timeoutMs);
    const id = frames.request(fields, (reply) => {
      clearTimeout(timer);
      resolve(reply);
    });
  });
}

export function errorOf({ code, message, details }: SocketError): PsephosError {
  return new PsephosError(code, message, details === undefined ? {} : { details });
}
