import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { MigrationError, migrate, newestMigration } from '../../sql/migrate.ts';
import { renderSchema } from '../../sql/snapshot.ts';
import { startPgBouncer } from '../harness/pgbouncer.ts';
import { emptyDatabase } from '../harness/postgres.ts';
import { SqlFolder } from '../harness/sql-folder.ts';

const MIGRATIONS = readdirSync('sql/migrations').length;
/** The newest migration there is, and the names of two that a later version would add. */
const NEWEST = await newestMigration();
const [FIRST, SECOND] = ['first', 'second'].map(
  (name, i) => `${String(Number(NEWEST.slice(0, 4)) + 1 + i).padStart(4, '0')}_${name}`,
) as [string, string];
const FUNCTIONS = readdirSync('sql/functions').length;

const createTable = (name: string) =>
  `-- Up Migration\nSET LOCAL ROLE psephos_owner;\nCREATE TABLE app.${name} ();\nRESET ROLE;\n`;

/** Runs the migration in a process of its own, to be killed or to meet others. */
function migrateElsewhere(ownerUrl: string, folder: URL = new URL('../../sql/', import.meta.url)) {
  const script = `import { migrate } from './sql/migrate.ts';
    await migrate(process.argv[1], { folder: new URL(process.argv[2]) });`;
  return spawn(process.execPath, ['--input-type=module', '-e', script, ownerUrl, folder.href], { stdio: 'inherit' });
}

async function ask<T extends postgres.MaybeRow>(ownerUrl: string, text: string): Promise<T[]> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe<T[]>(text))];
  } finally {
    await sql.end();
  }
}

const history = (ownerUrl: string) =>
  ask<{ kind: string; name: string; at: Date }>(ownerUrl, 'SELECT * FROM history.files ORDER BY kind, name');

/** Everything that a refused migration must leave as it was. */
const stateOf = async (ownerUrl: string) => ({ schema: await renderSchema(ownerUrl), files: await history(ownerUrl) });

async function problemOf(migrating: Promise<void>): Promise<string> {
  const problem = await migrating.then(
    () => new Error('it was migrated'),
    (error: Error) => error,
  );
  expect(problem).toBeInstanceOf(MigrationError);
  return problem.message;
}

