import type { JobSchedulerJson } from 'bullmq';
import { jobOptions, type OpenQueue } from './open-queue.ts';
import type { Schedule } from './queue.ts';

/**
 * Makes a queue's schedules known, and forgets those of an older version. What is known already is left as it is: its next
 * job is there, and another process may be at work on the last.
 */
export async function keepSchedules({ definition, queue }: OpenQueue): Promise<void> {
  const { name, attempts, schedules = [] } = definition;
  const known = await queue.getJobSchedulers();
  for (const { key } of known) {
    if (schedules.every(({ id }) => id !== key)) await queue.removeJobScheduler(key);
  }
  for (const schedule of schedules) {
    if (known.some((scheduler) => isSame(scheduler, schedule))) continue;
    const { id, everyMs, cron, payload } = schedule;
    const when = cron === undefined ? { every: everyMs ?? 0 } : { pattern: cron, tz: 'UTC' };
    try {
      await queue.upsertJobScheduler(id, when, { name, data: payload, opts: jobOptions(attempts) });
    } catch (error) {
      // another process made it at the same moment
      if ((await queue.getJobScheduler(id)) === undefined) throw error;
    }
  }
}

function isSame(
  { key, every, pattern, template }: JobSchedulerJson,
  { id, everyMs, cron, payload }: Schedule<unknown>,
): boolean {
  const sameTime = cron === undefined ? Number(every) === everyMs : pattern === cron;
  return key === id && sameTime && JSON.stringify(template?.data) === JSON.stringify(payload);
}
