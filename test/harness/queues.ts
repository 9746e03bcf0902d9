import { randomUUID } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import type { Engine } from '../../engine/index.ts';
import { openBackend } from '../../workers/backend.ts';
import type { Logger } from '../../workers/logger.ts';
import { jobOptions } from '../../workers/open-queue.ts';
import type { FollowingQueue } from '../../workers/queue.ts';
import { RelayLoop } from '../../workers/relay.ts';
import { Runner, type RunnerTimes } from '../../workers/runner.ts';
import type { JobsPlace } from '../../workers/settings.ts';

const silent = () => {};
const QUIET: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Haste: what takes seconds in a product takes a blink in a test. */
export const HASTY: RunnerTimes = { lockMs: 1_000, stalledMs: 500, retryMinMs: 20, retryMaxMs: 200, awayMs: 100 };

/** None of these queues writes heads or archives. */
const NO_AUDIT = { headsFolder: '/dev/null', archiveFolder: '/dev/null', keepMonths: 24 };

/** After which a run that nobody has taken in is thought lost. */
const LOST_MS = 500;

export interface RunningQueues {
  /** straight into the store of jobs, past the relay; of any name and payload */
  add(queue: string, name: string, data: unknown, options?: JobsOptions): Promise<void>;
  /** as a stopping process does */
  stop(): Promise<void>;
}

/** The relay and these queues, in this process, as `startWorkers` runs those of the product. */
export async function startQueues(
  engine: Engine,
  jobs: JobsPlace,
  queues: readonly FollowingQueue<unknown>[],
  { times = HASTY, logger = QUIET, relay = true }: { times?: RunnerTimes; logger?: Logger; relay?: boolean } = {},
): Promise<RunningQueues> {
  const backend = await openBackend(jobs, logger);
  const settings = { mail: null, webhookAllowPrivate: true, jobs, audit: NO_AUDIT };
  const runner = new Runner(backend, queues, { engine, settings, logger }, times);
  const loop = new RelayLoop(engine, runner.queues, backend, logger, LOST_MS);
  await runner.start();
  if (relay) loop.start();
  return {
    async add(queue, name, data, options = {}) {
      const found = runner.queues.find(({ definition }) => definition.name === queue);
      if (found === undefined) throw new Error(`there is no queue ${queue}`);
      await found.queue.add(name, data, { ...jobOptions(found.definition.attempts), jobId: randomUUID(), ...options });
    },
    async stop() {
      await loop.stop();
      await runner.stop();
      await backend.close();
    },
  };
}
