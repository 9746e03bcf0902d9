import { setTimeout as sleep } from 'node:timers/promises';
import { accept, type Engine, type InboxFigures, type LogEntry, type Outcome, refuse } from '../../../engine/index.ts';
import type { InboxData } from '../../../protocol/notifications.ts';
import type { SocketLimits } from '../limits.ts';
import { Topic, type TopicParts } from './topic.ts';

/** Told when inboxes of an organisation have filled; it does not say whose. */
export const FILLED: LogEntry['kind'] = 'members.notified';
/** Inboxes that are asked for within this time are read in one query, however many watch. */
const GATHER_MS = 20;

const NOTHING: InboxFigures = { unread: 0, newestAt: null };

interface Gathering {
  readonly memberIds: Set<string>;
  readonly found: Promise<Outcome<ReadonlyMap<string, InboxFigures>>>;
}

/** Reads the figures of all watched inboxes of an organisation in one query. */
export class InboxReader {
  readonly #engine: Engine;
  readonly #gathering = new Map<string, Gathering>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async read(orgId: string, memberId: string): Promise<Outcome<InboxFigures>> {
    let gathering = this.#gathering.get(orgId);
    if (gathering === undefined) {
      const memberIds = new Set<string>();
      gathering = { memberIds, found: this.#readAll(orgId, memberIds) };
      this.#gathering.set(orgId, gathering);
    }
    gathering.memberIds.add(memberId);
    const found = await gathering.found;
    return found.ok ? accept(found.value.get(memberId) ?? NOTHING) : found;
  }

  async #readAll(orgId: string, memberIds: ReadonlySet<string>): Promise<Outcome<ReadonlyMap<string, InboxFigures>>> {
    await sleep(GATHER_MS);
    this.#gathering.delete(orgId);
    return this.#engine.notifications.unreadOf(orgId, [...memberIds]);
  }
}

/**
 * How much is unread in one person's inbox, read anew whenever inboxes of the organisation have filled, when the person reads in
 * another tab, and now and then, since that may go through another gateway.
 */
export class InboxTopic extends Topic {
  readonly #read: () => Promise<Outcome<InboxFigures>>;
  readonly #pos: () => number;
  readonly #limits: SocketLimits;
  readonly #report: (error: unknown) => void;
  #figures = NOTHING;
  /** highest position that it was woken for and has not read yet */
  #wokenFor: number | undefined;
  #reading = false;
  #stopped = false;

  constructor(
    parts: TopicParts,
    source: { readonly read: () => Promise<Outcome<InboxFigures>>; readonly pos: () => number },
    limits: SocketLimits,
    report: (error: unknown) => void,
  ) {
    super(parts);
    this.#read = source.read;
    this.#pos = source.pos;
    this.#limits = limits;
    this.#report = report;
  }

  async start(): Promise<Outcome<null>> {
    const pos = this.#pos();
    const figures = await this.#read();
    if (!figures.ok) return refuse(figures.failure.kind, figures.failure.message);
    this.#figures = figures.value;
    this.begin(pos);
    return accept(null);
  }

  /** It may have been read elsewhere, of which the log says nothing. */
  refresh(): void {
    this.wake(this.#pos());
  }

  wake(pos: number): void {
    this.#wokenFor = Math.max(this.#wokenFor ?? this.offset, pos);
    if (this.#reading) return;
    this.#reading = true;
    this.#readOn()
      .catch(this.#report)
      .finally(() => {
        this.#reading = false;
      });
  }

  present(): readonly string[] {
    return [this.snapshot(this.offset, this.#data())];
  }

  /** Each figure replaces the one before. */
  async missed(): Promise<null> {
    return null;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #readOn(): Promise<void> {
    while (this.#wokenFor !== undefined && !this.#stopped) {
      const pos = this.#wokenFor;
      this.#wokenFor = undefined;
      const figures = await this.#read();
      if (!figures.ok) {
        this.#wokenFor ??= pos;
        await sleep(this.#limits.topicRetryMs);
        continue;
      }
      const before = this.#data();
      this.#figures = figures.value;
      if (this.#data() !== before) this.publish(pos, this.#data());
    }
  }

  #data(): string {
    const { unread, newestAt } = this.#figures;
    return JSON.stringify({ unread, newest_at: newestAt?.toISOString() ?? null } satisfies InboxData);
  }
}
