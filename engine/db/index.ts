import { limits } from '../limits.ts';
import { isPooled } from './connect.ts';
import { HotConnection } from './hot.ts';
import { ManagementPool } from './management.ts';

export { actAs } from './actor.ts';
export { eraseFromAudit, noteAct, PLATFORM_CHAIN } from './audit-queries.ts';
export type { Sql, Transaction } from './connect.ts';
export { classifyFailure, isAway, isAwayError } from './failures.ts';
export { HotConnection } from './hot.ts';
export { ManagementPool } from './management.ts';

export interface DatabaseOptions {
  /** postgres://… of a role that may act as psephos_app */
  readonly url: string;
  /** connections of the hot path, 2 to 4 */
  readonly hotConnections?: number | undefined;
  /** connections for everything else */
  readonly connections?: number | undefined;
}

export interface Database {
  readonly hot: readonly HotConnection[];
  readonly management: ManagementPool;
  readonly pooled: boolean;
  close(): Promise<void>;
}

/** Opens the pools; connections come about with the first statement. Throws if the database cannot be reached at all. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pooled = await isPooled(options.url);
  const connectOptions = { url: options.url, prepare: !pooled };
  const hot = Array.from(
    { length: options.hotConnections ?? limits.hotPoolDefaultConnections },
    () => new HotConnection(connectOptions),
  );
  const management = new ManagementPool(connectOptions, options.connections ?? limits.managementPoolConnections);
  return {
    hot,
    management,
    pooled,
    close: async () => {
      await Promise.all([...hot.map((connection) => connection.close()), management.close()]);
    },
  };
}
