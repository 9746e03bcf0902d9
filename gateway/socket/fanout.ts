import { setTimeout as sleep } from 'node:timers/promises';
import { accept, type Engine, type Identity, type LogEntry, type Outcome, refuse } from '../../engine/index.ts';
import type { SubscribeFrame } from '../../protocol/frames/subscribe.ts';
import { partsOfTopic, type TopicKind } from '../../protocol/topics.ts';
import { campaignInReach } from '../auth/campaign-reach.ts';
import { authorise, type Permission, seesDrafts } from '../auth/permissions.ts';
import { electionInReach, meetingInReach } from '../auth/reach.ts';
import type { AnyFailure } from '../errors.ts';
import type { Connection, Socket } from './connection.ts';
import type { SocketLimits } from './limits.ts';
import { DROPPED, type Outbox } from './outbox.ts';
import { replyText } from './replies.ts';
import { BoardTopic } from './topics/board-topic.ts';
import { EventTopic } from './topics/event-topic.ts';
import { InboxReader, InboxTopic } from './topics/inbox-topic.ts';
import { MeetingTopic } from './topics/meeting-topic.ts';
import { OrganisationFeed } from './topics/organisation-feed.ts';
import { TallyTopic } from './topics/tally-topic.ts';
import { AUDIENCES, type Audience, keyOf, type Topic, type TopicParts } from './topics/topic.ts';
import { readCampaign, readElection, readMeeting, readMeetingParts, readOpened, readPresence } from './topics/views.ts';

const PERMISSION: Readonly<Record<TopicKind, Permission>> = {
  meeting: 'meetings.read',
  election: 'elections.read',
  tally: 'tallies.read',
  inbox: 'sockets.connect',
  campaign: 'campaigns.read',
  board: 'campaigns.read',
};

/** Topics that are the same for everyone who may watch them. */
const SAME_FOR_ALL: readonly TopicKind[] = ['tally', 'inbox', 'campaign', 'board'];

/** A topic that moves this often while its past is read is caught up with by a snapshot. */
const REACH_POLL_MS = 10;
const CATCH_UP_ATTEMPTS = 3;

/** The same for an inbox of somebody else's and for one that is not there. */
const NO_INBOX = refuse('not_found', 'There is no such inbox. Watch the one of your own membership.', {
  details: { resource: 'inbox' },
});

interface Opened {
  readonly topic: Topic;
  readonly ready: Promise<Outcome<null>>;
}

export interface FanoutParts {
  readonly engine: Engine;
  readonly limits: SocketLimits;
  readonly outbox: Outbox;
  /** sends one text to every subscriber of a topic's key */
  readonly send: TopicParts['send'];
  readonly report: (error: unknown) => void;
}

function audienceOf(identity: Identity, name: string): Audience {
  const { kind } = partsOfTopic(name);
  return SAME_FOR_ALL.includes(kind) || seesDrafts(identity) ? 'drafts' : 'opened';
}

/** False where the reader has no room: it gets the newest state once it has. */
function sendAll(socket: Socket, texts: readonly string[]): boolean {
  return texts.every((text) => socket.send(text) !== DROPPED);
}

/** Topics and who watches them: one source per topic, one serialisation per message, whoever many listen. */
export class Fanout {
  readonly #parts: FanoutParts;
  readonly #opened = new Map<string, Opened>();
  readonly #feeds = new Map<string, OrganisationFeed>();
  readonly #inboxes: InboxReader;
  #inboxesReadMs = performance.now();
  /** set once somebody watches an inbox */
  #deafen: (() => void) | undefined;

  constructor(parts: FanoutParts) {
    this.#parts = parts;
    this.#inboxes = new InboxReader(parts.engine);
  }

  get size(): number {
    return this.#opened.size;
  }

