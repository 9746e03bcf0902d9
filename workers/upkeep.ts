import { z } from 'zod';
import type { FollowingQueue, JobContext } from './queue.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** So that two processes whose schedules overlap do a daily or weekly task once, and a repetition by hand is still possible. */
const ONCE_A_DAY_MS = 12 * HOUR_MS;

const UpkeepJob = z.object({
  task: z.enum(['tidy', 'retention', 'snapshots', 'statistics', 'hints', 'backup', 'restore-drill']),
});
type UpkeepJob = z.output<typeof UpkeepJob>;

/** What is done by the clock. Opening and closing votes is not: every engine has a clock for that, to the millisecond. */
export const upkeep: FollowingQueue<UpkeepJob> = {
  name: 'upkeep',
  follows: null,
  payload: UpkeepJob,
  concurrency: 2, // a backup takes long: the short tasks go on beside it
  attempts: 3,
  run: async ({ task }, context) => {
    const done = await TASKS[task](context);
    if (done) context.logger.debug({ task }, 'upkeep was done');
  },
  schedules: [
    { id: 'tidy', everyMs: HOUR_MS, payload: { task: 'tidy' } },
    { id: 'snapshots', everyMs: MINUTE_MS, payload: { task: 'snapshots' } },
    { id: 'statistics', everyMs: 10 * MINUTE_MS, payload: { task: 'statistics' } },
    { id: 'hints', everyMs: 10 * MINUTE_MS, payload: { task: 'hints' } },
    { id: 'backup', cron: '17 2 * * *', payload: { task: 'backup' } },
    { id: 'retention', cron: '37 3 * * *', payload: { task: 'retention' } },
    { id: 'restore-drill', cron: '43 4 * * 0', payload: { task: 'restore-drill' } },
  ],
};

/** Each answers false where another process has done it, or where it is not wanted here. */
const TASKS: Readonly<Record<UpkeepJob['task'], (context: JobContext) => Promise<boolean>>> = {
  tidy: ({ engine }) => engine.upkeepTasks.tidy(HOUR_MS / 2),
  retention: ({ engine, settings }) => engine.upkeepTasks.retention(ONCE_A_DAY_MS, settings.upkeep?.retention),
  snapshots: ({ engine }) => engine.upkeepTasks.snapshots(MINUTE_MS / 2),
  statistics: ({ engine }) => engine.upkeepTasks.statistics(5 * MINUTE_MS),
  hints: tellHints,
  backup: async ({ engine, settings, signal }) => {
    const backups = settings.upkeep?.backups;
    if (backups == null) return false;
    return engine.upkeepTasks.once('backup', ONCE_A_DAY_MS, () => backups.take(signal));
  },
  'restore-drill': async ({ engine, settings, signal }) => {
    const backups = settings.upkeep?.backups;
    if (backups == null) return false;
    return engine.upkeepTasks.once('restore-drill', ONCE_A_DAY_MS, () => backups.drill(signal));
  },
};

async function tellHints({ engine, logger }: JobContext): Promise<boolean> {
  const done = await engine.upkeepTasks.hints(5 * MINUTE_MS);
  if (!done) return false;
  const state = (await engine.upkeepTasks.state()).find(({ task }) => task === 'hints');
  const hints = (state?.summary.hints ?? []) as readonly string[];
  for (const hint of hints) logger.warn({ hint }, 'the database needs attention');
  return true;
}
