import type { Outcome } from '../../../engine/index.ts';

export interface TopicParts {
  /** as clients write it, e.g. 'tally:0192f0c1-…' */
  readonly name: string;
  readonly orgId: string;
  readonly epoch: string;
  /** sends one text to every subscriber of a key */
  readonly send: (key: string, text: string) => void;
}

/** The key of a topic among those of all organisations. */
export function keyOf(orgId: string, name: string): string {
  return `${orgId} ${name}`;
}

/**
 * A topic that somebody watches: its state as of the last message, and the messages that follow. State and offset
 * change together in publish(), so that whoever takes the snapshot and subscribes without an await between them
 * misses nothing and gets nothing twice.
 */
export abstract class Topic {
  readonly name: string;
  readonly key: string;
  readonly epoch: string;
  /** subscriptions on their way: the topic stays while they are */
  joining = 0;
  /** since when nobody watches (performance.now); undefined while somebody does */
  unwatchedSinceMs: number | undefined = performance.now();
  #offset = 0;
  #state = 'null';
  readonly #send: TopicParts['send'];

  constructor({ name, orgId, epoch, send }: TopicParts) {
    this.name = name;
    this.key = keyOf(orgId, name);
    this.epoch = epoch;
    this.#send = send;
  }

  /** Log position up to which `snapshot()` is exact: that of the last message. */
  get offset(): number {
    return this.#offset;
  }

  /** Reads the first state and follows from there. Once, before anything else. */
  abstract start(): Promise<Outcome<null>>;

  /**
   * JSON of the data of one message with everything after `from` up to `to`; null where a snapshot is shorter or
   * nothing but a snapshot will do.
   */
  abstract missed(from: number, to: number): Promise<string | null>;

  abstract stop(): void;

  snapshot(): string {
    return `{${this.#head(this.#offset)},"snapshot":true,"data":${this.#state}}`;
  }

  /** @param data JSON */
  message(previous: number, data: string): string {
    return `{${this.#head(this.#offset)},"previous":${previous},"data":${data}}`;
  }

  /** @param state JSON of the whole state at `offset` */
  protected set(offset: number, state: string): void {
    this.#offset = offset;
    this.#state = state;
  }

  /** Moves on to a new state and tells every subscriber. */
  protected publish(offset: number, data: string, state: string): void {
    const previous = this.#offset;
    this.set(offset, state);
    this.#send(this.key, this.message(previous, data));
  }

  #head(offset: number): string {
    return `"topic":"${this.name}","epoch":${JSON.stringify(this.epoch)},"offset":${offset}`;
  }
}