describe('an empty database', () => {
  test('is brought to the newest version, and a second time nothing is left to do', async () => {
    const { ownerUrl } = await emptyDatabase();
    const said: string[] = [];
    await migrate(ownerUrl, { log: (line) => said.push(line) });
    expect(said).toEqual([`migrated to ${await newestMigration()}`, `${FUNCTIONS} function files brought up to date`]);
    const before = await stateOf(ownerUrl);
    expect(before.files).toHaveLength(MIGRATIONS + FUNCTIONS);
    await migrate(ownerUrl, { log: (line) => said.push(line) });
    expect(said).toHaveLength(2);
    expect(await stateOf(ownerUrl)).toEqual(before);
  });

  test('may be migrated by several processes at once', async () => {
    const { ownerUrl } = await emptyDatabase();
    const exits = [1, 2, 3].map(() => once(migrateElsewhere(ownerUrl), 'exit'));
    expect((await Promise.all(exits)).map(([code]) => code)).toEqual([0, 0, 0]);
    expect(await history(ownerUrl)).toHaveLength(MIGRATIONS + FUNCTIONS);
  });

  test('may be migrated through PgBouncer in transaction mode, by several at once', async () => {
    const { ownerUrl } = await emptyDatabase();
    const pooler = await startPgBouncer(ownerUrl);
    await Promise.all([migrate(pooler.url), migrate(pooler.url)]);
    await migrate(pooler.url);
    await pooler.stop();
    expect(await history(ownerUrl)).toHaveLength(MIGRATIONS + FUNCTIONS);
    const locks = await ask(
      ownerUrl,
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7300
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(locks).toEqual([]);
  });
});

describe('refused, with nothing changed', () => {
  test.each<[string, (folder: SqlFolder) => void, string]>([
    [
      'a gap',
      (folder) => folder.remove('migrations/0003_log.sql'),
      'migrations have a gap: number 0003 is missing or double, found 0004_meetings',
    ],
    [
      'a number that stands twice',
      (folder) => folder.write('migrations/0003_other.sql', '-- Up Migration\n'),
      'migrations have a gap: number 0004 is missing or double, found 0003_other',
    ],
    [
      'an edited migration',
      (folder) => folder.append('migrations/0002_organisations.sql', '\n-- one word more'),
      'migration 0002_organisations was edited after it was applied: restore the file and add a new migration',
    ],
    [
      'a renamed migration',
      (folder) => folder.rename(`migrations/${NEWEST}.sql`, `migrations/${NEWEST.slice(0, 4)}_other.sql`),
      `this database was migrated by a newer Psephos (${NEWEST} is unknown here): start that version, or restore a backup`,
    ],
    [
      'a downgrade',
      (folder) => folder.remove(`migrations/${NEWEST}.sql`),
      `this database was migrated by a newer Psephos (${NEWEST} is unknown here): start that version, or restore a backup`,
    ],
    [
      'a function file that PostgreSQL does not take',
      (folder) => folder.append('functions/participation.sql', '\nSELECT urn.nowhere();'),
      'functions/participation.sql: function urn.nowhere() does not exist',
    ],
  ])('%s', async (_, change, message) => {
    const { ownerUrl } = await emptyDatabase();
    await migrate(ownerUrl);
    const before = await stateOf(ownerUrl);
    const folder = new SqlFolder();
    change(folder);
    expect(await problemOf(migrate(ownerUrl, { folder: folder.url }))).toBe(message);
    expect(await stateOf(ownerUrl)).toEqual(before);
  });
});

describe('a later version', () => {
  test('adds its migrations; those before it are not run again', async () => {
    const { ownerUrl } = await emptyDatabase();
    await migrate(ownerUrl);
    const folder = new SqlFolder();
    folder.write(`migrations/${FIRST}.sql`, createTable('first'));
    folder.write(`migrations/${SECOND}.sql`, createTable('second'));
    const said: string[] = [];
    await migrate(ownerUrl, { folder: folder.url, log: (line) => said.push(line) });
    expect(said).toEqual([`migrated to ${SECOND}`]);
    expect(await ask(ownerUrl, 'SELECT FROM app.first, app.second')).toEqual([]);
    expect(await problemOf(migrate(ownerUrl))).toContain(`by a newer Psephos (${FIRST} is unknown here)`);
  });

  test('that fails in its second migration keeps the first, and goes on from there', async () => {
    const { ownerUrl } = await emptyDatabase();
    await migrate(ownerUrl);
    const folder = new SqlFolder();
    folder.write(`migrations/${FIRST}.sql`, createTable('first'));
    folder.write(`migrations/${SECOND}.sql`, '-- Up Migration\nSELECT 1 / 0;');
    await expect(migrate(ownerUrl, { folder: folder.url })).rejects.toThrow('division by zero');
    folder.write(`migrations/${SECOND}.sql`, createTable('second'));
    await migrate(ownerUrl, { folder: folder.url });
    expect(await ask(ownerUrl, 'SELECT FROM app.first, app.second')).toEqual([]);
  });

  test('replaces the functions whose files have changed, and no others', async () => {
    const { ownerUrl } = await emptyDatabase();
    await migrate(ownerUrl);
    const before = await history(ownerUrl);
    const folder = new SqlFolder();
    folder.append(
      'functions/participation.sql',
      "\nCREATE OR REPLACE FUNCTION urn.inbox_of(p_election uuid) RETURNS text LANGUAGE sql AS $$ SELECT 'changed' $$;",
    );
    const said: string[] = [];
    await migrate(ownerUrl, { folder: folder.url, log: (line) => said.push(line) });
    expect(said).toEqual(['1 function files brought up to date']);
    expect(await ask(ownerUrl, 'SELECT urn.inbox_of(gen_random_uuid())')).toEqual([{ inbox_of: 'changed' }]);
    const changed = (await history(ownerUrl)).filter(({ at }, i) => at.getTime() !== before[i]?.at.getTime());
    expect(changed.map(({ name }) => name)).toEqual(['participation']);
  });
});

describe('killed between its migrations and their record', () => {
  async function killedDatabase(folder: SqlFolder): Promise<string> {
    const { ownerUrl } = await emptyDatabase();
    // the first function file holds it up when every migration is committed and none is recorded
    folder.write('functions/a_pause.sql', 'SET LOCAL ROLE psephos_owner;\nSELECT pg_sleep(1.5);');
    const child = migrateElsewhere(ownerUrl, folder.url);
    const pausing =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%SELECT pg_sleep(1.5)%' AND pid <> pg_backend_pid()";
    while ((await ask(ownerUrl, pausing)).length === 0) await sleep(20);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const unrecorded = "SELECT to_regclass('history.files') IS NULL AS unrecorded";
    expect(await ask(ownerUrl, unrecorded)).toEqual([{ unrecorded: true }]);
    return ownerUrl;
  }

  test('it heals by itself', async () => {
    const ownerUrl = await killedDatabase(new SqlFolder());
    expect(await ask(ownerUrl, 'SELECT FROM history.migrations')).toHaveLength(MIGRATIONS);
    await migrate(ownerUrl);
    expect(await history(ownerUrl)).toHaveLength(MIGRATIONS + FUNCTIONS);
  });

  test('a version before it is refused all the same', async () => {
    const folder = new SqlFolder();
    folder.write(`migrations/${FIRST}.sql`, createTable('first'));
    const ownerUrl = await killedDatabase(folder);
    expect(await problemOf(migrate(ownerUrl))).toContain(`by a newer Psephos (${FIRST} is unknown here)`);
    await migrate(ownerUrl, { folder: folder.url });
  });
});
