import { LogRun } from './log-run.ts';
import type { FollowingQueue } from './queue.ts';

/** Turns what the log says into deliveries to webhooks. Posting them is workers/webhooks.ts. */
export const webhookEvents: FollowingQueue<LogRun> = {
  name: 'webhooks',
  follows: 'log',
  readsItself: true,
  payload: LogRun,
  concurrency: 4,
  attempts: 10,
  run: (run, { engine }) => engine.webhooks.queueUpTo(run.org_id, run.to),
};
