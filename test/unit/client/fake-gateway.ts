import type { SocketConstructor, SocketLike } from '../../../client/frame-socket.ts';

// biome-ignore lint/suspicious/noExplicitAny: frames of every shape
type Frame = any;

/** Answers one frame; null leaves it without an answer, 'cut' ends the connection. */
export type Answer = (frame: Frame, connection: number) => object | null | 'cut';

/** A gateway in memory: what it is sent, and a WebSocket class that leads to it. */
export class FakeGateway {
  readonly frames: Frame[] = [];
  connections = 0;
  /** new connections fail while this is set */
  away = false;
  answer: Answer;
  /** what hello is refused with, while this is set */
  refuseHello: { readonly error: object } | undefined;
  readonly sockets: FakeSocket[] = [];

  constructor(answer: Answer = () => ({})) {
    this.answer = answer;
  }

  get WebSocket(): SocketConstructor {
    const gateway = this;
    return class extends FakeSocket {
      constructor() {
        super(gateway);
      }
    };
  }

  castsOf(): Frame[] {
    return this.frames.filter(({ op }) => op === 'cast');
  }

  /** Sends a message of a topic to every open connection. */
  publish(message: object): void {
    for (const socket of this.sockets) socket.receive(message);
  }

  cut(code = 1006, reason = ''): void {
    for (const socket of [...this.sockets]) socket.end(code, reason);
  }
}

class FakeSocket implements SocketLike {
  readyState = 0;
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  onerror: SocketLike['onerror'] = null;
  readonly #gateway: FakeGateway;
  readonly #number: number;

  constructor(gateway: FakeGateway) {
    this.#gateway = gateway;
    gateway.connections += 1;
    this.#number = gateway.connections;
    queueMicrotask(() => {
      if (gateway.away) return this.end(1006);
      this.readyState = 1;
      gateway.sockets.push(this);
      (this.onopen as unknown as () => void)?.();
    });
  }

  send(text: string): void {
    const frame = JSON.parse(text);
    this.#gateway.frames.push(frame);
    const hello = {
      org_id: 'o',
      roles: [],
      meeting_id: null,
      heartbeat_ms: 25_000,
      server_time: '2026-11-21T18:00:00.000Z',
      max_in_work: 1_000,
    };
    const answer =
      frame.op === 'hello' ? (this.#gateway.refuseHello ?? hello) : this.#gateway.answer(frame, this.#number);
    queueMicrotask(() => {
      if (answer === 'cut') this.end(1006);
      else if (answer !== null) this.receive({ id: frame.id, ok: !('error' in answer), ...answer });
    });
  }

  receive(message: object): void {
    if (this.readyState === 1) {
      (this.onmessage as unknown as (event: object) => void)?.({ data: JSON.stringify(message) });
    }
  }

  close(): void {
    this.end(1000);
  }

  end(code: number, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#gateway.sockets.splice(this.#gateway.sockets.indexOf(this), 1);
    (this.onclose as unknown as (event: object) => void)?.({ code, reason });
  }
}
