import { type JobsOptions, Queue, type QueueOptions, Worker, type WorkerOptions, withBackend } from 'bullmq';
import { createJobsBackend } from './jobs-connection.ts';
import { openJobsDatabase } from './jobs-database.ts';
import type { Logger } from './logger.ts';
import { openRedis } from './redis.ts';
import type { JobsPlace } from './settings.ts';

/** What stands in a job beside its id. */
export type JobData = unknown;
export type JobHandler = NonNullable<ConstructorParameters<typeof Worker<JobData, void>>[1]>;

export interface NewJob {
  readonly name: string;
  readonly data: JobData;
  /** the same id again is passed over while the job is there; neither an integer nor with a ':' in it */
  readonly opts: JobsOptions & { readonly jobId: string };
}

/** Where jobs wait: the same classes of BullMQ whatever lies below. */
export interface JobsBackend {
  readonly kind: 'redis' | 'postgres';
  /** jobs a second that leave the hot path most of its rate; null: as many as there are */
  readonly jobsPerSecond: number | null;
  openQueue(name: string): Queue<JobData, void>;
  openWorker(
    name: string,
    handle: JobHandler,
    options: Omit<WorkerOptions, 'connection' | 'prefix'>,
  ): Worker<JobData, void>;
  /** All of them, or it rejects: some may then be there, and are passed over when they are added again. */
  add(queue: Queue<JobData, void>, jobs: readonly NewJob[]): Promise<void>;
  /** after its queues and workers have closed */
  close(): Promise<void>;
}

/** In a cluster every key of BullMQ lies in one slot. */
const REDIS_PREFIX = '{psephos}';
/** Measured beside the hot path: 87 jobs/s leave it 0.85 of its rate, 264 leave 0.78, 1,243 leave 0.44. */
const POSTGRES_JOBS_PER_SECOND = 80;
/** Of each queue and each worker; a worker's LISTEN has one more of its own. */
const CONNECTIONS = 1;

/**
 * Opens where jobs wait: Redis where one is named, else the database. A Redis that is away is waited for until `stopping`.
 * @throws an Error for people: an eviction policy that loses jobs, a pooler, a missing schema or right; the signal's reason
 */
export async function openBackend(
  place: JobsPlace,
  logger: Logger,
  stopping: AbortSignal = new AbortController().signal,
): Promise<JobsBackend> {
  return place.redisUrl === undefined ? openOnPostgres(place, logger) : openOnRedis(place.redisUrl, logger, stopping);
}

async function openOnPostgres(place: JobsPlace, logger: Logger): Promise<JobsBackend> {
  const connectionOf = await openJobsDatabase(place);
  const Classes = withBackend(createJobsBackend);
  const quiet = watchErrors(logger);
  return {
    kind: 'postgres',
    jobsPerSecond: POSTGRES_JOBS_PER_SECOND,
    openQueue: (name) =>
      quiet(
        new Classes.Queue<JobData, void>(name, { connection: connectionOf(CONNECTIONS) }) as unknown as Queue<
          JobData,
          void
        >,
      ),
    openWorker: (name, handle, options) =>
      quiet(
        new Classes.Worker<JobData, void>(
          name,
          handle as never,
          {
            ...options,
            connection: connectionOf(CONNECTIONS),
          } as never,
        ) as unknown as Worker<JobData, void>,
      ),
    // One by one: adding in bulk needs the right to make a sequence, and makes two temporary tables each time
    add: async (queue, jobs) => {
      for (const { name, data, opts } of jobs) await queue.add(name, data, opts);
    },
    close: async () => {},
  };
}

async function openOnRedis(url: string, logger: Logger, stopping: AbortSignal): Promise<JobsBackend> {
  const connection = await openRedis(url, logger, stopping);
  const quiet = watchErrors(logger);
  const options: QueueOptions = { connection, prefix: REDIS_PREFIX };
  return {
    kind: 'redis',
    jobsPerSecond: null,
    openQueue: (name) => quiet(new Queue<JobData, void>(name, options)),
    openWorker: (name, handle, more) => quiet(new Worker<JobData, void>(name, handle, { ...more, ...options })),
    add: async (queue, jobs) => {
      if (jobs.length > 0) await queue.addBulk([...jobs]);
    },
    close: async () => connection.disconnect(),
  };
}

/** BullMQ tells of lost connections by events that end the process where nobody listens; it connects again by itself. */
function watchErrors(logger: Logger) {
  let said = Number.NEGATIVE_INFINITY;
  return <T extends Queue<JobData, void> | Worker<JobData, void>>(opened: T): T => {
    (opened as Queue).on('error', (err: Error) => {
      if (performance.now() - said < ERRORS_EVERY_MS) return;
      said = performance.now();
      logger.warn({ err: { message: err.message }, queue: opened.name }, 'the store of jobs cannot be reached');
    });
    return opened;
  };
}

const ERRORS_EVERY_MS = 5_000;
