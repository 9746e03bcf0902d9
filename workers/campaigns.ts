import { LogRun, rangeOf } from './log-run.ts';
import type { FollowingQueue } from './queue.ts';

/** What the log says of campaigns, into the totals of their ideas and the figures of their analytics. */
export const campaigns: FollowingQueue<LogRun> = {
  name: 'campaigns',
  follows: 'log',
  payload: LogRun,
  concurrency: 2,
  attempts: 10,
  run: (run, { engine }) => engine.campaignStatistics.follow(rangeOf(run)),
};
