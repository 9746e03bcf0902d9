import { z } from 'zod';
import { limits } from '../engine/limits.ts';
import { LogRun, rangeOf, WakeUp } from './log-run.ts';
import type { FollowingQueue } from './queue.ts';

/** Batches of ballots and revocations, from the log into the chains. */
export const auditLog: FollowingQueue<LogRun> = {
  name: 'audit-log',
  follows: 'log',
  payload: LogRun,
  concurrency: 2,
  attempts: 10,
  run: async (run, { engine }) => {
    await engine.audit.chain(rangeOf(run));
  },
};

/** What triggers have staged, into the chains. */
export const auditChanges: FollowingQueue<WakeUp> = {
  name: 'audit',
  follows: 'changes',
  payload: WakeUp,
  concurrency: 2,
  attempts: 10,
  run: async ({ org_id: orgId }, { engine }) => {
    await engine.audit.chainChanges(orgId);
  },
};

const upkeep = z.strictObject({ task: z.literal('upkeep') });

/** Partitions ahead, a check of what was appended since the last one, the day's signed heads, months into files. */
export const auditUpkeep: FollowingQueue<z.infer<typeof upkeep>> = {
  name: 'audit-upkeep',
  follows: null,
  payload: upkeep,
  concurrency: 1,
  attempts: 5,
  schedules: [{ id: 'upkeep', everyMs: limits.auditHeadsEveryMs, payload: { task: 'upkeep' } }],
  run: async (_payload, { engine, settings, logger }) => {
    const { headsFolder, archiveFolder, keepMonths } = settings.audit;
    await engine.audit.makePartitions();
    await engine.audit.chainAllChanges();
    for (const { orgId, problem } of await engine.audit.check(headsFolder)) {
      logger.error({ org_id: orgId, seq: problem?.seq }, `an audit chain is broken: ${problem?.message}`);
    }
    await engine.audit.publishHeads(headsFolder);
    await engine.audit.archive(archiveFolder, keepMonths);
  },
};
