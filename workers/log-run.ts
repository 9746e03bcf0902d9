import { z } from 'zod';
import type { LogRange } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';

const position = z.int().positive();

/**
 * What a job of a queue that follows the log carries: rows `from` to `to` of an organisation's log. The rows are there
 * whole or not at all; where they are not, and where the job is of another life of the database, the log itself is read.
 */
export const LogRun = z
  .strictObject({
    org_id: z.uuid(),
    epoch: z.string().min(1),
    from: position,
    to: position,
    rows: z.array(
      z.strictObject({
        pos: position,
        topic: z.uuid(),
        kind: z.string().min(1),
        payload: z.record(z.string(), z.unknown()),
        at: z.iso.datetime(),
      }),
    ),
  })
  .refine(({ from, to }) => from <= to, 'from is behind to');

export type LogRun = z.infer<typeof LogRun>;

/** What a job of a queue that follows staged changes carries: look at this organisation. */
export const WakeUp = z.strictObject({ org_id: z.uuid() });

export type WakeUp = z.infer<typeof WakeUp>;

/** A run as the engine takes it in (engine/jobs/consume.ts). */
export function rangeOf(run: LogRun): LogRange {
  return {
    orgId: run.org_id,
    epoch: run.epoch,
    from: run.from,
    to: run.to,
    rows: run.rows.map(({ at, ...row }) => ({ ...row, orgId: run.org_id, at: new Date(at) })),
  };
}

/** The job of a run. A run that is too large to be carried goes without its rows. */
export function logRunOf({ orgId, epoch = '', from, to, rows = [] }: LogRange): LogRun {
  const run = {
    ...{ org_id: orgId, epoch, from, to },
    rows: rows.map(({ orgId: _, at, ...row }) => ({ ...row, at: at.toISOString() })),
  };
  return JSON.stringify(run).length <= limits.relayCarriedBytes ? run : { ...run, rows: [] };
}