  /** Replies and sends what was missed, or says why not. */
  async subscribe(connection: Connection, identity: Identity, frame: SubscribeFrame): Promise<AnyFailure | null> {
    const allowed = await this.#check(identity, frame.topic);
    if (!allowed.ok) return allowed.failure;
    const most = this.#parts.limits.topicsPerConnection;
    if ((connection.socket?.getTopics().length ?? 0) >= most) {
      return { kind: 'over_quota', message: `At most ${most} topics a connection. Unsubscribe from others first.` };
    }
    const { topic, ready } = this.#open(identity.orgId, frame.topic, audienceOf(identity, frame.topic));
    topic.joining += 1;
    try {
      const started = await ready;
      if (!started.ok) return started.failure;
      const from = frame.epoch === topic.epoch ? frame.offset : undefined;
      if (topic instanceof TallyTopic || topic instanceof BoardTopic) await this.#reach(topic, from ?? 0);
      let [at, missed] = [topic.offset, null as string | null];
      for (let attempt = 1; from !== undefined && from < topic.offset && attempt <= CATCH_UP_ATTEMPTS; attempt += 1) {
        at = topic.offset;
        missed = await topic.missed(from, at);
        if (missed === null || at === topic.offset) break;
        missed = null; // it moved meanwhile: what was read does not reach to where it stands now
      }
      this.#join(connection, topic, frame, from, missed); // no await since the last look at the offset
      return null;
    } finally {
      topic.joining -= 1;
    }
  }

