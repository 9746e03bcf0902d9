import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import { dropLogPartition, forgetUsage } from './queries.ts';

/** How long things stay; 0: for ever. Mails and deliveries are tidied by those who send them. */
export interface Retention {
  /** whole months of the log beside the present one */
  readonly logMonths: number;
  readonly usageMonths: number;
}

export const NO_RETENTION: Retention = { logMonths: 0, usageMonths: 0 };

/** Erases what is older than the policy says, a piece at a time. */
export async function retain(
  { management }: Database,
  { logMonths, usageMonths }: Retention,
): Promise<{ log: readonly string[]; usage: number }> {
  const log: string[] = [];
  while (logMonths > 0) {
    const dropped = await management.call((sql) => dropLogPartition(sql, logMonths), limits.enrolTimeoutMs);
    if (dropped === null) break;
    log.push(dropped);
  }
  const usage = usageMonths === 0 ? 0 : await management.call((sql) => forgetUsage(sql, usageMonths));
  return { log, usage };
}
