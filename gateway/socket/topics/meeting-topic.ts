import type { Outcome } from '../../../engine/index.ts';
import type { TopicEvent } from '../../../protocol/frames/messages.ts';
import type { MeetingLiveView } from '../../../protocol/meetings.ts';
import type { SocketLimits } from '../limits.ts';
import { type EventSource, EventTopic } from './event-topic.ts';
import type { TopicParts } from './topic.ts';

export interface MeetingSource extends EventSource {
  /** the meeting itself, its agenda and its speakers */
  readParts(): Promise<Outcome<MeetingLiveView>>;
  /** who is here, in numbers */
  readPresence(): Promise<Outcome<MeetingLiveView>>;
  /** an election whole */
  readOpened(electionId: string): Promise<Outcome<MeetingLiveView>>;
}

type Part = keyof MeetingLiveView;
const OPENED = 'election.opened';

/**
 * The events of a meeting, and beside them its parts whole: agenda and speakers when something has happened in the meeting,
 * who is here when that has changed, at most once a second, an election when it opens. Thousands of pages then need not ask
 * for them.
 */
export class MeetingTopic extends EventTopic {
  readonly #source: MeetingSource;
  readonly #limits: SocketLimits;
  /** JSON of each part as it was last told */
  readonly #told = new Map<Part, string>();
  #looking: NodeJS.Timeout | undefined;
  #counting: NodeJS.Timeout | undefined;
  #again = false;
  #busy = false;
  #stopped = false;

  constructor(parts: TopicParts, source: MeetingSource, limits: SocketLimits) {
    super(parts, source, limits);
    this.#source = source;
    this.#limits = limits;
  }

  override async start(): Promise<Outcome<null>> {
    const started = await super.start();
    if (!started.ok) return started;
    for (const read of [this.#source.readParts, this.#source.readPresence]) {
      const parts = await read();
      if (!parts.ok) return parts;
      this.#news(parts.value);
    }
    this.#countSoon();
    return started;
  }

  override take(event: TopicEvent): void {
    super.take(event);
    if (event.kind === OPENED) void this.#bring(event.subject);
    // items of the agenda may name an election from its opening on
    if (event.kind === OPENED || !event.kind.startsWith('election.')) this.#lookSoon(this.#limits.topicIntervalMs);
  }

  override also(): readonly string[] {
    return [this.message(this.offset, liveText(this.#told))];
  }

  override stop(): void {
    super.stop();
    this.#stopped = true;
    clearTimeout(this.#looking);
    clearTimeout(this.#counting);
  }

  /** Where it cannot be read now, each page asks for it. */
  async #bring(electionId: string): Promise<void> {
    try {
      const opened = await this.#source.readOpened(electionId);
      if (!opened.ok || this.#stopped) return;
      this.publish(this.offset, liveText(new Map([['elections', JSON.stringify(opened.value.elections)]])));
    } catch (error) {
      this.#source.report(error);
    }
  }

  #lookSoon(afterMs: number): void {
    if (this.#busy) this.#again = true;
    else if (!this.#stopped) this.#looking ??= setTimeout(() => void this.#look(), afterMs);
  }

  async #look(): Promise<void> {
    this.#looking = undefined;
    this.#busy = true;
    this.#again = false;
    const read = await this.#tell(this.#source.readParts);
    this.#busy = false;
    if (!read) this.#lookSoon(this.#limits.topicRetryMs);
    else if (this.#again) this.#lookSoon(this.#limits.topicIntervalMs);
  }

  #countSoon(): void {
    if (this.#stopped) return;
    this.#counting = setTimeout(async () => {
      if (this.unwatchedSinceMs === undefined) await this.#tell(this.#source.readPresence);
      this.#countSoon();
    }, this.#limits.presenceIntervalMs);
  }

  /** False where it could not be read. */
  async #tell(read: () => Promise<Outcome<MeetingLiveView>>): Promise<boolean> {
    try {
      const parts = await read();
      if (!parts.ok || this.#stopped) return parts.ok;
      const news = this.#news(parts.value);
      if (news.size > 0) this.publish(this.offset, liveText(news));
      return true;
    } catch (error) {
      this.#source.report(error);
      return false;
    }
  }

  /** What differs from what was told; it counts as told now. */
  #news(parts: MeetingLiveView): Map<Part, string> {
    const news = new Map<Part, string>();
    for (const [part, value] of Object.entries(parts) as [Part, unknown][]) {
      const text = JSON.stringify(value);
      if (this.#told.get(part) === text) continue;
      this.#told.set(part, text);
      news.set(part, text);
    }
    return news;
  }
}

function liveText(parts: ReadonlyMap<Part, string>): string {
  return `{"events":[],"live":{${[...parts].map(([part, text]) => `"${part}":${text}`).join()}}}`;
}
