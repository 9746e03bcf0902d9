import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import type { LaneLimits } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type { RedisRooms } from '../redis/index.ts';
import { Background } from './background.ts';
import { BallotLanes } from './cast.ts';
import { Casts } from './casts.ts';
import { ElectionClock } from './clock.ts';
import { Counting } from './count.ts';
import { type Definition, Definitions } from './definitions.ts';
import { extendElection } from './draft-queries.ts';
import { Drafts } from './drafts.ts';
import type {
  CastReceipt,
  CastRequest,
  ClosedElection,
  Election,
  ElectionChanges,
  ElectionState,
  Extension,
  NewCredential,
  NewElection,
  Opening,
  Participant,
  Participation,
  PublishedBallot,
  Recount,
  TallyFigures,
} from './election.ts';
import { Fallback } from './fallback.ts';
import { Finishing } from './finishing.ts';
import { ballotWith, pageOfBallots } from './published.ts';
import * as queries from './queries.ts';
import { forbidden, NO_ELECTION } from './refusals.ts';
import { Rolls } from './rolls.ts';
import type { ElectionResult } from './rules.ts';
import { Tallies } from './tally.ts';

/** The room of elections: questions, credentials, ballots, tallies, results. */
export class Elections {
  readonly #database: Database;
  readonly #feed: LogFeed;
  readonly #definitions: Definitions;
  readonly #drafts: Drafts;
  readonly #rolls: Rolls;
  readonly #lanes: BallotLanes;
  readonly #tallies: Tallies;
  readonly #counting: Counting;
  readonly #clock: ElectionClock;
  readonly #background: Background;
  readonly #finishing: Finishing;
  readonly #casts: Casts;
  /** ballots that wait in Redis; null: the installation has no such queue */
  readonly fallback: Fallback | null;

