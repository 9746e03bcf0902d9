import type { Engine } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import { Sweep } from '../engine/sweep.ts';
import type { Logger } from './logger.ts';
import { MailSender, type MailSettings } from './mail.ts';
import { OutboxNotice } from './outbox.ts';
import { WebhookSender } from './webhooks.ts';

export interface WorkerSettings {
  /** null: mails stay in the queue, to be read on the page /outbox of this machine */
  readonly mail: MailSettings | null;
  /** webhooks may lead to addresses of this machine and of private networks */
  readonly webhookAllowPrivate: boolean;
}

/** What runs beside the gateway. */
export interface Workers {
  /** Work that was begun is finished; before the engine closes. */
  stop(): Promise<void>;
}

/** Starts everything that may wait: mails and webhooks. Several processes may do so at once; each thing is done once. */
export function startWorkers(engine: Engine, settings: WorkerSettings, logger: Logger): Workers {
  const report = (err: unknown) => logger.error({ err }, 'the deliveries could not be tidied');
  const tidyAll = async () => {
    await engine.mails.tidy();
    await engine.webhooks.tidy();
  };
  const tidy = new Sweep(tidyAll, limits.deliveriesTidyMs, report);
  const webhooks = new WebhookSender(engine, { allowPrivate: settings.webhookAllowPrivate }, logger);
  const mails =
    settings.mail === null ? new OutboxNotice(engine, logger) : new MailSender(engine, settings.mail, logger);
  const all = [mails, webhooks, tidy];
  for (const worker of all) worker.start();
  return {
    stop: async () => {
      await Promise.all(all.map((worker) => worker.stop()));
    },
  };
}
