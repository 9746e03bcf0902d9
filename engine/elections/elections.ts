import { randomUUID } from 'node:crypto';
import { classifyFailure, type Database, isAway } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import type { LaneLimits } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import { BallotLanes } from './cast.ts';
import { Counting } from './count.ts';
import { completeElection } from './create.ts';
import { type Definition, Definitions } from './definitions.ts';
import type {
  CastReceipt,
  CastRequest,
  Election,
  ElectionState,
  NewCredential,
  NewElection,
  Participation,
  PublishedBallot,
  Recount,
  TallyFigures,
} from './election.ts';
import { ballotWith, pageOfBallots } from './published.ts';
import * as queries from './queries.ts';
import type { ElectionResult } from './rules.ts';
import { Tallies } from './tally.ts';

const CREDENTIAL_BYTES = 32;

const NO_ELECTION = refuse('not_found', 'There is no such election.', { details: { resource: 'election' } });

const FORBIDDEN_CHANGES: Readonly<Record<string, Outcome<never>>> = {
  not_found: NO_ELECTION,
  draft: refuse('not_open', 'This vote is not open yet.', { details: { state: 'draft' } }),
  open: refuse('conflict', 'This vote is open already.', { details: { state: 'open' } }),
  closed: refuse('closed', 'This vote has closed.', { details: { state: 'closed' } }),
  published: refuse('closed', 'This vote has closed and its result is published.', { details: { state: 'published' } }),
  cancelled: refuse('closed', 'This vote was cancelled.', { details: { state: 'cancelled' } }),
  not_due: refuse('conflict', 'It is not time yet.'),
  not_counted: refuse('conflict', 'The ballots are still being counted. Try again in a moment.', {
    retryAfterMs: limits.overloadedRetryMaxMs,
  }),
  closes_in_the_past: refuse('conflict', 'The time at which this vote closes has passed already.'),
};

/** Each holds a connection of the management pool for as long as it takes. */
const COUNTS_AT_ONCE = 2;

/** The room of elections: questions, credentials, ballots, tallies, results. */
export class Elections {
  readonly #database: Database;
  readonly #feed: LogFeed;
  readonly #definitions: Definitions;
  readonly #lanes: BallotLanes;
  readonly #tallies: Tallies;
  readonly #counting: Counting;
  readonly #report: (error: unknown) => void;
  readonly #background = new Set<Promise<unknown>>();
  readonly #finishing = new Set<string>();

  constructor(
    database: Database,
    feed: LogFeed,
    report: (error: unknown) => void,
    laneLimits: Partial<LaneLimits> = {},
    reachable: (yes: boolean) => void = () => {},
  ) {
    this.#database = database;
    this.#feed = feed;
    this.#report = report;
    this.#definitions = new Definitions(database);
    this.#lanes = new BallotLanes(database, (orgId) => feed.poke(orgId), laneLimits, reachable);
    this.#tallies = new Tallies(database, report);
    this.#counting = new Counting(database, this.#tallies);
  }

