import type { Engine } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import { Sweep } from '../engine/sweep.ts';
import { openBackend } from './backend.ts';
import type { Logger } from './logger.ts';
import { MailSender } from './mail.ts';
import { OutboxNotice } from './outbox.ts';
import { PushSender } from './push.ts';
import type { FollowingQueue } from './queue.ts';
import { queues } from './queues.ts';
import { RelayLoop } from './relay.ts';
import { Runner, type RunnerTimes } from './runner.ts';
import type { WorkerSettings } from './settings.ts';
import { WebhookSender } from './webhooks.ts';

export { startMonitor } from './monitor.ts';
export type { AuditPlace, WorkerSettings } from './settings.ts';

/** What runs beside the gateway. */
export interface Workers {
  /** Work that was begun is finished; before the engine closes. */
  stop(): Promise<void>;
}

export interface WorkerParts {
  /** other queues than the product's, for tests */
  readonly queues?: readonly FollowingQueue<unknown>[];
  readonly times?: Partial<RunnerTimes>;
  /** ends a wait for a Redis that is away: startWorkers then rejects with its reason */
  readonly stopping?: AbortSignal;
}

/**
 * Starts everything that may wait: the relay, the queues, mails and webhooks. Several processes may do so at once; each
 * thing takes effect once. Where jobs lie in a Redis that is away it resolves once that has come; mails, pushes and webhooks go out
 * meanwhile.
 * @throws RedisProblem, JobsDatabaseProblem with what to do
 */
export async function startWorkers(
  engine: Engine,
  settings: WorkerSettings,
  logger: Logger,
  parts: WorkerParts = {},
): Promise<Workers> {
  const senders = startSenders(engine, settings, logger); // they need no queue: links to sign in go out without a Redis
  const backend = await openBackend(settings.jobs, logger, parts.stopping).catch(async (error: unknown) => {
    await senders.stop();
    throw error;
  });
  const runner = new Runner(backend, parts.queues ?? queues, { engine, settings, logger }, parts.times);
  const relay = new RelayLoop(engine, runner.queues, backend, logger);
  await runner.start();
  relay.start();
  settings.upkeep?.logArchive?.start(logger);
  logger.info({ jobs: backend.kind }, 'workers started');
  return {
    stop: async () => {
      await relay.stop();
      await settings.upkeep?.logArchive?.stop();
      await Promise.all([runner.stop(), senders.stop()]);
      await backend.close();
    },
  };
}

/** Good for trying pushes out on one machine: push services want somebody they can write to. */
const NO_CONTACT = 'mailto:nobody@localhost';

/** Mails, pushes and posts to webhooks: their leased tables are the truth, so no job stands for one of them (decision 017). */
export function startSenders(
  engine: Engine,
  settings: Pick<WorkerSettings, 'mail' | 'webhookAllowPrivate' | 'pushContact' | 'upkeep'>,
  logger: Logger,
): Workers {
  const report = (err: unknown) => logger.error({ err }, 'the deliveries could not be tidied');
  const tidyAll = async () => {
    await engine.mails.tidy(settings.upkeep?.deliveriesKeptMs);
    await engine.webhooks.tidy(settings.upkeep?.deliveriesKeptMs);
  };
  const tidy = new Sweep(tidyAll, limits.deliveriesTidyMs, report);
  const webhooks = new WebhookSender(engine, { allowPrivate: settings.webhookAllowPrivate }, logger);
  const push = { contact: settings.pushContact ?? NO_CONTACT, allowPrivate: settings.webhookAllowPrivate };
  const pushes = new PushSender(engine, push, logger);
  const mails =
    settings.mail === null ? new OutboxNotice(engine, logger) : new MailSender(engine, settings.mail, logger);
  const all = [mails, webhooks, pushes, tidy];
  for (const worker of all) worker.start();
  return {
    stop: async () => {
      await Promise.all(all.map((worker) => worker.stop()));
    },
  };
}
