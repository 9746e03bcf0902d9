import { z } from 'zod';
import { limits } from '../engine/limits.ts';
import { LogRun, rangeOf } from './log-run.ts';
import type { FollowingQueue } from './queue.ts';

/** What the log says, to those who should know. */
export const notifyLog: FollowingQueue<LogRun> = {
  name: 'notify',
  follows: 'log',
  payload: LogRun,
  concurrency: 2,
  attempts: 10,
  run: (run, { engine }) => engine.notifications.follow(rangeOf(run)),
};

const task = z.strictObject({ task: z.enum(['look', 'tidy']) });

/** What no log row brings: reminders, mails that were held for quiet hours or a daily summary, what a process left behind. */
export const notifySchedules: FollowingQueue<z.infer<typeof task>> = {
  name: 'notify-schedules',
  follows: null,
  payload: task,
  concurrency: 1,
  attempts: 3,
  schedules: [
    { id: 'look', everyMs: limits.notifyEveryMs, payload: { task: 'look' } },
    { id: 'tidy', everyMs: limits.upkeepMs, payload: { task: 'tidy' } },
  ],
  run: ({ task }, { engine, settings }) =>
    task === 'look' ? engine.notifications.look() : engine.notifications.tidy(settings.upkeep?.notificationsKeptMs),
};
