import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openDatabase } from '../../engine/db/index.ts';
import { consumeRun } from '../../engine/jobs/index.ts';
import { LogRun, rangeOf, WakeUp } from '../../workers/log-run.ts';
import type { FollowingQueue } from '../../workers/queue.ts';

/** Tables in which the test's queues leave what they did; made by `makeTraces`. */
export const MAKE_TRACES = `
  CREATE TABLE app.taken (org_id uuid NOT NULL, pos bigint NOT NULL, seq bigint GENERATED ALWAYS AS IDENTITY);
  CREATE TABLE app.traces (id text NOT NULL, pid integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
  GRANT ALL ON app.taken, app.traces TO psephos_app;`;

/** What a plain job of the tests is told to do. */
const Errand = z.strictObject({
  id: z.string(),
  /** fails until it has left so many traces */
  failures: z.number().default(0),
  /** takes so long, or until it is told to stop */
  lastsMs: z.number().default(0),
});

export interface TestQueues {
  readonly queues: readonly FollowingQueue<unknown>[];
  close(): Promise<void>;
}

/** Queues of every sort, whose effects lie in tables of the database at `url`. */
export async function openTestQueues(url: string): Promise<TestQueues> {
  const database = await openDatabase({ url });
  const leaveTrace = (id: string) =>
    database.management.call(async (sql) => {
      await sql`INSERT INTO app.traces (id, pid) VALUES (${id}, ${process.pid})`;
      const rows = await sql`SELECT FROM app.traces WHERE id = ${id}`;
      return rows.length;
    });
  const rows: FollowingQueue<LogRun> = {
    name: 'rows',
    follows: 'log',
    payload: LogRun,
    concurrency: 3,
    attempts: 5,
    run: async (run) => {
      await consumeRun(database, 'rows', rangeOf(run), async (tx, entries) => {
        for (const { orgId, pos } of entries) await tx`INSERT INTO app.taken (org_id, pos) VALUES (${orgId}, ${pos})`;
      });
    },
  };
  const errands: FollowingQueue<z.infer<typeof Errand>> = {
    name: 'errands',
    follows: null,
    payload: Errand as z.ZodType<z.infer<typeof Errand>>,
    concurrency: 4,
    attempts: 3,
    run: async ({ id, failures, lastsMs }, { signal }) => {
      const traces = await leaveTrace(id);
      if (traces <= failures) throw new Error(`${id} fails the ${traces}. time`);
      await sleep(lastsMs, undefined, { signal });
      await leaveTrace(`${id} done`);
    },
  };
  const changes: FollowingQueue<WakeUp> = {
    name: 'changes',
    follows: 'changes',
    payload: WakeUp,
    concurrency: 1,
    attempts: 2,
    run: async ({ org_id: orgId }) => {
      await database.management.call((sql) => sql`DELETE FROM app.staged WHERE org_id = ${orgId}`);
      await leaveTrace(`changes of ${orgId}`);
    },
  };
  const ticks: FollowingQueue<Record<string, never>> = {
    name: 'ticks',
    follows: null,
    payload: z.strictObject({}),
    concurrency: 2,
    attempts: 1,
    schedules: [{ id: 'each-second', cron: '* * * * * *', payload: {} }],
    run: async () => {
      await leaveTrace('tick');
    },
  };
  return { queues: [rows, errands, changes, ticks], close: () => database.close() };
}
