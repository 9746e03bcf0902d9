import type { Connection } from './connection.ts';
import type { SocketLimits } from './limits.ts';

const SECOND_MS = 1_000;

/**
 * Pings every connection every 25 s, a part of them each second so that thousands are no burst, and ends those that
 * have not said hello in time. One timer for all: a timer per socket would be most of its memory.
 */
export class Heartbeat {
  readonly #limits: SocketLimits;
  readonly #slots: Set<Connection>[];
  readonly #silent = new Set<Connection>();
  readonly #late: (connection: Connection) => void;
  readonly #timer: NodeJS.Timeout;
  #tick = 0;

  /** @param late called with each connection whose time for hello is over; @param everySecond called once a second */
  constructor(limits: SocketLimits, late: (connection: Connection) => void, everySecond: () => void) {
    this.#limits = limits;
    this.#late = late;
    this.#slots = Array.from({ length: limits.pingSeconds }, () => new Set<Connection>());
    this.#timer = setInterval(() => {
      everySecond();
      this.#beat();
    }, SECOND_MS);
  }

  add(connection: Connection): void {
    this.#slotOf(connection).add(connection);
    this.#silent.add(connection);
  }

  remove(connection: Connection): void {
    this.#slotOf(connection).delete(connection);
    this.#silent.delete(connection);
  }

  /** Every open connection. */
  *all(): Iterable<Connection> {
    for (const slot of this.#slots) yield* slot;
  }

  get size(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.size, 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #slotOf(connection: Connection): Set<Connection> {
    return this.#slots[connection.number % this.#slots.length] as Set<Connection>;
  }

  #beat(): void {
    this.#tick = (this.#tick + 1) % this.#slots.length;
    for (const connection of this.#slots[this.#tick] ?? []) connection.socket?.ping();
    const before = performance.now() - this.#limits.helloMs;
    for (const connection of this.#silent) {
      if (connection.identity === undefined) {
        if (connection.openedAtMs > before) break; // a set keeps the order in which they came
        this.#late(connection);
      }
      this.#silent.delete(connection);
    }
  }
}
