import { z } from 'zod';
import type { DeadLetter, Engine, TaskState } from '../../engine/index.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import { id } from '../../protocol/text.ts';
import {
  type DeadLetterView,
  deadLetterDone,
  deadLetterPage,
  deadLetterQuery,
  type QueueView,
  queueList,
  type UpkeepTaskView,
  upkeepTaskList,
} from '../../protocol/work.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Background work';
const letterParams = z.strictObject({ letter_id: id });
const listed = { 200: { description: 'By name.', schema: queueList } };
const tasksListed = { 200: { description: 'By name.', schema: upkeepTaskList } };
const page = { 200: { description: 'Newest first.', schema: deadLetterPage } };
const done = { 200: { description: 'It is done.', schema: deadLetterDone } };
const AGAIN =
  'It goes back into its queue within a second and leaves this list; should it fail again, it comes back. Mend the cause first.';
const DROP = 'What the job was to do is not done.';

function viewOf(letter: DeadLetter): DeadLetterView {
  return {
    letter_id: letter.letterId,
    org_id: letter.orgId,
    queue: letter.queue,
    job_id: letter.jobId,
    reason: letter.reason,
    attempts: letter.attempts,
    times: letter.times,
    state: letter.state,
    payload: letter.payload,
    first_failed_at: letter.firstFailedAt.toISOString(),
    failed_at: letter.failedAt.toISOString(),
  };
}

/** @param whole why it failed and what it did speak of the whole installation: for those who run it */
function taskOf({ task, begunAt, endedAt, succeededAt, problem, summary }: TaskState, whole: boolean): UpkeepTaskView {
  return {
    task,
    begun_at: begunAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
    succeeded_at: succeededAt?.toISOString() ?? null,
    failed: problem !== null,
    problem: whole ? problem : null,
    summary: whole ? { ...summary } : null,
  };
}

/** @param whose whose dead letters are counted; null: everybody's */
async function queuesFor({ queues, deadLetters }: Engine, whose: string | null): Promise<Outcome<QueueView[]>> {
  const stats = await queues.stats();
  if (!stats.ok) return stats;
  const counts = await deadLetters.counts(whose);
  if (!counts.ok) return counts;
  return accept(
    stats.value.map(({ queue, waiting, active, delayed, done: finished, failed, oldestAgeMs, ageMs }) => ({
      ...{ queue, waiting, active, delayed, done: finished, failed },
      oldest_age_ms: oldestAgeMs,
      dead_letters: counts.value.get(queue) ?? 0,
      told_ago_ms: Math.round(ageMs),
    })),
  );
}

const queuesReply = (items: QueueView[]) => ({ status: 200, body: { items } });
const tasksReply = (whole: boolean) => (tasks: readonly TaskState[]) => ({
  status: 200,
  body: { items: tasks.map((task) => taskOf(task, whole)) },
});
const pageReply = ({ items, nextCursor }: { items: readonly DeadLetter[]; nextCursor: string | null }) => ({
  status: 200,
  body: { items: items.map(viewOf), next_cursor: nextCursor },
});
const doneReply = ({ letterId }: { letterId: string }) => ({ status: 200, body: { letter_id: letterId } });

