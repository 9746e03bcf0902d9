import pg from 'pg';
import { JOBS_SCHEMA, selectFitness, WORKER } from './jobs-queries.ts';
import type { JobsPlace } from './settings.ts';

const CONNECT_MS = 5_000;

/** Why a database cannot hold jobs; the message says what to do. */
class JobsDatabaseProblem extends Error {
  override readonly name = 'JobsDatabaseProblem';
}

/**
 * Looks at the database that is to hold jobs, and answers how BullMQ is to connect to it: as the worker's role, whatever
 * the login may do besides.
 * @throws JobsDatabaseProblem behind a pooler, without the schema, or without the right to act as the worker
 */
export async function openJobsDatabase({ databaseUrl, databaseVariable = 'DATABASE_URL' }: JobsPlace) {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'psephos jobs',
    connectionTimeoutMillis: CONNECT_MS,
  });
  client.on('error', () => {}); // told by the statement that meets it
  await client.connect();
  try {
    await refuseUnfit(client, databaseVariable);
  } finally {
    await client.end().catch(() => {});
  }
  return (connections: number) => ({
    connectionString: databaseUrl,
    max: connections,
    // a job that a crash loses is made again, so nobody waits for the disk
    options: `-c role=${WORKER} -c synchronous_commit=off`,
    connectionTimeoutMillis: CONNECT_MS,
  });
}

async function refuseUnfit(client: pg.Client, variable: string): Promise<void> {
  const found = await selectFitness(client);
  // A pooler greets with a process id of its own making; node-postgres keeps it where its types do not show it
  if (found.pid !== (client as unknown as { processID: number | null }).processID) {
    throw new JobsDatabaseProblem(
      `${variable} leads through a pooler, and jobs wait for notifications, which a pooler loses. Set JOBS_DATABASE_URL to ` +
        'the same database without the pooler, or REDIS_URL to a Redis that holds the jobs.',
    );
  }
  if (!found.migrated) {
    throw new JobsDatabaseProblem(
      `${variable}: the schema ${JOBS_SCHEMA} is missing. Run npm run migrate with DATABASE_OWNER_URL set.`,
    );
  }
  if (!found.worker) {
    throw new JobsDatabaseProblem(
      `${variable}: its user may not act as ${WORKER}. Run npm run migrate with DATABASE_OWNER_URL, or GRANT ${WORKER} to it.`,
    );
  }
}
