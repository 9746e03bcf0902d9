import type { Outcome } from '../../../engine/index.ts';

/** Topics of meetings and elections come in two: with drafts for whoever prepares or oversees, and from the opening on. */
export const AUDIENCES = ['drafts', 'opened'] as const;
export type Audience = (typeof AUDIENCES)[number];

export interface TopicParts {
  /** as clients write it, e.g. 'tally:0192f0c1-…' */
  readonly name: string;
  readonly orgId: string;
  readonly audience: Audience;
  readonly epoch: string;
  /** sends one text to every subscriber of a key */
  readonly send: (key: string, text: string) => void;
}

/** The key of a topic among those of all organisations, for one audience. */
export function keyOf(orgId: string, name: string, audience: Audience): string {
  return `${orgId} ${name} ${audience}`;
}

/**
 * A topic that somebody watches. What present() gives brings a newcomer to `offset`, and publish() goes on from there:
 * whoever sends the one and subscribes without an await between them misses nothing and gets nothing twice.
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
  readonly #send: TopicParts['send'];

  constructor({ name, orgId, audience, epoch, send }: TopicParts) {
    this.name = name;
    this.key = keyOf(orgId, name, audience);
    this.epoch = epoch;
    this.#send = send;
  }

  /** Log position of the last message: the topic is exact up to it. */
  get offset(): number {
    return this.#offset;
  }

  /** Reads the first state and follows from there. Once, before anything else. */
  abstract start(): Promise<Outcome<null>>;

  /** The messages that bring somebody who holds nothing to `offset`; the first one is a snapshot. */
  abstract present(): readonly string[];

  /** Messages that everyone gets after what present() or missed() gave: what has no place in the log. */
  also(): readonly string[] {
    return [];
  }

  /**
   * JSON of the data of one message with everything after `from` up to `to`; null where a snapshot is shorter or
   * nothing but a snapshot will do.
   */
  abstract missed(from: number, to: number): Promise<string | null>;

  abstract stop(): void;

  /** @param data JSON */
  message(previous: number, data: string): string {
    return `{${this.#head(this.#offset)},"previous":${previous},"data":${data}}`;
  }

  protected begin(offset: number): void {
    this.#offset = offset;
  }

  /** Tells every subscriber. @param data JSON */
  protected publish(offset: number, data: string): void {
    const previous = this.#offset;
    this.#offset = offset;
    this.#send(this.key, this.message(previous, data));
  }

  /** @param state JSON of the whole state at `offset` */
  protected snapshot(offset: number, state: string): string {
    return `{${this.#head(offset)},"snapshot":true,"data":${state}}`;
  }

  #head(offset: number): string {
    return `"topic":"${this.name}","epoch":${JSON.stringify(this.epoch)},"offset":${offset}`;
  }
}
