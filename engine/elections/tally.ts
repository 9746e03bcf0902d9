import { hash } from 'node:crypto';
import { classifyFailure, type Database, isAway } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { Figure } from './counting/method.ts';
import type { Definition, Definitions } from './definitions.ts';
import type { Election, ElectionState, TallyFigures } from './election.ts';
import { countBox, followTally, type TallyStep, takeSnapshot } from './queries.ts';
import { standingOf } from './standing.ts';
import { StandingFacts } from './standing-facts.ts';

export interface Patterns extends ReadonlyMap<string, { count: number; weight: bigint }> {}

/** SHA-256 over patterns in the order of their ballots: equal digests, equal ballots. */
export function digestOf(patterns: Patterns): Buffer {
  const lines = [...patterns].map(([ballot, { count, weight }]) => `${ballot}\u001f${count}\u001f${weight}`).sort();
  return hash('sha256', lines.join('\u001e'), 'buffer');
}

/**
 * The running tally of one election, in memory: patterns (canonical ballot -> how many, what weight) and the figures
 * that they add up to. Starts from the urn's snapshot and follows its batches; never reads a ballot twice.
 */
export class RunningTally {
  readonly #database: Database;
  readonly #redefine: () => Promise<Definition | undefined>;
  readonly #facts: StandingFacts;
  readonly #patterns = new Map<string, { count: number; weight: bigint }>();
  #definition: Definition;
  #figures: Figure[];
  #state: ElectionState;
  #cutPos = 0;
  #counted = 0;
  #weight = 0n;
  #headPos = 0;
  #cast = 0;
  #at: Date;
  #sinceSnapshot = 0;
  #sealed = false;
  #refreshing: Promise<void> | undefined;

  /** @param redefine reads the definition again: that of a draft may have changed until it opens */
  constructor(database: Database, definition: Definition, redefine: () => Promise<Definition | undefined>) {
    this.#database = database;
    this.#definition = definition;
    this.#redefine = redefine;
    this.#facts = new StandingFacts(database, definition.election);
    this.#state = definition.election.state;
    this.#at = definition.election.createdAt;
    this.#figures = definition.contest.options.map(() => ({ count: 0, weight: 0n }));
  }

  get patterns(): Patterns {
    return this.#patterns;
  }

