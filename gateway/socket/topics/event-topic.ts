import { accept, type LogEntry, type Outcome } from '../../../engine/index.ts';
import type { TopicEvent } from '../../../protocol/frames/messages.ts';
import type { SocketLimits } from '../limits.ts';
import { Topic, type TopicParts } from './topic.ts';

/** Tally and board count them, as far as the visibility allows. */
const COUNTED: readonly string[] = ['election.ballots', 'campaign.coins'];
/** Of ideas that only their submitter and managers see: that something came in is told, not which. */
const NOT_FOR_ALL: readonly string[] = ['idea.submitted', 'idea.changed', 'idea.rejected'];

export interface EventSource {
  /** the whole state as JSON will have it */
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
  const { state, reason, title, present, closes_at: closesAt, idea, into } = payload;
  return {
    pos,
    kind,
    subject: topic,
    at: at.toISOString(),
    ...(typeof state === 'string' ? { state: state as NonNullable<TopicEvent['state']> } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof present === 'number' ? { present } : {}),
    ...(typeof closesAt === 'string' ? { closes_at: closesAt } : {}),
    ...(typeof idea === 'string' && !NOT_FOR_ALL.includes(kind) ? { idea } : {}),
    ...(typeof into === 'string' ? { into } : {}),
  };
}

export function isEvent(entry: LogEntry): boolean {
  return !COUNTED.includes(entry.kind);
}

/**
 * Events of a meeting, an election or a campaign, gathered so that there are at most 10 messages a second. The state is read at
 * most once a second, however many come and go: a newcomer gets it with the events that came after.
 */
export class EventTopic extends Topic {
  readonly #source: EventSource;
  readonly #limits: SocketLimits;
  /** not told yet */
  #waiting: TopicEvent[] = [];
  /** told, and not in the state */
  #since: TopicEvent[] = [];
  #state = 'null';
  #stateOffset = 0;
  #started = false;
  #stopped = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #flushing: NodeJS.Timeout | undefined;
  #refreshing: NodeJS.Timeout | undefined;

  constructor(parts: TopicParts, source: EventSource, limits: SocketLimits) {
    super(parts);
    this.#source = source;
    this.#limits = limits;
  }

  async start(): Promise<Outcome<null>> {
    const pos = this.#source.pos();
    const state = await this.#source.read();
    if (!state.ok) return state;
    this.begin(pos);
    this.#keep(pos, state.value);
    this.#waiting = this.#waiting.filter((event) => event.pos > pos);
    this.#started = true;
    this.#flushSoon();
    return accept(null);
  }

  take(event: TopicEvent): void {
    this.#waiting.push(event);
    this.#flushSoon();
  }

  present(): readonly string[] {
    const snapshot = this.snapshot(this.#stateOffset, this.#state);
    if (this.#since.length === 0) return [snapshot];
    return [snapshot, this.message(this.#stateOffset, JSON.stringify({ events: this.#since }))];
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
    clearTimeout(this.#flushing);
    clearTimeout(this.#refreshing);
  }

  #flushSoon(): void {
    if (this.#flushing !== undefined || !this.#started || this.#stopped || this.#waiting.length === 0) return;
    const waitMs = this.#lastMs + this.#limits.topicIntervalMs - performance.now();
    this.#flushing = setTimeout(() => this.#flush(), Math.max(0, waitMs));
  }

  #flush(): void {
    this.#flushing = undefined;
    this.#lastMs = performance.now();
    const events = this.#waiting;
    this.#waiting = [];
    this.#since.push(...events);
    this.publish(events.at(-1)?.pos ?? this.offset, JSON.stringify({ events }));
    this.#refreshSoon();
  }

  #refreshSoon(): void {
    if (this.#stopped) return;
    this.#refreshing ??= setTimeout(() => {
      this.#refresh().catch(this.#source.report);
    }, this.#limits.topicStateMs);
  }

  /** What is read now holds at least every event up to `pos`; where it cannot be read, it is asked for again. */
  async #refresh(): Promise<void> {
    const pos = this.offset;
    try {
      const state = await this.#source.read();
      if (state.ok) this.#keep(pos, state.value);
    } finally {
      this.#refreshing = undefined;
      if (this.#since.length > 0) this.#refreshSoon();
    }
  }

  #keep(pos: number, state: unknown): void {
    this.#state = JSON.stringify(state);
    this.#stateOffset = pos;
    this.#since = this.#since.filter((event) => event.pos > pos);
  }
}
