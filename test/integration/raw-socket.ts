import { once } from 'node:events';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every shape
type Frame = any;

const PATIENCE_MS = 5_000;

/** A socket without any of the client's manners: sends what it is told, keeps what it gets. */
export class RawSocket {
  readonly frames: Frame[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly socket: WebSocket;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      for (const tell of this.#waiting) tell();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      for (const tell of this.#waiting) tell();
    });
    socket.on('error', () => {});
  }

  static async open(
    port: number,
    options: { origin?: string; headers?: Record<string, string> } = {},
  ): Promise<RawSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, SUBPROTOCOL, options);
    const raw = new RawSocket(socket);
    await once(socket, 'open');
    return raw;
  }

  /** Opened and known. */
  static async as(
    port: number,
    secret: { readonly api_key: string } | { readonly ticket: string },
  ): Promise<RawSocket> {
    const raw = await RawSocket.open(port);
    const reply = await raw.ask({ id: 'hello', op: 'hello', ...secret });
    if (!reply.ok) throw new Error(`hello refused: ${JSON.stringify(reply)}`);
    return raw;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends and gives the reply, while others may ask too. Frames up to it count as taken. */
  async ask(frame: { readonly id: string | number; readonly [field: string]: unknown }): Promise<Frame> {
    const giveUpMs = performance.now() + PATIENCE_MS;
    let from = this.frames.length;
    this.send(frame);
    for (;;) {
      for (; from < this.frames.length; from += 1) {
        if (this.frames[from].id !== frame.id) continue;
        this.#taken = Math.max(this.#taken, from + 1);
        return this.frames[from];
      }
      await this.#wait(giveUpMs);
    }
  }

  /** The next frame not yet taken. */
  next(): Promise<Frame> {
    return this.until(() => true);
  }

  /** The next frame not yet taken that fits; those before it count as taken. Throws after 5 s. */
  async until(fits: (frame: Frame) => boolean): Promise<Frame> {
    const giveUpMs = performance.now() + PATIENCE_MS;
    for (;;) {
      while (this.#taken < this.frames.length) {
        const frame = this.frames[this.#taken];
        this.#taken += 1;
        if (fits(frame)) return frame;
      }
      await this.#wait(giveUpMs);
    }
  }

  async untilClosed(): Promise<number> {
    const giveUpMs = performance.now() + 2 * PATIENCE_MS;
    while (this.closed === undefined) await this.#wait(giveUpMs);
    return this.closed.code;
  }

  close(): void {
    this.socket.terminate();
  }

  #wait(giveUpMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const tell = () => {
        clearTimeout(timer);
        this.#waiting.delete(tell);
        resolve();
      };
      const timer = setTimeout(
        () => {
          this.#waiting.delete(tell);
          reject(new Error(`nothing came; last frames: ${JSON.stringify(this.frames.slice(-3))}`));
        },
        Math.max(0, giveUpMs - performance.now()),
      );
      this.#waiting.add(tell);
    });
  }
}
