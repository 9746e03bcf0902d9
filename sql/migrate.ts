import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

/** Why a database was not migrated; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrateOptions {
  /** told one short line per step */
  readonly log?: (line: string) => void;
  /** another folder with migrations/ and functions/, for tests */
  readonly folder?: URL;
}

interface SqlFile {
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

/** Advisory lock of a migration: any constant that nothing else in this database takes. */
const LOCK = 7300;
/** MERGE ... and STORAGE in CREATE TABLE, and GRANT ... WITH INHERIT FALSE came with 16. */
const OLDEST_SERVER = 160_000;

/**
 * Brings a database to this version: migrations in order, then every function file that has changed, then the log's
 * partitions. Safe to call from several processes at once and through PgBouncer in transaction mode.
 * @param ownerUrl postgres://… of a role that owns the database and may create roles
 * @throws MigrationError on a gap, an edited migration, a database of a newer version, or a server that is too old
 */
export async function migrate(ownerUrl: string, options: MigrateOptions = {}): Promise<void> {
  const folder = options.folder ?? new URL('.', import.meta.url);
  const log = options.log ?? (() => {});
  const migrations = await readFolder(new URL('migrations/', folder));
  const functions = await readFolder(new URL('functions/', folder));
  refuseGaps(migrations);
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'psephos migrate' });
  await client.connect();
  try {
    // The lock lives in a transaction, not a session: a pooler in transaction mode would leave a session's lock behind.
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await refuseOldServer(client);
    const applied = await readHistory(client, 'migration');
    refuseDifferences(migrations, applied);
    await refuseUnrecorded(client, migrations);
    if (applied.size < migrations.length) {
      await runner({
        databaseUrl: ownerUrl,
        dir: fileURLToPath(new URL('migrations/', folder)),
        direction: 'up',
        migrationsTable: 'migrations',
        migrationsSchema: 'history',
        createMigrationsSchema: true,
        noLock: true, // its lock belongs to a session; ours is held around it
        log: () => {},
      });
      log(`migrated to ${migrations.at(-1)?.name}`);
    }
    await recordMigrations(
      client,
      migrations.filter((file) => !applied.has(file.name)),
    );
    const replaced = await replaceFunctions(client, functions);
    if (replaced > 0) log(`${replaced} function files brought up to date`);
    await client.query('SET LOCAL ROLE psephos_owner');
    await client.query('SELECT app.make_log_partitions(2), app.make_audit_partitions(2)');
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** Name of the newest migration in this code, e.g. '0006_urn'. */
export async function newestMigration(): Promise<string> {
  const files = await readFolder(new URL('migrations/', import.meta.url));
  return files.at(-1)?.name ?? '';
}

async function readFolder(folder: URL): Promise<SqlFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(new URL(file, folder), 'utf8');
      return { name: file.slice(0, -'.sql'.length), text, sha256: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

function refuseGaps(migrations: readonly SqlFile[]): void {
  migrations.forEach((file, i) => {
    const expected = String(i + 1).padStart(4, '0');
    if (!file.name.startsWith(`${expected}_`)) {
      throw new MigrationError(`migrations have a gap: number ${expected} is missing or double, found ${file.name}`);
    }
  });
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string; server_version: string }>(
    "SELECT current_setting('server_version_num') AS server_version_num, current_setting('server_version') AS server_version",
  );
  if (Number(rows[0]?.server_version_num) < OLDEST_SERVER) {
    throw new MigrationError(`PostgreSQL ${rows[0]?.server_version} is too old: Psephos needs 16 or newer`);
  }
}

async function readHistory(client: pg.Client, kind: 'migration' | 'function'): Promise<Map<string, string>> {
  const exists = await client.query("SELECT to_regclass('history.files') IS NOT NULL AS yes");
  if (!exists.rows[0]?.yes) return new Map();
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'SELECT name, sha256 FROM history.files WHERE kind = $1',
    [kind],
  );
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

function refuseDifferences(migrations: readonly SqlFile[], applied: ReadonlyMap<string, string>): void {
  const known = new Map(migrations.map((file) => [file.name, file.sha256]));
  for (const [name, sha256] of applied) {
    if (!known.has(name)) throw newerVersion(name);
    if (known.get(name) !== sha256) {
      throw new MigrationError(
        `migration ${name} was edited after it was applied: restore the file and add a new migration`,
      );
    }
  }
}

/** A newer version may have been killed between its migrations and their record: then only the tool's own list has them. */
async function refuseUnrecorded(client: pg.Client, migrations: readonly SqlFile[]): Promise<void> {
  const exists = await client.query("SELECT to_regclass('history.migrations') IS NOT NULL AS yes");
  if (!exists.rows[0]?.yes) return;
  const { rows } = await client.query<{ name: string }>('SELECT name FROM history.migrations ORDER BY id');
  const unknown = rows.find((row) => migrations.every((file) => file.name !== row.name));
  if (unknown !== undefined) throw newerVersion(unknown.name);
}

function newerVersion(unknown: string): MigrationError {
  return new MigrationError(
    `this database was migrated by a newer Psephos (${unknown} is unknown here): start that version, or restore a backup`,
  );
}

async function recordMigrations(client: pg.Client, files: readonly SqlFile[]): Promise<void> {
  await client.query('CREATE SCHEMA IF NOT EXISTS history');
  await client.query(
    'CREATE TABLE IF NOT EXISTS history.files (kind text NOT NULL, name text NOT NULL, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (kind, name))',
  );
  await client.query('GRANT USAGE ON SCHEMA history TO psephos_app; GRANT SELECT ON history.files TO psephos_app');
  for (const file of files) await record(client, 'migration', file);
}

async function replaceFunctions(client: pg.Client, functions: readonly SqlFile[]): Promise<number> {
  const present = await readHistory(client, 'function');
  const changed = functions.filter((file) => present.get(file.name) !== file.sha256);
  for (const file of changed) {
    await dropOlder(client, file);
    await client.query(file.text).catch((error: unknown) => {
      throw new MigrationError(`functions/${file.name}.sql: ${error instanceof Error ? error.message : String(error)}`);
    });
    await client.query('RESET ROLE');
    await record(client, 'function', file);
  }
  return changed.length;
}

/** Whatever the file defines goes first: CREATE OR REPLACE cannot change parameters or columns. */
async function dropOlder(client: pg.Client, file: SqlFile): Promise<void> {
  const names = [...file.text.matchAll(/^CREATE OR REPLACE FUNCTION ([a-z_.]+)/gm)].map(([, name]) => name);
  const role = /^SET LOCAL ROLE ([a-z_]+);/m.exec(file.text)?.[1];
  if (role === undefined) throw new MigrationError(`functions/${file.name}.sql does not begin with SET LOCAL ROLE …;`);
  const { rows } = await client.query<{ signature: string }>(
    "SELECT p.oid::regprocedure::text AS signature FROM pg_proc p WHERE p.pronamespace::regnamespace || '.' || p.proname = ANY ($1)",
    [names],
  );
  await client.query(`SET LOCAL ROLE ${role}`);
  for (const { signature } of rows) await client.query(`DROP FUNCTION ${signature}`);
}

async function record(client: pg.Client, kind: 'migration' | 'function', file: SqlFile): Promise<void> {
  await client.query(
    'INSERT INTO history.files (kind, name, sha256) VALUES ($1, $2, $3) ON CONFLICT (kind, name) DO UPDATE SET sha256 = excluded.sha256, at = excluded.at',
    [kind, file.name, file.sha256],
  );
}
