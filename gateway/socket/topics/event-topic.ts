import { accept, type LogEntry, type Outcome } from '../../../engine/index.ts';
import type { TopicEvent } from '../../../protocol/frames/messages.ts';
import type { SocketLimits } from '../limits.ts';
import { Topic, type TopicParts } from './topic.ts';

const BALLOTS = 'election.ballots'; // the tally topic counts them, as far as the visibility allows

export interface EventSource {
  /** the whole state as JSON will have it; read after the events that lead to it */
  read(): Promise<Outcome<unknown>>;
  /** position up to which every event of the organisation has been handed to its topics */
  pos(): number;
  /** up to `limit` log entries after a position that may concern the topic, of others as well */
  entries(afterPos: number, limit: number): Promise<Outcome<readonly LogEntry[]>>;
  concerns(entry: LogEntry): Promise<boolean>;
  report(error: unknown): void;
}

/** A log entry as subscribers see it: without who did it, and without anything that is not listed here. */
export function eventOf({ pos, kind, topic, at, payload }: LogEntry): TopicEvent {
  const { state, reason, title, present } = payload;
  return {
    pos,
    kind,
    subject: topic,
    at: at.toISOString(),
    ...(typeof state === 'string' ? { state: state as NonNullable<TopicEvent['state']> } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof present === 'number' ? { present } : {}),
  };
}

export function isEvent(entry: LogEntry): boolean {
  return entry.kind !== BALLOTS;
}

/** Events of a meeting or an election, gathered so that there are at most 10 messages a second. */
export class EventTopic extends Topic {
  readonly #source: EventSource;
  readonly #limits: SocketLimits;
  #waiting: TopicEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #busy = true;
  #stopped = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(parts: TopicParts, source: EventSource, limits: SocketLimits) {
    super(parts);
    this.#source = source;
    this.#limits = limits;
  }

  async start(): Promise<Outcome<null>> {
    const pos = this.#source.pos();
    const state = await this.#source.read();
    if (!state.ok) return state;
    this.set(pos, JSON.stringify(state.value));
    this.#waiting = this.#waiting.filter((event) => event.pos > pos);
    this.#busy = false;
    this.#schedule(0);
    return accept(null);
  }

  take(event: TopicEvent): void {
    this.#waiting.push(event);
    this.#schedule(this.#lastMs + this.#limits.topicIntervalMs - performance.now());
  }

  async missed(from: number, to: number): Promise<string | null> {
    const limit = this.#limits.resumeMaxEntries;
    const entries = await this.#source.entries(from, limit);
    if (!entries.ok || entries.value.length >= limit) return null;
    const events: TopicEvent[] = [];
    for (const entry of entries.value) {
      if (entry.pos <= to && isEvent(entry) && (await this.#source.concerns(entry))) events.push(eventOf(entry));
    }
    return JSON.stringify({ events });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(afterMs: number): void {
    if (this.#timer !== undefined || this.#busy || this.#stopped || this.#waiting.length === 0) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#flush().catch(this.#source.report);
      },
      Math.max(0, afterMs),
    );
  }

  /** The state is read after the events that it must contain were taken; those that come meanwhile wait their turn. */
  async #flush(): Promise<void> {
    const events = this.#waiting;
    this.#waiting = [];
    this.#busy = true;
    this.#lastMs = performance.now();
    let waitMs: number = this.#limits.topicRetryMs;
    try {
      const state = await this.#source.read();
      if (state.ok && !this.#stopped) {
        waitMs = this.#limits.topicIntervalMs;
        this.publish(events.at(-1)?.pos ?? this.offset, JSON.stringify({ events }), JSON.stringify(state.value));
      } else this.#waiting = [...events, ...this.#waiting];
    } finally {
      this.#busy = false;
    }
    this.#schedule(this.#lastMs + waitMs - performance.now());
  }
}
