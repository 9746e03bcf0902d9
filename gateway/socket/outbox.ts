import type { Connection, Socket } from './connection.ts';
import type { SocketLimits } from './limits.ts';

/**
 * Replies, sent once per socket and turn of the event loop: the answers of one batch of ballots reach a socket in one
 * write. What a slow reader has not taken waits here up to a bound, then the connection ends.
 */
export class Outbox {
  readonly #limits: SocketLimits;
  #filled: Connection[] = [];
  #scheduled = false;
  #corked: Connection | undefined;
  #sending: readonly string[] = [];

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /** Sends a reply at the end of this turn; nothing if the connection has closed. */
  push(connection: Connection, text: string): void {
    if (connection.socket === undefined) return;
    connection.waiting.push(text);
    connection.waitingBytes += text.length; // nearly all ASCII: a bound needs no exact figure
    if (connection.queued) return;
    connection.queued = true;
    this.#filled.push(connection);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flushAll);
  }

  /** Sends what waits now, as far as the reader takes it. False where something still waits. */
  flush(connection: Connection): boolean {
    const { socket, waiting } = connection;
    if (socket === undefined || waiting.length === 0) return true;
    if (socket.getBufferedAmount() > this.#limits.topicBacklogBytes) {
      // without a close frame: it would stand behind all that is not read
      if (connection.waitingBytes > this.#limits.replyBacklogBytes) socket.close();
      return false;
    }
    connection.waiting = [];
    connection.waitingBytes = 0;
    if (waiting.length === 1) this.#send(connection, socket, waiting, 0);
    else {
      this.#corked = connection;
      this.#sending = waiting;
      socket.cork(this.#sendCorked);
    }
    return connection.waiting.length === 0;
  }

  // one function for all sockets: a closure per flush would be garbage at 20,000 ballots a second
  readonly #sendCorked = (): void => {
    const connection = this.#corked as Connection;
    const texts = this.#sending;
    for (let i = 0; i < texts.length && connection.socket !== undefined; i += 1) {
      if (!this.#send(connection, connection.socket, texts, i)) return;
    }
  };

  /** False where the socket took no more: this reply and those after it wait again. */
  #send(connection: Connection, socket: Socket, texts: readonly string[], i: number): boolean {
    if (socket.send(texts[i] as string) !== DROPPED) return true;
    for (let rest = i; rest < texts.length; rest += 1) {
      connection.waiting.push(texts[rest] as string);
      connection.waitingBytes += (texts[rest] as string).length;
    }
    return false;
  }

  readonly #flushAll = (): void => {
    this.#scheduled = false;
    const filled = this.#filled;
    this.#filled = [];
    for (const connection of filled) {
      connection.queued = false;
      this.flush(connection);
    }
  };
}

/** What send() answers when the backlog is above its bound and the message was not taken. */
export const DROPPED = 2;
