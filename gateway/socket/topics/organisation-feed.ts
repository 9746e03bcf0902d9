import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, LogEntry } from '../../../engine/index.ts';
import type { SocketLimits } from '../limits.ts';
import { type EventTopic, eventOf, isEvent } from './event-topic.ts';
import { FILLED, type InboxTopic } from './inbox-topic.ts';
import { AUDIENCES, keyOf } from './topic.ts';

/** Kinds of entries whose topic is a campaign. */
const OF_CAMPAIGNS = /^(campaign|idea)\./;
/** Kinds of entries whose topic is a meeting; a proxy for all meetings has none, and its own id is nobody's topic. */
const OF_MEETINGS = /^(meeting|agenda|speakers|proxy|proxies)\./;
/** What happens to drafts alone. */
const OF_DRAFTS: readonly string[] = ['election.created', 'election.edited', 'election.deleted'];
/** Elections whose meeting, and whose opening, is remembered; past it the oldest are asked for again. */
const ELECTIONS_KEPT = 2_000;

/** Follows the log of one organisation and hands its events to the topics that are watched: one follow for all. */
export class OrganisationFeed {
  readonly #engine: Engine;
  readonly #orgId: string;
  readonly #limits: SocketLimits;
  readonly #report: (error: unknown) => void;
  /** by key */
  readonly #topics = new Map<string, EventTopic>();
  readonly #inboxes = new Set<InboxTopic>();
  readonly #meetingOf = new Map<string, string | null>();
  /** milliseconds since 1970, of those that have opened */
  readonly #openedAt = new Map<string, number>();
  #pos = 0;
  #follow: Promise<{ stop(): void }> | undefined;
  #delivered: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(engine: Engine, orgId: string, limits: SocketLimits, report: (error: unknown) => void) {
    this.#engine = engine;
    this.#orgId = orgId;
    this.#limits = limits;
    this.#report = report;
  }

  /** Position up to which every event has been handed to its topics. */
  get pos(): number {
    return this.#pos;
  }

  get size(): number {
    return this.#topics.size + this.#inboxes.size;
  }

  /** Throws the database's errors. Later calls share the first one's follow. */
  async start(): Promise<void> {
    this.#follow ??= this.#begin();
    try {
      await this.#follow;
    } catch (error) {
      this.#follow = undefined;
      throw error;
    }
  }

  add(topic: EventTopic): void {
    this.#topics.set(topic.key, topic);
  }

  remove(topic: EventTopic): void {
    if (this.#topics.get(topic.key) === topic) this.#topics.delete(topic.key);
  }

  addInbox(topic: InboxTopic): void {
    this.#inboxes.add(topic);
  }

  removeInbox(topic: InboxTopic): void {
    this.#inboxes.delete(topic);
  }

  /** All at once: they are read in one query. */
  refreshInboxes(): void {
    for (const inbox of this.#inboxes) inbox.refresh();
  }

  stop(): void {
    this.#stopped = true;
    this.#follow?.then(
      (follow) => follow.stop(),
      () => {},
    );
  }

  /** The meeting that an entry belongs to; null for elections outside of meetings. Asks until the database answers. */
  async meetingOf({ topic, kind, payload }: LogEntry): Promise<string | null> {
    if (!kind.startsWith('election.')) return OF_MEETINGS.test(kind) ? topic : null;
    const known = this.#meetingOf.get(topic);
    if (known !== undefined) return known;
    // of one that is gone the log alone still knows its meeting
    if (kind === 'election.created' || kind === 'election.deleted')
      return this.#remember(topic, (payload.meeting as string | undefined) ?? null);
    while (!this.#stopped) {
      const election = await this.#engine.elections.get(this.#orgId, topic);
      if (election.ok) return this.#remember(topic, election.value.meetingId);
      if (election.failure.kind === 'not_found') return this.#remember(topic, null);
      await sleep(this.#limits.topicRetryMs);
    }
    return null;
  }

  /** Tells of an election as it was before it opened, or of one that never will. Asks until the database answers. */
  async isOfDraft({ topic, kind, at }: LogEntry): Promise<boolean> {
    if (!kind.startsWith('election.')) return false;
    if (OF_DRAFTS.includes(kind)) return true;
    const openedAtMs = kind === 'election.opened' ? at.getTime() : await this.#openedAtMs(topic);
    if (openedAtMs === null) return true;
    if (this.#openedAt.size >= ELECTIONS_KEPT) this.#openedAt.delete(this.#openedAt.keys().next().value as string);
    this.#openedAt.set(topic, openedAtMs);
    return at.getTime() < openedAtMs;
  }

  /** Null where it has not opened. */
  async #openedAtMs(electionId: string): Promise<number | null> {
    const known = this.#openedAt.get(electionId);
    if (known !== undefined) return known;
    while (!this.#stopped) {
      const election = await this.#engine.elections.get(this.#orgId, electionId);
      if (election.ok) return election.value.openedAt?.getTime() ?? null;
      if (election.failure.kind === 'not_found') return null;
      await sleep(this.#limits.topicRetryMs);
    }
    return null;
  }

  async #begin(): Promise<{ stop(): void }> {
    const follow = await this.#engine.feed.follow(this.#orgId, null, (entries) => {
      this.#delivered = this.#delivered.then(() => this.#deliver(entries)).catch(this.#report);
    });
    this.#pos = Math.max(this.#pos, follow.pos);
    return follow;
  }

  async #deliver(entries: readonly LogEntry[]): Promise<void> {
    for (const entry of entries) {
      if (entry.kind === FILLED) for (const inbox of this.#inboxes) inbox.wake(entry.pos);
      if (isEvent(entry)) {
        const meeting = this.#watchesMeetings() ? await this.meetingOf(entry) : null;
        await this.#tell(`${OF_CAMPAIGNS.test(entry.kind) ? 'campaign' : 'election'}:${entry.topic}`, entry);
        if (meeting !== null) await this.#tell(`meeting:${meeting}`, entry);
      }
      this.#pos = entry.pos;
    }
  }

  async #tell(name: string, entry: LogEntry): Promise<void> {
    for (const audience of AUDIENCES) {
      const topic = this.#topics.get(keyOf(this.#orgId, name, audience));
      if (topic !== undefined && (audience === 'drafts' || !(await this.isOfDraft(entry)))) topic.take(eventOf(entry));
    }
  }

  #watchesMeetings(): boolean {
    for (const { name } of this.#topics.values()) if (name.startsWith('meeting:')) return true;
    return false;
  }

  #remember(electionId: string, meetingId: string | null): string | null {
    if (this.#meetingOf.size >= ELECTIONS_KEPT) this.#meetingOf.delete(this.#meetingOf.keys().next().value as string);
    this.#meetingOf.set(electionId, meetingId);
    return meetingId;
  }
}
