import { z } from 'zod';
import { limits } from '../engine/limits.ts';
import { WakeUp } from './log-run.ts';
import type { FollowingQueue } from './queue.ts';

/** What triggers have noted as changed, into the search; and what a search server has not got yet, to it. */
export const searchChanges: FollowingQueue<WakeUp> = {
  name: 'search',
  follows: 'changes',
  payload: WakeUp,
  concurrency: 2,
  attempts: 10,
  run: async ({ org_id: orgId }, { engine, logger }) => {
    const { serverAway } = await engine.search.catchUp(orgId);
    // no failure: what was not sent waits in the database, and the relay looks again (door.search_dirty_behind)
    if (serverAway) logger.warn({ org_id: orgId }, 'the search server does not answer: PostgreSQL searches meanwhile');
  },
};

const prepare = z.strictObject({ task: z.literal('prepare') });

/** A search server that is new, or has lost its indices, gets them and everything that belongs in them. */
export const searchUpkeep: FollowingQueue<z.infer<typeof prepare>> = {
  name: 'search-upkeep',
  follows: null,
  payload: prepare,
  concurrency: 1,
  attempts: 3,
  schedules: [{ id: 'prepare', everyMs: limits.searchPrepareEveryMs, payload: { task: 'prepare' } }],
  run: async (_payload, { engine, logger }) => {
    if (!(await engine.search.prepare()))
      logger.warn('the search server does not answer: its indices were not looked at');
  },
};