  constructor(
    database: Database,
    feed: LogFeed,
    report: (error: unknown) => void,
    laneLimits: Partial<LaneLimits> = {},
    reachable: (yes: boolean) => void = () => {},
    redis: RedisRooms | null = null,
  ) {
    this.#database = database;
    this.#feed = feed;
    this.#background = new Background(report);
    this.#definitions = new Definitions(database, redis?.cache);
    this.#drafts = new Drafts(database, (orgId, electionId) => {
      feed.poke(orgId);
      this.#tallies.touch(electionId);
      this.#background.add(this.#clock.look()); // it may open before the next sweep
    });
    this.#rolls = new Rolls(database);
    this.#lanes = new BallotLanes(database, (orgId) => feed.poke(orgId), laneLimits, reachable);
    const queue = redis?.queue ?? null;
    this.fallback = queue && new Fallback(database, this.#definitions, this.#lanes, queue, report);
    this.#casts = new Casts(database, this.#definitions, this.#lanes, this.fallback);
    this.#tallies = new Tallies(database, this.#definitions, report);
    this.#counting = new Counting(database, this.#tallies, this.#rolls, redis?.cache);
    this.#finishing = new Finishing({
      ...{ definitions: this.#definitions, counting: this.#counting, background: this.#background },
      get: (orgId, electionId) => this.get(orgId, electionId),
      finished: async (orgId, electionId) => {
        feed.poke(orgId);
        await this.fallback?.forget(orgId, electionId);
      },
    });
    const seal = (orgId: string, electionId: string) => this.#finishing.begin(orgId, electionId);
    this.#clock = new ElectionClock(database, (due) => this.#actByClock(due), seal, report);
  }

  create(orgId: string, input: NewElection, actor: string): Promise<Outcome<Election>> {
    return this.#drafts.create(orgId, input, actor);
  }

  /** A draft like another election, in whatever state that is. */
  copy(
    orgId: string,
    electionId: string,
    changes: { readonly title?: string | undefined; readonly meetingId?: string | null | undefined },
    actor: string,
  ): Promise<Outcome<Election>> {
    return this.#drafts.copy(orgId, electionId, changes, actor);
  }

  /** Drafts only. What is left out stays, null takes away. */
  edit(orgId: string, electionId: string, changes: ElectionChanges, actor: string): Promise<Outcome<Election>> {
    return this.#drafts.edit(orgId, electionId, changes, actor);
  }

  /** Drafts only. */
  remove(orgId: string, electionId: string, actor: string): Promise<Outcome<null>> {
    return this.#drafts.remove(orgId, electionId, actor);
  }

  async get(orgId: string, electionId: string): Promise<Outcome<Election>> {
    return guarded(async () => {
      const election = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectElection(tx, orgId, electionId),
      );
      if (election?.state === 'open') this.fallback?.prepare(orgId, electionId); // it may have to be voted in without the database
      return election === undefined ? NO_ELECTION : accept(election);
    });
  }

  /** Newest first. @param query.opened only those that are open or have been */
  async list(
    orgId: string,
    query: { meetingId?: string; opened?: boolean; cursor?: string; limit?: number },
  ): Promise<Outcome<Page<Election>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectElections(tx, orgId, {
          meetingId: query.meetingId ?? null,
          opened: query.opened ?? false,
          cursor: query.cursor ?? null,
          limit: limit + 1,
        }),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.electionId ?? null) : null });
    });
  }

  /**
   * People present, for rules based on them; until the close.
   * @param presentWeight micro-units, where votes weigh differently; null: one vote each
   */
  async setPresent(
    orgId: string,
    electionId: string,
    present: number,
    actor: string,
    presentWeight: bigint | null = null,
  ): Promise<Outcome<Election>> {
    return guarded(async () => {
      const election = await this.#database.management.withOrg(orgId, async (tx) => {
        const done = await queries.updatePresent(tx, orgId, electionId, present, presentWeight, actor);
        const found = await queries.selectElection(tx, orgId, electionId);
        return found && { done, found };
      });
      if (election === undefined) return NO_ELECTION;
      return election.done ? accept(election.found) : forbidden(election.found.state);
    });
  }

  /** Issuing a credential that is there already changes nothing. All or none of a call is written. */
  issue(
    orgId: string,
    electionId: string,
    credentials: readonly NewCredential[],
    _actor: string,
  ): Promise<Outcome<{ issued: number; repeated: number }>> {
    return this.#rolls.issue(orgId, electionId, credentials);
  }

  open(orgId: string, electionId: string, actor: string, opening: Opening = {}): Promise<Outcome<Election>> {
    if (opening.closesAt !== undefined && Number(opening.closesAt) <= Date.now()) {
      const fields = [{ path: 'closes_at', problem: 'is in the past' }] as const;
      return Promise.resolve(refuse('invalid_input', 'A vote cannot close before it opens.', { details: { fields } }));
    }
    return this.#change(orgId, electionId, 'open', null, actor, false, opening);
  }

  /** Later only, and only while it is open. */
  async extend(orgId: string, electionId: string, extension: Extension, actor: string): Promise<Outcome<Election>> {
    return guarded(async () => {
      const answer = await this.#database.management.act((sql) =>
        extendElection(sql, orgId, electionId, extension, actor),
      );
      this.#feed.poke(orgId);
      return answer === 'done' ? this.get(orgId, electionId) : forbidden(answer);
    });
  }

  /**
   * The barrier: when it answers, every ballot is provably in or provably refused. What is queued is waited for first, for a
   * bounded time. The count follows by itself.
   */
  async close(orgId: string, electionId: string, actor: string): Promise<Outcome<ClosedElection>> {
    const left = this.fallback === null ? 0 : await this.fallback.emptied(orgId, electionId);
    const closed = await this.#change(orgId, electionId, 'closed', null, actor);
    if (closed.ok) this.#finishing.begin(orgId, electionId);
    return closed.ok && left !== 0 ? accept({ ...closed.value, queuedOutstanding: left }) : closed;
  }

  async cancel(orgId: string, electionId: string, reason: string, actor: string): Promise<Outcome<Election>> {
    const cancelled = await this.#change(orgId, electionId, 'cancelled', reason, actor);
    if (cancelled.ok) this.#finishing.begin(orgId, electionId);
    return cancelled;
  }

  /** Counts first where that has not been done. */
  async publish(orgId: string, electionId: string, actor: string): Promise<Outcome<Election>> {
    const counted = await this.result(orgId, electionId);
    if (!counted.ok) return counted;
    const published = await this.#change(orgId, electionId, 'published', null, actor);
    // a count may outlast its request: who asks again finds it done
    return published.ok || published.failure.details?.state !== 'published' ? published : this.get(orgId, electionId);
  }

  /** The hot path. Rejects for a bug only. */
  cast(orgId: string, request: CastRequest): Promise<Outcome<CastReceipt>> {
    return this.#casts.cast(orgId, request);
  }

  async tally(orgId: string, electionId: string): Promise<Outcome<TallyFigures>> {
    return this.#withElection(orgId, electionId, async (definition, election) =>
      accept((await this.#tallies.read(definition, election)).figures()),
    );
  }

  /** `listener` gets the present figures at once, then new ones at most 10 times a second until stop(). */
  async watchTally(
    orgId: string,
    electionId: string,
    listener: (figures: TallyFigures) => void,
  ): Promise<Outcome<{ stop(): void }>> {
    return this.#withElection(orgId, electionId, async (definition, election) => {
      // from now on: whatever came before is in the first figures, which are read after this
      const feed = await this.#feed.follow(orgId, null, (entries) => {
        if (entries.some((entry) => entry.topic === electionId)) this.#tallies.touch(electionId);
      });
      try {
        const unwatch = await this.#tallies.watch(definition, election, listener);
        return accept({
          stop: () => {
            feed.stop();
            unwatch();
          },
        });
      } catch (error) {
        feed.stop();
        throw error;
      }
    });
  }

  async result(orgId: string, electionId: string): Promise<Outcome<ElectionResult>> {
    return this.#afterClose(orgId, electionId, async (definition, { state }) =>
      accept(await (state === 'published' ? this.#counting.published(definition) : this.#counting.result(definition))),
    );
  }

  async recount(orgId: string, electionId: string): Promise<Outcome<Recount>> {
    return this.#afterClose(orgId, electionId, async (definition) => accept(await this.#counting.recount(definition)));
  }

  async participation(orgId: string, electionId: string): Promise<Outcome<Participation>> {
    return this.#withElection(orgId, electionId, async () =>
      accept(await this.#rolls.participation(orgId, electionId)),
    );
  }

  /** The roll by name: whether each has voted, never how. */
  participants(
    orgId: string,
    electionId: string,
    query: { readonly voted?: boolean; readonly cursor?: string; readonly limit?: number },
  ): Promise<Outcome<Page<Participant>>> {
    return this.#rolls.participants(orgId, electionId, query);
  }

  /** The published ballots in the order of their tracking codes. */
  async ballots(
    orgId: string,
    electionId: string,
    query: { cursor?: string; limit?: number },
  ): Promise<Outcome<Page<PublishedBallot>>> {
    return this.#published(orgId, electionId, (definition) => pageOfBallots(this.#database, definition, query));
  }

  async ballot(orgId: string, electionId: string, trackingCode: string): Promise<Outcome<PublishedBallot>> {
    return this.#published(orgId, electionId, (definition) => ballotWith(this.#database, definition, trackingCode));
  }

  /** One round of the sweep: opens and closes what is due, seals and counts what a killed process left behind. */
  sweep(): Promise<void> {
    return this.#clock.look();
  }

  /** False where its time has not come. */
  async #actByClock({ orgId, electionId, act }: queries.DueElection): Promise<boolean> {
    const changed = await this.#change(orgId, electionId, act === 'open' ? 'open' : 'closed', null, 'clock', true);
    if (changed.ok && act === 'close') this.#finishing.begin(orgId, electionId);
    return changed.ok || changed.failure.details?.reason !== 'not_due';
  }

  /** Ballots waiting or being written. */
  get depth(): number {
    return this.#lanes.depth;
  }

  /** What went to the database since this process began. */
  get written(): { readonly batches: number; readonly ballots: number } {
    return this.#lanes.written;
  }

  /** Ballots on their way are finished, counts that run as well. */
  async drain(): Promise<void> {
    await this.#lanes.drain();
    this.fallback?.close();
    await this.#background.settled();
    this.#clock.close();
    this.#tallies.close();
  }

  async #change(
    orgId: string,
    electionId: string,
    to: ElectionState,
    reason: string | null,
    actor: string,
    onlyIfDue = false,
    opening: Opening = {},
  ): Promise<Outcome<Election>> {
    return guarded(async () => {
      const answer = await this.#database.management.act(
        (sql) => queries.changeState(sql, orgId, electionId, to, reason, onlyIfDue, actor, opening),
        to === 'open' ? limits.enrolTimeoutMs : limits.managementTimeoutMs,
      );
      this.#feed.poke(orgId);
      if (answer !== 'done') return forbidden(answer);
      this.#tallies.touch(electionId);
      if (to === 'open') this.#background.add(this.#clock.look()); // its close may come before the next sweep
      return this.get(orgId, electionId);
    });
  }

  #withElection<T>(
    orgId: string,
    electionId: string,
    work: (definition: Definition, election: Election) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return guarded(async () => {
      const definition = await this.#definitions.load(orgId, electionId);
      if (definition === undefined) return NO_ELECTION;
      const election = await this.get(orgId, electionId);
      return election.ok ? work(definition, election.value) : election;
    });
  }

  #afterClose<T>(
    orgId: string,
    electionId: string,
    work: (definition: Definition, election: Election) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.#withElection(orgId, electionId, async (definition, election) => {
      const { state } = election;
      if (state === 'draft' || state === 'open') {
        return refuse('conflict', 'There is a result once the vote has closed.', {
          details: { reason: 'no_result_yet', state },
        });
      }
      return state === 'cancelled' ? forbidden(state) : work(definition, election);
    });
  }

  #published<T>(
    orgId: string,
    electionId: string,
    work: (definition: Definition) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.#withElection(orgId, electionId, async (definition, { state }) => {
      if (state === 'cancelled') return forbidden(state); // there will be no list
      return state === 'published'
        ? work(definition)
        : refuse('conflict', 'Ballots can be read once the result is published.', {
            details: { reason: 'not_published', state },
          });
    });
  }
}
