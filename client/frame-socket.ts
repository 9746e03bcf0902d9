/** The part of a WebSocket that is used here: the browser's, Node's own, or that of the package `ws`. */
export interface SocketLike {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown } & never) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string } & never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** `ws` only: ends the connection without waiting for the other side */
  terminate?(): void;
}
export type SocketConstructor = new (url: string, protocols: string) => SocketLike;

/** Called once: with the reply's text, or undefined when the connection ended before it came. */
export type Settle = (reply: string | undefined) => void;

const OPEN = 1;
const GOODBYE_MS = 1_000;
const ID_START = '{"id":'.length;
const DIGIT_0 = 48;
const COMMA = 44;

/**
 * One connection that speaks frames: requests by number, replies to whoever asked, everything else to `onMessage`.
 * Text in, text out, nothing parsed that need not be: a load generator drives many voters through one of these.
 * It neither reconnects nor retries; PsephosClient does.
 */
export class FrameSocket {
  /** when anything came last (performance.now) */
  heardMs = performance.now();
  onMessage: (text: string) => void = () => {};
  onClose: (code: number, reason: string) => void = () => {};
  readonly #socket: SocketLike;
  readonly #waiting = new Map<number, Settle>();
  #lastId = 0;
  #ended = false;
  #goodbye: ReturnType<typeof setTimeout> | undefined;

  private constructor(socket: SocketLike) {
    this.#socket = socket;
    const listened = socket as unknown as {
      onmessage: (event: { readonly data: unknown }) => void;
      onclose: (event: { readonly code: number; readonly reason: string }) => void;
    };
    listened.onmessage = (event) => this.#take(event.data as string);
    listened.onclose = (event) => this.#end(event.code, event.reason);
    socket.onerror = () => {};
  }

  /** Rejects with an Error when the connection cannot be had within `timeoutMs`. */
  static open(url: string, protocol: string, make: SocketConstructor, timeoutMs: number): Promise<FrameSocket> {
    return new Promise((resolve, reject) => {
      const socket = new make(url, protocol);
      const frames = new FrameSocket(socket);
      const failed = (why: string) => {
        clearTimeout(timer);
        frames.onClose = () => {};
        frames.abandon();
        reject(new Error(`no connection to ${url}: ${why}`));
      };
      const timer = setTimeout(() => failed(`none within ${timeoutMs} ms`), timeoutMs);
      frames.onClose = (code) => failed(`closed with ${code}`);
      socket.onopen = () => {
        clearTimeout(timer);
        frames.onClose = () => {};
        resolve(frames);
      };
    });
  }

  /** Requests that wait for their reply. */
  get inWork(): number {
    return this.#waiting.size;
  }

  get isOpen(): boolean {
    return !this.#ended && this.#socket.readyState === OPEN;
  }

  /**
   * Sends a request. @param fields JSON of its fields without braces and without id, e.g. '"op":"ping"'
   * Settles with undefined at once where the connection has ended.
   */
  request(fields: string, settle: Settle): number {
    this.#lastId += 1;
    const id = this.#lastId;
    if (!this.isOpen) {
      settle(undefined);
      return id;
    }
    this.#waiting.set(id, settle);
    this.#socket.send(`{"id":${id},${fields}}`);
    return id;
  }

  /** Nobody waits for this reply any more; it is passed over when it comes. */
  forget(id: number): void {
    this.#waiting.delete(id);
  }

  /** Says goodbye; where no goodbye comes back in time, the connection ends all the same. */
  close(): void {
    this.#socket.close(1000);
    this.#goodbye ??= setTimeout(() => this.abandon(), GOODBYE_MS);
  }

  /** Ends the connection here and now: the other side may be unable to answer a close. */
  abandon(): void {
    this.#socket.onopen = null;
    if (this.#socket.terminate === undefined) this.#socket.close();
    else this.#socket.terminate();
    this.#end(1006, 'abandoned');
  }

  #take(text: string): void {
    this.heardMs = performance.now();
    // replies begin with their id; what begins otherwise, or with id null, is for nobody in particular
    let id = 0;
    let at = ID_START;
    for (; at < text.length; at += 1) {
      const digit = text.charCodeAt(at) - DIGIT_0;
      if (digit < 0 || digit > 9) break;
      id = id * 10 + digit;
    }
    const settle = text.charCodeAt(at) === COMMA && text.startsWith('{"id":') ? this.#waiting.get(id) : undefined;
    if (settle === undefined) {
      this.onMessage(text);
      return;
    }
    this.#waiting.delete(id);
    settle(text);
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#goodbye);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settle of waiting) settle(undefined);
    this.onClose(code, reason);
  }
}

/** True for the text of a reply to a request that was carried out. */
export function isAccepted(reply: string): boolean {
  return reply.startsWith('"ok":true', reply.indexOf(',') + 1);
}

/** The fields of a cast frame, to be made before the clock runs. `ballotJson`: the ballot as JSON. */
export function castFields(
  election: string,
  ballotJson: string,
  castKey: string,
  credential?: string,
  onBehalfOf?: string,
): string {
  const token = credential === undefined ? '' : `"credential":${JSON.stringify(credential)},`;
  const grantor = onBehalfOf === undefined ? '' : `"on_behalf_of":${JSON.stringify(onBehalfOf)},`;
  return `"op":"cast","election":"${election}",${token}${grantor}"ballot":${ballotJson},"cast_key":"${castKey}"`;
}