  async create(orgId: string, input: NewElection, actor: string): Promise<Outcome<Election>> {
    const complete = completeElection(input);
    if (!complete.ok) return complete;
    const electionId = randomUUID();
    return guarded(async () => {
      const election = await this.#database.management.withOrg(orgId, async (tx) => {
        const { meetingId } = complete.value;
        if (meetingId !== null && !(await queries.meetingExists(tx, orgId, meetingId))) return undefined;
        await queries.insertElection(tx, orgId, electionId, complete.value, actor);
        return queries.selectElection(tx, orgId, electionId);
      });
      if (election === undefined)
        return refuse('not_found', 'There is no such meeting.', { details: { resource: 'meeting' } });
      this.#feed.poke(orgId);
      return accept(election);
    });
  }

  async get(orgId: string, electionId: string): Promise<Outcome<Election>> {
    return guarded(async () => {
      const election = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectElection(tx, orgId, electionId),
      );
      return election === undefined ? NO_ELECTION : accept(election);
    });
  }

  /** Newest first. */
  async list(
    orgId: string,
    query: { meetingId?: string; cursor?: string; limit?: number },
  ): Promise<Outcome<Page<Election>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectElections(tx, orgId, {
          meetingId: query.meetingId ?? null,
          cursor: query.cursor ?? null,
          limit: limit + 1,
        }),
      );
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.electionId ?? null) : null });
    });
  }

  /** People present, for rules based on them; until the close. */
  async setPresent(orgId: string, electionId: string, present: number, actor: string): Promise<Outcome<Election>> {
    return guarded(async () => {
      const election = await this.#database.management.withOrg(orgId, async (tx) => {
        const done = await queries.updatePresent(tx, orgId, electionId, present, actor);
        const found = await queries.selectElection(tx, orgId, electionId);
        return found && { done, found };
      });
      if (election === undefined) return NO_ELECTION;
      return election.done ? accept(election.found) : (FORBIDDEN_CHANGES[election.found.state] as Outcome<never>);
    });
  }

  /** Issuing a credential that is there already changes nothing. All or none of a call is written. */
  async issue(
    orgId: string,
    electionId: string,
    credentials: readonly NewCredential[],
    _actor: string,
  ): Promise<Outcome<{ issued: number; repeated: number }>> {
    if (credentials.length > limits.callMaxCredentials) {
      return refuse('invalid_input', `At most ${limits.callMaxCredentials} credentials a call.`, {
        details: { fields: [{ path: 'credentials', problem: `more than ${limits.callMaxCredentials}` }] },
      });
    }
    if (credentials.some(({ credential }) => credential.length !== CREDENTIAL_BYTES)) {
      throw new Error(`a credential is ${CREDENTIAL_BYTES} bytes`);
    }
    const wrong = credentials.findIndex(({ weight }) => weight < 1n || weight > limits.weightMaxMicro);
    if (wrong >= 0) {
      return refuse('invalid_input', 'A weight is more than nothing and at most a million votes.', {
        details: {
          fields: [{ path: `credentials.${wrong}.weight`, problem: 'not above 0 and at most 1000000 votes' }],
        },
      });
    }
    const keys = Buffer.concat(credentials.map(({ credential }) => credential));
    const weights = credentials.map(({ weight }) => weight);
    return guarded(async () => {
      const { issued, refusal } = await this.#database.management.call((sql) =>
        queries.issueCredentials(sql, orgId, electionId, keys, weights, limits.electionMaxCredentials),
      );
      if (refusal === 'not_found') return NO_ELECTION;
      if (refusal === 'ended') return refuse('closed', 'This vote has ended: it takes no further credentials.');
      if (refusal === 'too_many') {
        return refuse(
          'over_quota',
          `An election has at most ${limits.electionMaxCredentials} credentials; nothing was written.`,
        );
      }
      return accept({ issued, repeated: credentials.length - issued });
    });
  }

  open(orgId: string, electionId: string, actor: string): Promise<Outcome<Election>> {
    return this.#change(orgId, electionId, 'open', null, actor);
  }

  /** The barrier: when it answers, every ballot is provably in or provably refused. The count follows by itself. */
  async close(orgId: string, electionId: string, actor: string): Promise<Outcome<Election>> {
    const closed = await this.#change(orgId, electionId, 'closed', null, actor);
    if (closed.ok) this.#countInBackground(orgId, electionId);
    return closed;
  }

  async cancel(orgId: string, electionId: string, reason: string, actor: string): Promise<Outcome<Election>> {
    const cancelled = await this.#change(orgId, electionId, 'cancelled', reason, actor);
    if (cancelled.ok) this.#countInBackground(orgId, electionId);
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
    const definition = this.#definitions.kept(orgId, request.electionId);
    if (definition !== undefined) return this.#lanes.cast(orgId, definition, request);
    return guarded(async () => {
      const loaded = await this.#definitions.load(orgId, request.electionId);
      return loaded === undefined ? NO_ELECTION : this.#lanes.cast(orgId, loaded, request);
    });
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
    return this.#afterClose(orgId, electionId, async (definition) => accept(await this.#counting.result(definition)));
  }

  async recount(orgId: string, electionId: string): Promise<Outcome<Recount>> {
    return this.#afterClose(orgId, electionId, async (definition) => accept(await this.#counting.recount(definition)));
  }

  async participation(orgId: string, electionId: string): Promise<Outcome<Participation>> {
    return this.#withElection(orgId, electionId, async () =>
      accept(await this.#counting.participation(orgId, electionId)),
    );
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
  async sweep(): Promise<void> {
    for (const due of await this.#database.management.call((sql) => queries.dueElections(sql))) {
      const { org_id: orgId, election_id: electionId, act } = due;
      const to = act === 'open' ? 'open' : 'closed';
      const changed = act === 'seal' || (await this.#change(orgId, electionId, to, null, 'clock', true)).ok;
      if (changed && act !== 'open') this.#countInBackground(orgId, electionId);
    }
  }

  /** Ballots waiting or being written. */
  get depth(): number {
    return this.#lanes.depth;
  }

  /** Ballots on their way are finished, counts that run as well. */
  async drain(): Promise<void> {
    await this.#lanes.drain();
    await Promise.allSettled([...this.#background]);
    this.#tallies.close();
  }

  async #finish(orgId: string, electionId: string): Promise<void> {
    const definition = await this.#definitions.load(orgId, electionId);
    if (definition === undefined) return;
    const election = await this.get(orgId, electionId);
    if (!election.ok) return;
    if (election.value.state === 'cancelled') await this.#counting.seal(orgId, electionId);
    else await this.#counting.result(definition);
    this.#feed.poke(orgId);
  }

  /** Beside the sweep, so that a long count holds up no clock; what is left out here the next sweep asks for again. */
  #countInBackground(orgId: string, electionId: string): void {
    if (this.#finishing.has(electionId) || this.#finishing.size >= COUNTS_AT_ONCE) return;
    this.#finishing.add(electionId);
    this.#inBackground(this.#finish(orgId, electionId).finally(() => this.#finishing.delete(electionId)));
  }

  /** A failure here is mended by the next sweep. */
  #inBackground(work: Promise<unknown>): void {
    const guarded = work
      .catch((error) => {
        if (!isAway(classifyFailure(error))) this.#report(error);
      })
      .finally(() => this.#background.delete(guarded));
    this.#background.add(guarded);
  }

  async #change(
    orgId: string,
    electionId: string,
    to: ElectionState,
    reason: string | null,
    actor: string,
    onlyIfDue = false,
  ): Promise<Outcome<Election>> {
    return guarded(async () => {
      const answer = await this.#database.management.call((sql) =>
        queries.changeState(sql, orgId, electionId, to, reason, onlyIfDue, actor),
      );
      this.#feed.poke(orgId);
      if (answer !== 'done') return FORBIDDEN_CHANGES[answer] as Outcome<never>;
      this.#tallies.touch(electionId);
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
    work: (definition: Definition) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.#withElection(orgId, electionId, async (definition, { state }) => {
      if (state === 'draft' || state === 'open') {
        return refuse('conflict', 'There is a result once the vote has closed.', { details: { state } });
      }
      return state === 'cancelled' ? (FORBIDDEN_CHANGES.cancelled as Outcome<never>) : work(definition);
    });
  }

  #published<T>(
    orgId: string,
    electionId: string,
    work: (definition: Definition) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    return this.#withElection(orgId, electionId, async (definition, { state }) =>
      state === 'published'
        ? work(definition)
        : refuse('conflict', 'Ballots can be read once the result is published.', { details: { state } }),
    );
  }
}