/** Administrators of an organisation: how the background work goes, and the own jobs that failed. */
const own = [
  operation({
    id: 'listQueues',
    method: 'get',
    path: '/v1/work/queues',
    tag: TAG,
    summary: 'How the background work goes',
    description: 'Figures of the whole installation; dead letters of your organisation.',
    permission: 'work.manage',
    success: listed,
    failures: ['database_away'],
    handle: async ({ engine, identity }) => replyWith(await queuesFor(engine, identity.orgId), queuesReply),
  }),
  operation({
    id: 'listUpkeepTasks',
    method: 'get',
    path: '/v1/work/tasks',
    tag: TAG,
    summary: 'When upkeep was last done, and how it went',
    description: 'Tasks that are done by the clock, over the whole installation.',
    permission: 'work.manage',
    success: tasksListed,
    failures: ['database_away'],
    handle: async ({ engine }) => replyWith(await engine.upkeepTasks.list(), tasksReply(false)),
  }),
  operation({
    id: 'listDeadLetters',
    method: 'get',
    path: '/v1/work/dead-letters',
    tag: TAG,
    summary: 'List jobs of your organisation that failed for the last time',
    permission: 'work.manage',
    query: deadLetterQuery,
    success: page,
    failures: ['database_away'],
    handle: async ({ engine, identity, query }) =>
      replyWith(await engine.deadLetters.list(identity.orgId, query), pageReply),
  }),
  operation({
    id: 'retryDeadLetter',
    method: 'post',
    path: '/v1/work/dead-letters/{letter_id}/retry',
    tag: TAG,
    summary: 'Run a job that failed again',
    description: AGAIN,
    permission: 'work.manage',
    params: letterParams,
    success: done,
    failures: ['not_found', 'database_away', 'outcome_unknown'],
    handle: async ({ engine, identity, params }) =>
      replyWith(await engine.deadLetters.retry(identity.orgId, params.letter_id), doneReply),
  }),
  operation({
    id: 'dropDeadLetter',
    method: 'delete',
    path: '/v1/work/dead-letters/{letter_id}',
    tag: TAG,
    summary: 'Drop a job that failed',
    description: DROP,
    permission: 'work.manage',
    params: letterParams,
    success: done,
    failures: ['not_found', 'database_away', 'outcome_unknown'],
    handle: async ({ engine, identity, params }) =>
      replyWith(await engine.deadLetters.drop(identity.orgId, params.letter_id), doneReply),
  }),
];

/** Administrators of the platform: the same over all organisations, and of what belongs to none. */
const everybodys = [
  operation({
    id: 'listPlatformQueues',
    method: 'get',
    path: '/v1/platform/work/queues',
    tag: TAG,
    summary: 'How the background work of the platform goes',
    permission: 'work.oversee',
    success: listed,
    failures: ['database_away'],
    handle: async ({ engine }) => replyWith(await queuesFor(engine, null), queuesReply),
  }),
  operation({
    id: 'listPlatformUpkeepTasks',
    method: 'get',
    path: '/v1/platform/work/tasks',
    tag: TAG,
    summary: 'When upkeep was last done, what it did and why it failed',
    permission: 'work.oversee',
    success: tasksListed,
    failures: ['database_away'],
    handle: async ({ engine }) => replyWith(await engine.upkeepTasks.list(), tasksReply(true)),
  }),
  operation({
    id: 'listPlatformDeadLetters',
    method: 'get',
    path: '/v1/platform/work/dead-letters',
    tag: TAG,
    summary: 'List jobs that failed for the last time, of every organisation and of none',
    permission: 'work.oversee',
    query: deadLetterQuery,
    success: page,
    failures: ['database_away'],
    handle: async ({ engine, query }) => replyWith(await engine.deadLetters.list(null, query), pageReply),
  }),
  operation({
    id: 'retryPlatformDeadLetter',
    method: 'post',
    path: '/v1/platform/work/dead-letters/{letter_id}/retry',
    tag: TAG,
    summary: 'Run a job that failed again, whosoever it is',
    description: AGAIN,
    permission: 'work.oversee',
    params: letterParams,
    success: done,
    failures: ['not_found', 'database_away', 'outcome_unknown'],
    handle: async ({ engine, params }) => replyWith(await engine.deadLetters.retry(null, params.letter_id), doneReply),
  }),
  operation({
    id: 'dropPlatformDeadLetter',
    method: 'delete',
    path: '/v1/platform/work/dead-letters/{letter_id}',
    tag: TAG,
    summary: 'Drop a job that failed, whosoever it is',
    description: DROP,
    permission: 'work.oversee',
    params: letterParams,
    success: done,
    failures: ['not_found', 'database_away', 'outcome_unknown'],
    handle: async ({ engine, params }) => replyWith(await engine.deadLetters.drop(null, params.letter_id), doneReply),
  }),
];

export const workOperations: readonly Operation[] = [...own, ...everybodys];
