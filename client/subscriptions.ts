import type { EventsData, TopicMessage } from '../protocol/frames/messages.ts';
import type { Refusal, ReplyOf } from '../protocol/frames.ts';
import type { PsephosError } from './errors.ts';
import { errorOf, type Link } from './link.ts';
import { isPassing, retryDelayMs, sleep } from './retry.ts';

export type TopicHandler = (message: TopicMessage) => void;

/** A topic that is watched until stop(), over however many connections. */
export interface Subscription {
  readonly topic: string;
  /** what is held: exact up to this log position of this life of the database */
  readonly epoch: string | undefined;
  readonly offset: number | undefined;
  readonly messages: number;
  readonly snapshots: number;
  /** times that something was missing, noticed by the offsets, and asked for again; 0 = always contiguous */
  readonly gaps: number;
  /** set once the gateway refuses the topic for good, e.g. after a right was taken away */
  readonly refused: PsephosError | undefined;
  stop(): void;
}

class Watch implements Subscription {
  readonly topic: string;
  readonly handlers = new Set<TopicHandler>();
  epoch: string | undefined;
  offset: number | undefined;
  messages = 0;
  snapshots = 0;
  gaps = 0;
  refused: PsephosError | undefined;
  /** a question about it that is on its way */
  asked: Promise<void> | undefined;
  readonly stop: () => void;

  constructor(topic: string, stop: () => void) {
    this.topic = topic;
    this.stop = stop;
  }
}

function isEvents(data: unknown): data is EventsData {
  return typeof data === 'object' && data !== null && Array.isArray((data as Partial<EventsData>).events);
}

/** What a client watches: hands on what is new, drops what it holds already, and asks again when something is missing. */
export class Subscriptions {
  readonly #link: Link;
  readonly #watches = new Map<string, Watch>();

  constructor(link: Link) {
    this.#link = link;
  }

  /** Every handler of a topic gets the whole state first. Resolves with the gateway's refusal, or undefined. */
  async add(topic: string, handler: TopicHandler): Promise<{ watch: Subscription; refused: PsephosError | undefined }> {
    let watch = this.#watches.get(topic);
    if (watch === undefined) {
      watch = new Watch(topic, () => this.#remove(topic));
      this.#watches.set(topic, watch);
    }
    watch.handlers.add(handler);
    await watch.asked; // it asks for what followed; a new handler needs the whole
    watch.epoch = undefined;
    watch.offset = undefined;
    await this.#ask(watch);
    return { watch, refused: watch.refused };
  }

  /** There is a new connection: everything is asked for again, from where it stands. */
  resume(): void {
    for (const watch of this.#watches.values()) void this.#ask(watch);
  }

  take(text: string): void {
    const message = JSON.parse(text) as TopicMessage;
    const watch = this.#watches.get(message.topic);
    // without data it is the reply to a subscribe that was given up for late
    if (watch === undefined || typeof message.offset !== 'number' || message.data === undefined) return;
    if (message.snapshot === true) {
      // of a gateway that lags behind the one we came from: what we hold is newer
      if (message.epoch === watch.epoch && message.offset < (watch.offset ?? 0)) return;
      watch.snapshots += 1;
      this.#deliver(watch, message);
      return;
    }
    const held = watch.offset;
    if (held === undefined || watch.epoch !== message.epoch || (message.previous ?? 0) > held) {
      if (watch.asked !== undefined) return; // what was asked for covers this
      watch.gaps += 1;
      if (watch.epoch !== message.epoch) watch.offset = undefined;
      void this.#ask(watch);
      return;
    }
    if (message.offset < held) return;
    if (!isEvents(message.data)) {
      this.#deliver(watch, message);
      return;
    }
    const { live } = message.data;
    const events = message.data.events.filter(({ pos }) => pos > held);
    if (events.length === 0 && live === undefined && message.offset === held) return;
    this.#deliver(watch, { ...message, data: { ...message.data, events } });
  }

  #deliver(watch: Watch, message: TopicMessage): void {
    watch.messages += 1;
    watch.epoch = message.epoch;
    watch.offset = message.offset;
    for (const handler of watch.handlers) handler(message);
  }

  #ask(watch: Watch): Promise<void> {
    watch.asked ??= this.#askUntilAnswered(watch).finally(() => {
      watch.asked = undefined;
    });
    return watch.asked;
  }

  async #askUntilAnswered(watch: Watch): Promise<void> {
    while (this.#link.isUp && this.#watches.get(watch.topic) === watch) {
      const { topic, epoch, offset } = watch;
      const since = epoch === undefined || offset === undefined ? {} : { epoch, offset };
      const reply = await this.#link.request(JSON.stringify({ op: 'subscribe', topic, ...since }).slice(1, -1));
      if (reply === undefined) continue; // where the connection has ended, resume() asks on the next one
      const answer = JSON.parse(reply) as ReplyOf<'subscribe'> | Refusal;
      if (answer.ok) return;
      if (!isPassing(answer.error.code)) {
        watch.refused = errorOf(answer.error);
        this.#watches.delete(topic);
        return;
      }
      await sleep(retryDelayMs(answer.error.retry_after_ms));
    }
  }

  #remove(topic: string): void {
    if (!this.#watches.delete(topic)) return;
    void this.#link.request(JSON.stringify({ op: 'unsubscribe', topic }).slice(1, -1));
  }
}
