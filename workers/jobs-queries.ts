import type pg from 'pg';

/** SQL about the schema of jobs; what is in it is BullMQ's. */

/** The schema of BullMQ's tables, beside the product's own. */
export const JOBS_SCHEMA = 'jobs';
/** Owns the schema. */
const OWNER = 'psephos_owner';
/** May use what is in it. */
export const WORKER = 'psephos_worker';

/** What a connection is and may do. */
export interface Fitness {
  /** of the server's process */
  readonly pid: number;
  readonly migrated: boolean;
  /** may act as the worker */
  readonly worker: boolean;
}

export async function selectFitness(client: pg.Client): Promise<Fitness> {
  const { rows } = await client.query<Fitness>(
    `SELECT pg_backend_pid() AS pid,
      EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = '${JOBS_SCHEMA}' AND c.relname = 'migration') AS migrated,
      coalesce((SELECT pg_has_role(current_user, r.oid, 'SET') FROM pg_roles r WHERE r.rolname = '${WORKER}'), false) AS worker`,
  );
  return rows[0] as Fitness;
}

/**
 * What is said in place of BullMQ's own words. The role goes with the transaction that it begins: behind a pooler a
 * session's would be left to others. The schema is there (0015_jobs.sql), and making it needs a right on the database.
 */
export const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['BEGIN', `BEGIN; SET LOCAL ROLE ${OWNER}`],
  [`CREATE SCHEMA IF NOT EXISTS "${JOBS_SCHEMA}"`, 'SELECT'],
]);
