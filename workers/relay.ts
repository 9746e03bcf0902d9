import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, isAwayError, type RelayRound } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import type { JobsBackend } from './backend.ts';
import { againId } from './dead-letters.ts';
import { type LogRun, logRunOf } from './log-run.ts';
import type { Logger } from './logger.ts';
import { jobOptions, type OpenQueue } from './open-queue.ts';

/** Another process relays: whether it still does is asked so often. */
const NOT_OURS_MS = 250;
/** After a failure; the store of jobs, or the database, is away. */
const FAILED_MS = 500;
/** Between two rounds of which the first had as much as it may hold. */
const BUSY_MS = 20;
/** A store that does not answer must not hold the relay's transaction for long. */
const PUBLISH_MS = 3_000;
const REPORT_EVERY_MS = 10_000;

interface MadeJob {
  /** of a dead letter; else the queue's */
  readonly name?: string;
  readonly data: unknown;
  readonly jobId: string;
}

/** Follows every log, and staged changes, and makes them into jobs. Of all processes one does at a time. */
export class RelayLoop {
  readonly #engine: Pick<Engine, 'relay'>;
  readonly #queues: readonly OpenQueue[];
  readonly #backend: Pick<JobsBackend, 'add' | 'jobsPerSecond'>;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #changesDueMs = 0;
  #untakenDueMs = 0;
  /** organisation -> first row that somebody lacked at the last look */
  #lacking: ReadonlyMap<string, number> = new Map();
  readonly #lostMs: number;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #jobs = 0;

  constructor(
    engine: Pick<Engine, 'relay'>,
    queues: readonly OpenQueue[],
    backend: Pick<JobsBackend, 'add' | 'jobsPerSecond'>,
    logger: Logger,
    lostMs: number = limits.relayLostMs,
  ) {
    this.#lostMs = lostMs;
    this.#engine = engine;
    this.#queues = queues;
    this.#backend = backend;
    this.#logger = logger;
  }

  start(): void {
    this.#running = this.#loop();
  }

  /** The round that runs is finished. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const pauseMs = await this.#round();
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Answers how long to wait. */
  async #round(): Promise<number> {
    const startedMs = performance.now();
    const look = { changes: startedMs >= this.#changesDueMs, untaken: startedMs >= this.#untakenDueMs };
    if (look.changes) this.#changesDueMs = startedMs + limits.relayChangesMs;
    if (look.untaken) this.#untakenDueMs = startedMs + this.#lostMs;
    this.#jobs = 0;
    let more: boolean;
    try {
      const result = await this.#engine.relay.round((round) => this.#publish(round, look.untaken), look);
      if (!result.turn) return NOT_OURS_MS;
      more = result.more;
    } catch (err) {
      this.#report(err);
      return FAILED_MS;
    }
    if (this.#jobs === 0) return limits.relayQuietMs;
    const { jobsPerSecond } = this.#backend;
    const fairMs = jobsPerSecond === null ? 0 : (this.#jobs / jobsPerSecond) * 1_000;
    return Math.max(more ? BUSY_MS : limits.relayGatherMs, fairMs - (performance.now() - startedMs));
  }

  async #publish(round: RelayRound, untakenToo: boolean): Promise<void> {
    const lost = untakenToo ? this.#lostOf(round.untaken) : [];
    const runs = [...round.runs, ...lost].map((range) => logRunOf(range)); // once for all queues that carry them
    const added = this.#queues.map(({ definition, queue }) => {
      const jobs = jobsFor(definition, round, runs);
      this.#jobs += jobs.length;
      const options = jobOptions(definition.attempts);
      return this.#backend.add(
        queue,
        jobs.map(({ name = definition.name, data, jobId }) => ({ name, data, opts: { ...options, jobId } })),
      );
    });
    const known = new Set(this.#queues.map(({ definition }) => definition.name));
    const orphans = round.letters.filter(({ queue }) => !known.has(queue));
    if (orphans.length > 0)
      this.#logger.warn(
        { queues: orphans.map(({ queue }) => queue) },
        'dead letters of queues that are no more were dropped',
      );
    await within(Promise.all(added));
  }

  /** Nobody has come further since the last look: the store has lost these jobs. What is merely slow has moved on. */
  #lostOf(untaken: RelayRound['untaken']): RelayRound['untaken'] {
    const before = this.#lacking;
    this.#lacking = new Map(untaken.map(({ orgId, from }) => [orgId, from]));
    return untaken.filter(({ orgId, from }) => before.get(orgId) === from);
  }

  #report(err: unknown): void {
    if (performance.now() - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = performance.now();
    if (isAwayError(err)) this.#logger.warn('the relay cannot reach the database');
    else this.#logger.warn({ err }, 'the relay could not add jobs: it tries again');
  }
}

function jobsFor(
  { name, follows, readsItself }: OpenQueue['definition'],
  round: RelayRound,
  runs: readonly LogRun[],
): MadeJob[] {
  const again = round.letters
    .filter(({ queue }) => queue === name)
    .map(({ jobId, jobName, letterId, payload }) => ({
      name: jobName,
      data: payload,
      jobId: againId(jobId, letterId),
    }));
  if (follows === 'log') {
    const jobs = runs.map((run) => ({
      data: readsItself ? { ...run, rows: [] } : run,
      // with the last position too: a round that was cut off may come again with more rows behind the same first one
      jobId: `${run.org_id}-${run.from}-${run.to}`,
    }));
    return [...jobs, ...again];
  }
  const changes = round.changes
    .filter(({ queue }) => queue === name)
    .map(({ orgId }) => ({ data: { org_id: orgId }, jobId: `${orgId}-changes` }));
  return [...changes, ...again];
}

async function within(work: Promise<unknown>): Promise<void> {
  work.catch(() => {}); // of no interest once it is late: the same jobs are added again
  const timer = new AbortController();
  const late = sleep(PUBLISH_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`the store of jobs did not answer in ${PUBLISH_MS} ms`);
  });
  late.catch(() => {});
  await Promise.race([work, late]).finally(() => timer.abort());
}
