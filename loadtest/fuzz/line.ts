import { connect, type Socket } from 'node:net';

/** A plain TCP connection to 127.0.0.1 whose chunks are read by one function at a time. */
export class Line {
  /** resolves once the connection is gone, however that came */
  readonly closed: Promise<void>;
  onChunk: (chunk: Buffer) => void = () => {};
  readonly #socket: Socket;
  #open = true;
  /** whoever waits in until(); not a reaction to `closed`, which would be kept for as long as the connection is */
  #ended: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {}); // resets are usual here: 'close' follows
    socket.on('data', (chunk: Buffer) => this.onChunk(chunk));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#open = false;
        resolve();
        this.#ended();
      });
    });
  }

  /** null where the connection is refused or cut at once: a server that has crashed */
  static async open(port: number): Promise<Line | null> {
    const socket = connect(port, '127.0.0.1');
    const line = new Line(socket);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      void line.closed.then(() => resolve(false));
    });
    return connected ? line : null;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  write(bytes: Buffer | string): void {
    if (this.#open && this.#socket.writable) this.#socket.write(bytes);
  }

  /** Nothing more comes from here; the other side may still answer. */
  end(): void {
    if (this.#open) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Resolves with true when `done` has been called, false when the connection ends or `withinMs` pass before. */
  until(withinMs: number, start: (done: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (reached: boolean) => {
        clearTimeout(timer);
        this.#ended = () => {};
        resolve(reached);
      };
      const timer = setTimeout(() => settle(false), withinMs);
      this.#ended = () => settle(false);
      if (this.#open) start(() => settle(true));
      else settle(false);
    });
  }
}