  /** Another gateway may have told of more than this one has seen yet: figures must not fall for who comes from there. */
  async #reach(topic: Topic, offset: number): Promise<void> {
    const untilMs = performance.now() + this.#parts.limits.topicReachMs;
    while (topic.offset < offset && performance.now() < untilMs) await sleep(REACH_POLL_MS);
  }

  unsubscribe(connection: Connection, identity: Identity, name: string): void {
    connection.socket?.unsubscribe(keyOf(identity.orgId, name, audienceOf(identity, name)));
  }

  /** Sends the newest state of every topic to a reader that was behind and has room again. */
  catchUp(connection: Connection): void {
    const { socket } = connection;
    if (socket === undefined) return;
    connection.behind = false;
    for (const key of socket.getTopics()) {
      const opened = this.#opened.get(key);
      if (opened === undefined) continue;
      if (sendAll(socket, [...opened.topic.present(), ...opened.topic.also()])) continue;
      connection.behind = true;
      return;
    }
  }

  /** uWebSockets.js says how many watch a topic now. */
  watched(key: string, count: number): void {
    const topic = this.#opened.get(key)?.topic;
    if (topic !== undefined) topic.unwatchedSinceMs = count > 0 ? undefined : performance.now();
  }

  /** Ends topics that nobody has watched for a while. */
  sweep(): void {
    const before = performance.now() - this.#parts.limits.topicLingerMs;
    for (const { topic } of this.#opened.values()) {
      if (topic.joining === 0 && (topic.unwatchedSinceMs ?? Number.POSITIVE_INFINITY) < before) this.#close(topic);
    }
    for (const [orgId, feed] of this.#feeds) {
      if (feed.size > 0) continue;
      feed.stop();
      this.#feeds.delete(orgId);
    }
    if (performance.now() - this.#inboxesReadMs < this.#parts.limits.inboxRefreshMs) return;
    this.#inboxesReadMs = performance.now();
    for (const feed of this.#feeds.values()) feed.refreshInboxes();
  }

  stop(): void {
    this.#deafen?.();
    for (const { topic } of this.#opened.values()) topic.stop();
    for (const feed of this.#feeds.values()) feed.stop();
    this.#opened.clear();
    this.#feeds.clear();
  }

  async #check(identity: Identity, name: string): Promise<Outcome<unknown>> {
    const { kind, id } = partsOfTopic(name);
    const allowed = authorise(identity, PERMISSION[kind]);
    if (!allowed.ok) return allowed;
    const { engine } = this.#parts;
    if (kind === 'inbox') return identity.kind === 'account' && identity.memberId === id ? accept(null) : NO_INBOX;
    if (kind === 'campaign' || kind === 'board') return campaignInReach(engine, identity, id);
    return kind === 'meeting' ? meetingInReach(engine, identity, id) : electionInReach(engine, identity, id);
  }

  #join(
    connection: Connection,
    topic: Topic,
    { id }: SubscribeFrame,
    from: number | undefined,
    missed: string | null,
  ): void {
    const { outbox } = this.#parts;
    // figures move without the log: of votes, and of what was read
    const moves = topic instanceof TallyTopic || topic instanceof BoardTopic || topic instanceof InboxTopic;
    const current = from !== undefined && from >= topic.offset && !moves;
    const mode = current ? 'current' : missed === null ? 'snapshot' : 'resumed';
    const fields = `"topic":"${topic.name}","epoch":${JSON.stringify(topic.epoch)},"offset":${topic.offset},"mode":"${mode}"`;
    outbox.push(connection, replyText(id, fields));
    const taken = outbox.flush(connection);
    const { socket } = connection;
    if (socket === undefined) return;
    socket.subscribe(topic.key);
    const texts = missed === null ? topic.present() : [topic.message(from ?? 0, missed)];
    if (!taken || !sendAll(socket, [...(current ? [] : texts), ...topic.also()])) connection.behind = true;
  }

  #open(orgId: string, name: string, audience: Audience): Opened {
    const key = keyOf(orgId, name, audience);
    const present = this.#opened.get(key);
    if (present !== undefined) return present;
    const topic = this.#make(orgId, name, audience);
    const ready = this.#start(orgId, topic).then((outcome) => {
      if (!outcome.ok) this.#close(topic);
      return outcome;
    });
    const opened = { topic, ready };
    this.#opened.set(key, opened);
    return opened;
  }

  async #start(orgId: string, topic: Topic): Promise<Outcome<null>> {
    try {
      if (topic instanceof EventTopic) {
        const feed = this.#feedOf(orgId);
        feed.add(topic);
        await feed.start();
      }
      if (topic instanceof InboxTopic) {
        const feed = this.#feedOf(orgId);
        feed.addInbox(topic);
        this.#deafen ??= this.#parts.engine.notifications.onRead((org, memberId) => this.#readElsewhere(org, memberId));
        await feed.start();
      }
      return await topic.start();
    } catch (error) {
      this.#parts.report(error);
      return refuse('database_away', 'The topic cannot be read at this moment. Subscribe again.');
    }
  }

  #readElsewhere(orgId: string, memberId: string): void {
    const name = `inbox:${memberId}`;
    for (const audience of AUDIENCES) {
      const topic = this.#opened.get(keyOf(orgId, name, audience))?.topic;
      if (topic instanceof InboxTopic) topic.refresh();
    }
  }

  #close(topic: Topic): void {
    topic.stop();
    if (this.#opened.get(topic.key)?.topic === topic) this.#opened.delete(topic.key);
    if (topic instanceof InboxTopic) for (const feed of this.#feeds.values()) feed.removeInbox(topic);
    if (topic instanceof EventTopic) for (const feed of this.#feeds.values()) feed.remove(topic);
  }

  #feedOf(orgId: string): OrganisationFeed {
    let feed = this.#feeds.get(orgId);
    if (feed === undefined) {
      feed = new OrganisationFeed(this.#parts.engine, orgId, this.#parts.limits, this.#parts.report);
      this.#feeds.set(orgId, feed);
    }
    return feed;
  }

  #make(orgId: string, name: string, audience: Audience): Topic {
    const { engine, limits, send, report } = this.#parts;
    const { kind, id } = partsOfTopic(name);
    const parts = { name, orgId, audience, epoch: engine.feed.epoch(), send };
    if (kind === 'tally') return new TallyTopic(parts, engine, id);
    if (kind === 'board') return new BoardTopic(parts, engine, id);
    const feed = this.#feedOf(orgId);
    if (kind === 'inbox') {
      const source = { read: () => this.#inboxes.read(orgId, id), pos: () => feed.pos };
      return new InboxTopic(parts, source, limits, report);
    }
    const shared = { pos: () => feed.pos, report };
    const shown = async (entry: LogEntry) => audience === 'drafts' || !(await feed.isOfDraft(entry));
    if (kind === 'election' || kind === 'campaign') {
      return new EventTopic(
        parts,
        {
          ...shared,
          read: () => (kind === 'election' ? readElection(engine, orgId, id) : readCampaign(engine, orgId, id)),
          entries: (afterPos, limit) => engine.feed.read(orgId, afterPos, limit, id),
          concerns: shown,
        },
        limits,
      );
    }
    return new MeetingTopic(
      parts,
      {
        ...shared,
        read: () => readMeeting(engine, orgId, id, limits.meetingSnapshotElections, audience),
        readParts: () => readMeetingParts(engine, orgId, id, audience),
        readPresence: () => readPresence(engine, orgId, id),
        readOpened: (electionId) => readOpened(engine, orgId, electionId),
        entries: (afterPos, limit) => engine.feed.read(orgId, afterPos, limit),
        concerns: async (entry) => (await feed.meetingOf(entry)) === id && shown(entry),
      },
      limits,
    );
  }
}
