import { DelayedError, type Job, UnrecoverableError, type Worker } from 'bullmq';
import { z } from 'zod';
import { actAs, isAwayError } from '../engine/index.ts';
import type { JobData, JobsBackend } from './backend.ts';
import { backoffMs } from './backoff.ts';
import { DeadLetterBox } from './dead-letters.ts';
import type { OpenQueue } from './open-queue.ts';
import { type FollowingQueue, type JobContext, TryLater } from './queue.ts';
import { QueueCounts } from './queue-counts.ts';
import { keepSchedules } from './schedules.ts';

/** How soon a job is taken over from a process that died, and how long it waits between attempts. */
export interface RunnerTimes {
  /** a job belongs to its process so long without a sign of life */
  readonly lockMs: number;
  readonly stalledMs: number;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** between attempts that do not count */
  readonly awayMs: number;
}

const RUNNER_TIMES: RunnerTimes = {
  lockMs: 10_000,
  stalledMs: 5_000,
  retryMinMs: 1_000,
  retryMaxMs: 10 * 60_000,
  awayMs: 1_000,
};

/** A job that brings its process down so often goes to the dead letters. */
const STALLED_MAX = 5;
/** When this process stops, jobs have so long to end by themselves, and then so long to heed the signal. */
const STOP_GRACE_MS = 2_000;
const STOP_ABORT_MS = 1_000;

/** Works on every queue: as many jobs of each at a time as it says, those of other processes beside it. */
export class Runner {
  readonly #backend: JobsBackend;
  readonly #context: Omit<JobContext, 'signal'>;
  readonly #times: RunnerTimes;
  readonly #open: readonly OpenQueue[];
  readonly #workers: Worker<JobData, void>[] = [];
  readonly #stopped = new AbortController();
  readonly #deadLetters: DeadLetterBox;
  readonly #counts: QueueCounts;

  constructor(
    backend: JobsBackend,
    definitions: readonly FollowingQueue<unknown>[],
    context: Omit<JobContext, 'signal'>,
    times: Partial<RunnerTimes> = {},
  ) {
    this.#backend = backend;
    this.#context = context;
    this.#times = { ...RUNNER_TIMES, ...times };
    this.#open = definitions.map((definition) => ({ definition, queue: backend.openQueue(definition.name) }));
    this.#deadLetters = new DeadLetterBox(this.#open, context.engine, context.logger);
    this.#counts = new QueueCounts(this.#open, context.engine, context.logger);
  }

  /** For the relay, which adds to them. */
  get queues(): readonly OpenQueue[] {
    return this.#open;
  }

  /** Makes the schedules known and begins to work. */
  async start(): Promise<void> {
    for (const open of this.#open) await keepSchedules(open);
    for (const { definition } of this.#open) this.#workers.push(this.#work(definition));
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()));
    this.#deadLetters.start();
    this.#counts.start();
  }

  /** Takes no further job; what does not end soon is told to, and then left to be run again elsewhere. */
  async stop(): Promise<void> {
    const ended = Promise.all(this.#workers.map((worker) => worker.close()));
    const abort = setTimeout(() => this.#stopped.abort(), STOP_GRACE_MS);
    const leave = setTimeout(() => {
      for (const worker of this.#workers) void worker.close(true);
    }, STOP_GRACE_MS + STOP_ABORT_MS);
    const late = new Promise((resolve) => setTimeout(resolve, STOP_GRACE_MS + 2 * STOP_ABORT_MS).unref());
    await Promise.race([ended, late]);
    clearTimeout(abort);
    clearTimeout(leave);
    await this.#deadLetters.stop();
    await this.#counts.stop();
    await Promise.race([Promise.all(this.#open.map(({ queue }) => queue.close())), late]);
  }

  #work(definition: FollowingQueue<unknown>): Worker<JobData, void> {
    const { lockMs, stalledMs, retryMinMs, retryMaxMs } = this.#times;
    const worker = this.#backend.openWorker(
      definition.name,
      (job: Job<JobData, void>, token?: string) => this.#run(definition, job, token),
      {
        concurrency: definition.concurrency,
        lockDuration: lockMs,
        stalledInterval: stalledMs,
        maxStalledCount: STALLED_MAX,
        settings: { backoffStrategy: (attempts) => backoffMs(attempts, retryMinMs, retryMaxMs) },
      },
    );
    worker.on('completed', () => this.#counts.done(definition.name));
    worker.on('failed', (job, error) => this.#failed(definition, job, error));
    return worker;
  }

  async #run(definition: FollowingQueue<unknown>, job: Job<JobData, void>, token: string | undefined): Promise<void> {
    if (job.name !== definition.name) {
      throw new UnrecoverableError(
        `The queue ${definition.name} knows no job of the name ${JSON.stringify(job.name)}.`,
      );
    }
    const payload = definition.payload.safeParse(job.data);
    if (!payload.success) throw new UnrecoverableError(`The payload is malformed: ${z.prettifyError(payload.error)}`);
    try {
      const acting = { actor: `system:${definition.name}`, origin: '', requestId: '' };
      await actAs(acting, () => definition.run(payload.data, { ...this.#context, signal: this.#stopped.signal }));
    } catch (error) {
      const afterMs = error instanceof TryLater ? error.afterMs : isAwayError(error) ? this.#times.awayMs : null;
      if (afterMs === null) throw error;
      // not this job's fault: the attempt is not counted
      await job.moveToDelayed(Date.now() + Math.round(afterMs * (0.5 + Math.random())), token);
      throw new DelayedError();
    }
  }

  #failed({ name }: FollowingQueue<unknown>, job: Job<JobData, void> | undefined, error: Error): void {
    this.#counts.failed(name);
    const facts = { queue: name, job_id: job?.id, attempt: job?.attemptsMade };
    if (job?.finishedOn === undefined) {
      this.#context.logger.warn({ err: error, ...facts }, 'a job failed and will be tried again');
      return;
    }
    this.#context.logger.error({ err: error, ...facts }, 'a job failed for the last time: see the dead letters');
    this.#deadLetters.look(name);
  }
}
