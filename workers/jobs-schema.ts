import type { PgQueryable } from 'bullmq';
import pg from 'pg';
import { INSTEAD, JOBS_SCHEMA } from './jobs-queries.ts';

/**
 * Brings BullMQ's tables to the version of the installed package. Doing it again changes nothing.
 * @param ownerUrl postgres://… of who migrates the database; migrations have run
 */
export async function migrateJobs(ownerUrl: string): Promise<void> {
  const { runMigrations } = await import('bullmq'); // a fifth of a second that only a start has to pay
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'psephos migrate' });
  await client.connect();
  try {
    const asOwner = {
      query: (text: string, values: unknown[] = []) => client.query(INSTEAD.get(text) ?? text, values),
    } as unknown as PgQueryable;
    await runMigrations(asOwner, JOBS_SCHEMA);
  } finally {
    await client.end();
  }
}