  /** Brings it up to what is committed now. Calls that come meanwhile wait for a further round. Throws the database's errors. */
  async refresh(): Promise<void> {
    while (this.#refreshing !== undefined) await this.#refreshing.catch(() => {});
    this.#refreshing = this.#step().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  figures(): TallyFigures {
    const { election, method, contest } = this.#definition;
    const scale = method.figureScale ?? 1;
    const final = this.#state !== 'draft' && this.#state !== 'open';
    // a vote that was cancelled shows no more than it did before
    const counts = this.#state === 'closed' || this.#state === 'published';
    const shown = counts || election.visibility === 'live';
    const told = counts || election.visibility !== 'hidden';
    return {
      electionId: election.electionId,
      state: this.#state,
      pos: told ? this.#headPos : 0,
      cast: told ? this.#cast : null,
      counted: shown ? this.#counted : 0,
      figure: method.figure,
      options: shown
        ? this.#figures.map((figure, i) => ({
            option: contest.options[i]?.id as string,
            count: figure.count / scale,
            weight: figure.weight / BigInt(scale),
          }))
        : null,
      at: this.#at,
      final,
      standing: this.#standing(told, shown),
    };
  }

  #standing(told: boolean, shown: boolean): TallyFigures['standing'] {
    const { roll, paper } = this.#facts;
    if (this.#state === 'draft' || this.#state === 'cancelled') return null;
    if (this.#state !== 'open' && paper) return null; // the result knows of the ballots on paper
    const patterns = () => [...this.#patterns].map(([ballot, pattern]) => ({ ballot, ...pattern }));
    const counted = shown ? { different: this.#patterns.size, weight: this.#weight, patterns } : null;
    return standingOf(this.#definition, { cast: told ? this.#cast : null, counted, roll, paper });
  }

  async #step(): Promise<void> {
    const { orgId, electionId } = this.#definition.election;
    const step = await this.#database.management.call((sql) => followTally(sql, orgId, electionId, this.#cutPos));
    if (this.#state === 'draft') await this.#define();
    const moved = step.headPos > this.#headPos && this.#counted + step.headSize === this.#cast;
    this.#state = step.state;
    this.#headPos = Math.max(this.#headPos, step.headPos);
    // what moved without a ballot is the election itself: whoever is present, what is on paper
    await this.#facts.refresh(moved);
    if (step.sealed) {
      if (!this.#sealed) await this.#fromBox();
      return;
    }
    this.#add(step);
    this.#cutPos = step.cutPos;
    this.#counted += step.cutSize;
    this.#cast = this.#counted + step.headSize - step.cutSize;
    if (step.at !== null) this.#at = step.at;
    this.#sinceSnapshot += step.cutSize;
    if (this.#sinceSnapshot >= limits.snapshotEveryBallots) {
      this.#sinceSnapshot = 0;
      await this.#database.management.call((sql) => takeSnapshot(sql, orgId, electionId));
    }
  }

  /** After the step was read: what was a draft before it and is open now changes no more. */
  async #define(): Promise<void> {
    const definition = await this.#redefine();
    if (definition === undefined) return;
    this.#definition = definition;
    this.#figures = definition.contest.options.map(() => ({ count: 0, weight: 0n }));
  }

  #add(step: TallyStep): void {
    const { method, contest } = this.#definition;
    for (const pattern of step.patterns) {
      this.#weight += pattern.weight;
      const present = this.#patterns.get(pattern.ballot);
      if (present === undefined) this.#patterns.set(pattern.ballot, { count: pattern.count, weight: pattern.weight });
      else {
        present.count += pattern.count;
        present.weight += pattern.weight;
      }
      method.accumulate(contest, this.#figures, pattern);
    }
  }

  /** The batches are gone: a tally that has not seen them all starts again from the box; one that has, stays. */
  async #fromBox(): Promise<void> {
    const { orgId, electionId } = this.#definition.election;
    const patterns = await this.#database.management.call(
      (sql) => countBox(sql, orgId, electionId),
      limits.countTimeoutMs,
    );
    const size = patterns.reduce((sum, pattern) => sum + pattern.count, 0);
    if (size !== this.#counted) {
      this.#patterns.clear();
      this.#weight = 0n;
      for (const figure of this.#figures) {
        figure.count = 0;
        figure.weight = 0n;
      }
      this.#add({ patterns } as TallyStep);
      this.#counted = size;
    }
    this.#cast = size;
    this.#sealed = true;
  }
}

interface Watched {
  readonly tally: RunningTally;
  readonly listeners: Set<(figures: TallyFigures) => void>;
  dirty: boolean;
  busy: boolean;
  lastMs: number;
  timer: NodeJS.Timeout | undefined;
  shown: string;
}

/** The running tallies that somebody watches, each brought up at most 10 times a second. */
export class Tallies {
  readonly #database: Database;
  readonly #definitions: Definitions;
  readonly #report: (error: unknown) => void;
  readonly #watched = new Map<string, Watched>();

  constructor(database: Database, definitions: Definitions, report: (error: unknown) => void) {
    this.#database = database;
    this.#definitions = definitions;
    this.#report = report;
  }

  /** The tally of an election as it stands: the watched one, or one read for the purpose. Throws the database's errors. */
  async read(definition: Definition, election: Election): Promise<RunningTally> {
    const tally = this.#watched.get(election.electionId)?.tally ?? this.#tallyOf(definition);
    await tally.refresh();
    return tally;
  }

  /** Calls `listener` with the present figures, then whenever they change. Throws the database's errors. */
  async watch(
    definition: Definition,
    election: Election,
    listener: (figures: TallyFigures) => void,
  ): Promise<() => void> {
    const { electionId } = election;
    let watched = this.#watched.get(electionId);
    if (watched === undefined) {
      watched = {
        tally: this.#tallyOf(definition),
        listeners: new Set(),
        dirty: false,
        busy: false,
        lastMs: 0,
        timer: undefined,
        shown: '',
      };
      this.#watched.set(electionId, watched);
    }
    const { listeners, tally } = watched;
    const remove = () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearTimeout(this.#watched.get(electionId)?.timer);
      this.#watched.delete(electionId);
    };
    listeners.add(listener);
    try {
      await tally.refresh();
    } catch (error) {
      remove();
      throw error;
    }
    const figures = tally.figures();
    if (watched.shown === '') watched.shown = textOf(figures);
    listener(figures);
    return remove;
  }

  #tallyOf(definition: Definition): RunningTally {
    const { orgId, electionId } = definition.election;
    return new RunningTally(this.#database, definition, () => this.#definitions.load(orgId, electionId));
  }

  /** The log has told of something about this election. */
  touch(electionId: string): void {
    const watched = this.#watched.get(electionId);
    if (watched === undefined) return;
    watched.dirty = true;
    this.#schedule(electionId, watched);
  }

  close(): void {
    for (const watched of this.#watched.values()) clearTimeout(watched.timer);
    this.#watched.clear();
  }

  #schedule(electionId: string, watched: Watched): void {
    if (watched.timer !== undefined || watched.busy) return;
    const waitMs = Math.max(0, watched.lastMs + limits.tallyIntervalMs - performance.now());
    watched.timer = setTimeout(() => {
      watched.timer = undefined;
      this.#publish(electionId, watched);
    }, waitMs);
  }

  async #publish(electionId: string, watched: Watched): Promise<void> {
    watched.dirty = false;
    watched.busy = true;
    watched.lastMs = performance.now();
    try {
      await watched.tally.refresh();
      const figures = watched.tally.figures();
      const shown = textOf(figures);
      if (shown !== watched.shown) {
        watched.shown = shown;
        for (const listener of watched.listeners) listener(figures);
      }
    } catch (error) {
      if (!isAway(classifyFailure(error))) this.#report(error);
      watched.dirty = true; // the figures stay, and are brought up when the database is back
    } finally {
      watched.busy = false;
    }
    if (watched.dirty && this.#watched.get(electionId) === watched) this.#schedule(electionId, watched);
  }
}

/** Two figures with the same text show the same. */
function textOf({ pos, state, cast, counted }: TallyFigures): string {
  return `${pos} ${state} ${cast} ${counted}`;
}
