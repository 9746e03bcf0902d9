import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';
import { migrate } from '../../sql/migrate.ts';
import { migrateJobs } from '../../workers/jobs-schema.ts';
import './postgres-setup.ts'; // declares what inject() gives

const TEMPLATE = 'psephos_template';
/** Any number that no other lock of the tests' server uses. */
const TEMPLATE_LOCK = 460_118;
/** Closed connections leave pg_stat_activity a moment after the client is done with them; on a busy machine in seconds. */
const LEAK_GRACE_MS = 5_000;

/** A migrated database of its own. */
export interface TestDatabase {
  readonly name: string;
  /** superuser; pass it to createEngine and to migrate alike */
  readonly ownerUrl: string;
}

/**
 * A copy of the migrated template (30 ms) for one test file: `const database = await freshDatabase();` at its top level.
 * Dropped after the file; the file fails if it left a connection open.
 */
export async function freshDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdministrator(async (sql) => {
    await sql`SELECT pg_advisory_lock(${TEMPLATE_LOCK})`; // also keeps two copies of one template apart; ends with us
    await makeTemplate(sql);
    await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  });
  afterAll(() => dropDatabase(name));
  return { name, ownerUrl: urlOf(name) };
}

/** An empty database, never migrated, dropped after the file. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdministrator((sql) => sql.unsafe(`CREATE DATABASE ${name}`));
  afterAll(() => dropDatabase(name));
  return { name, ownerUrl: urlOf(name) };
}

async function makeTemplate(sql: postgres.Sql): Promise<void> {
  const found = await sql`SELECT 1 FROM pg_database WHERE datname = ${TEMPLATE}`;
  if (found.length > 0) return;
  const draft = `${TEMPLATE}_draft`; // a failed migration must not pass for a template
  await sql.unsafe(`DROP DATABASE IF EXISTS ${draft}`);
  await sql.unsafe(`CREATE DATABASE ${draft}`);
  await migrate(urlOf(draft));
  await migrateJobs(urlOf(draft));
  await sql.unsafe(`ALTER DATABASE ${draft} RENAME TO ${TEMPLATE}`);
}

async function dropDatabase(name: string): Promise<void> {
  await asAdministrator(async (sql) => {
    const open = () => sql<{ who: string; state: string | null; query: string }[]>`
      SELECT concat_ws(' ', usename, nullif(application_name, '')) AS who, state, left(query, 120) AS query
      FROM pg_stat_activity WHERE datname = ${name} AND backend_type = 'client backend'`;
    const until = performance.now() + LEAK_GRACE_MS;
    let left = await open();
    while (left.length > 0 && performance.now() < until) {
      await sleep(25);
      left = await open();
    }
    await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    if (left.length === 0) return;
    const lines = left.map(({ who, state, query }) => `  ${who} (${state}), last: ${query}`);
    throw new Error(
      `this test file left ${left.length} database connections open; close what it opened:\n${lines.join('\n')}`,
    );
  });
}

async function asAdministrator<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(urlOf('postgres'), { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}
