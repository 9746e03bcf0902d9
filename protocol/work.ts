import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { id, moment } from './text.ts';

/** What happens in the background: queues of jobs, and jobs that failed for the last time. */

const count = z.int().nonnegative();
const queueName = z
  .string()
  .regex(/^[a-z][a-z-]{0,39}$/, 'is no name of a queue')
  .meta({ description: 'Name of a queue.', example: 'webhooks' });

const queueView = z
  .strictObject({
    queue: queueName,
    waiting: count.meta({ description: 'Jobs that wait for a worker.' }),
    active: count.meta({ description: 'Jobs in work.' }),
    delayed: count.meta({ description: 'Jobs that wait for their time, or for their next attempt.' }),
    oldest_age_ms: count.meta({ description: 'How long the first of the waiting jobs has waited.' }),
    done: count.meta({ description: 'Jobs done since this installation began.' }),
    failed: count.meta({ description: 'Attempts that failed since this installation began.' }),
    dead_letters: count.meta({
      description: 'Jobs given up that wait for a person, as far as the caller may see them.',
    }),
    told_ago_ms: count.meta({ description: 'How old these figures are; more than some seconds: no worker runs.' }),
  })
  .meta({ id: 'WorkQueue' });

export const queueList = z.strictObject({ items: z.array(queueView) }).meta({
  id: 'WorkQueues',
  example: {
    items: [
      {
        ...{ queue: 'webhooks', waiting: 0, active: 1, delayed: 0, oldest_age_ms: 0 },
        ...{ done: 20_117, failed: 3, dead_letters: 0, told_ago_ms: 840 },
      },
    ],
  },
});

const upkeepTaskView = z
  .strictObject({
    task: z.string().meta({ description: 'What is done by the clock.', example: 'backup' }),
    begun_at: moment.meta({ description: 'When it was last begun.' }),
    ended_at: moment
      .nullable()
      .meta({ description: 'When that ended, well or not; null: it is at work, or its process died.' }),
    succeeded_at: moment.nullable().meta({ description: 'When it last ended well; null: never.' }),
    failed: z.boolean().meta({ description: 'Whether the last one failed.' }),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'Why it failed; null: it did not, or the caller does not run the installation.' }),
    summary: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'What it did when it last ended well; null: the caller does not run the installation.' }),
  })
  .meta({ id: 'UpkeepTask' });

export const upkeepTaskList = z.strictObject({ items: z.array(upkeepTaskView) }).meta({
  id: 'UpkeepTasks',
  example: {
    items: [
      {
        ...{ task: 'backup', begun_at: '2026-11-21T02:00:00Z', ended_at: '2026-11-21T02:03:11Z' },
        ...{ succeeded_at: '2026-11-21T02:03:11Z', failed: false, problem: null, summary: null },
      },
    ],
  },
});

export const deadLetterQuery = pageQuery.extend({ queue: queueName.optional() });

const deadLetterView = z
  .strictObject({
    letter_id: id,
    org_id: id.nullable().meta({ description: 'null: of no organisation, or it cannot be told.' }),
    queue: z.string(),
    job_id: z.string(),
    reason: z.string().meta({ description: 'Why it failed the last time.' }),
    attempts: count,
    times: count.meta({ description: 'How often it has come to this.' }),
    state: z.enum(['waiting', 'again']).meta({ description: 'again: it is on its way back into its queue.' }),
    payload: z.unknown().meta({ description: 'What the job carried, without rows of the log.' }),
    first_failed_at: moment,
    failed_at: moment,
  })
  .meta({ id: 'DeadLetter' });

export const deadLetterPage = pageOf(deadLetterView, 'DeadLetterPage');
export const deadLetterDone = z.strictObject({ letter_id: id }).meta({ id: 'DeadLetterDone' });

export type UpkeepTaskView = z.infer<typeof upkeepTaskView>;
export type QueueView = z.infer<typeof queueView>;
export type DeadLetterView = z.infer<typeof deadLetterView>;
