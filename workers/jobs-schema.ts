import type { PgQueryable } from 'bullmq';
import pg from 'pg';

/** The schema of BullMQ's tables, beside the product's own. */
export const JOBS_SCHEMA = 'jobs';
/** Owns the schema; the worker's role may use what is in it. */
const OWNER = 'psephos_owner';

/**
 * Brings BullMQ's tables to the version of the installed package. Doing it again changes nothing.
 * @param ownerUrl postgres://… of who migrates the database; migrations have run
 */
export async function migrateJobs(ownerUrl: string): Promise<void> {
  const { runMigrations } = await import('bullmq'); // a fifth of a second that only a start has to pay
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'psephos migrate' });
  await client.connect();
  try {
    // The role goes with the transaction that BullMQ begins: behind a pooler a session's would be left to others
    const begin = `BEGIN; SET LOCAL ROLE ${OWNER}`;
    const asOwner = {
      query: (text: string, values: unknown[] = []) => client.query(text === 'BEGIN' ? begin : text, values),
    } as unknown as PgQueryable;
    await runMigrations(asOwner, JOBS_SCHEMA);
  } finally {
    await client.end();
  }
}
