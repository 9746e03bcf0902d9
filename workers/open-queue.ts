import type { Queue } from 'bullmq';
import type { JobData } from './backend.ts';
import type { FollowingQueue } from './queue.ts';

/** A queue, and where its jobs wait. */
export interface OpenQueue {
  readonly definition: FollowingQueue<unknown>;
  readonly queue: Queue<JobData, void>;
}

/** How every job is added: what was done goes at once, what failed stays until the dead letters have it. */
export function jobOptions(attempts: number) {
  return { attempts, backoff: { type: 'jittered' }, removeOnComplete: true, removeOnFail: false } as const;
}
