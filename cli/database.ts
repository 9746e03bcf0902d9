import { findRunningPostgres, openEmbeddedPostgres, StartProblem } from '../sql/embedded/index.ts';
import { allowGateway, makeGatewayLogin } from '../sql/gateway-login.ts';
import { migrate } from '../sql/migrate.ts';
import { migrateJobs } from '../workers/jobs-schema.ts';
import type { Settings } from './settings.ts';

/** What a start says while it goes on: one short line a step. */
export type Say = (line: string) => void;

/** The database of one start, migrated where we may. */
export interface StartedDatabase {
  /** who casts and counts; holds a password, so never log it */
  readonly url: string;
  /** who migrates; null where only the application's login was given and the database was migrated before */
  readonly ownerUrl: string | null;
  /** the embedded server's process; null for one of your own */
  readonly pid: number | null;
  /** stops the embedded server; the last thing a stopping Psephos does */
  stop(): Promise<void>;
}

type DatabaseSettings = Pick<Settings, 'DATABASE_URL' | 'DATABASE_OWNER_URL' | 'DATA_DIR' | 'POSTGRES_PORT'>;

/**
 * Starts the embedded PostgreSQL, or uses the one that DATABASE_URL names, and brings it to this version.
 * @throws StartProblem or MigrationError with what to do
 */
export async function startDatabase(settings: DatabaseSettings, say: Say): Promise<StartedDatabase> {
  if (settings.DATABASE_URL !== undefined) return useDatabase(settings.DATABASE_URL, settings.DATABASE_OWNER_URL, say);
  say('Starting PostgreSQL …');
  const server = await openEmbeddedPostgres({
    dataDir: settings.DATA_DIR,
    port: settings.POSTGRES_PORT,
    onProgress: say,
  });
  try {
    await migrate(server.ownerUrl, { log: (line) => say(`Database: ${line}`) });
    await migrateJobs(server.ownerUrl);
    const url = await makeGatewayLogin(server.ownerUrl);
    say(`PostgreSQL is up; its data is in ${server.dataDir}`);
    return {
      url,
      ownerUrl: server.ownerUrl,
      get pid() {
        return server.pid;
      },
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * The database for a command beside a running product: the embedded server of a Psephos that is running is used as it is;
 * anything else is started, and migrated.
 */
export async function databaseInUse(settings: DatabaseSettings, say: Say): Promise<StartedDatabase> {
  const running = settings.DATABASE_URL === undefined ? findRunningPostgres(settings.DATA_DIR) : null;
  if (running === null) return startDatabase(settings, say);
  say('Using the PostgreSQL of the Psephos that is running');
  return { url: running.ownerUrl, ownerUrl: running.ownerUrl, pid: null, stop: async () => {} };
}

async function useDatabase(url: string, givenOwnerUrl: string | undefined, say: Say): Promise<StartedDatabase> {
  const ownerUrl = givenOwnerUrl ?? url;
  say(`Using the PostgreSQL at ${placeOf(url)}`);
  const isMigrated = await migrateDatabase(ownerUrl, url, say).then(
    () => true,
    (error: unknown) => {
      // The application's login alone: whether somebody else has migrated is asked once the engine is open
      if (givenOwnerUrl === undefined && codeOf(error) === '42501') return false;
      throw databaseProblem(error, givenOwnerUrl === undefined ? 'DATABASE_URL' : 'DATABASE_OWNER_URL', ownerUrl);
    },
  );
  return { url, ownerUrl: isMigrated ? ownerUrl : null, pid: null, stop: async () => {} };
}

/**
 * Migrates a database and lets the gateway's login use it.
 * @throws MigrationError, or the database's own error
 */
export async function migrateDatabase(ownerUrl: string, gatewayUrl: string | undefined, say: Say): Promise<void> {
  await migrate(ownerUrl, { log: (line) => say(`Database: ${line}`) });
  await migrateJobs(ownerUrl);
  if (gatewayUrl !== undefined && (await allowGateway(ownerUrl, gatewayUrl))) {
    say(`Database: ${decodeURIComponent(new URL(gatewayUrl).username)} may act as psephos_app and psephos_worker`);
  }
}

/** Host, port and database of a URL, without user and password. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host || 'localhost'}${pathname}`;
}

/**
 * What a database refused, for the person who set its address; anything else stays the bug that it is.
 * @param name the variable that holds the address
 */
export function databaseProblem(error: unknown, name: string, url: string): unknown {
  const place = placeOf(url);
  const code = codeOf(error);
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: `no PostgreSQL answers at ${place}. Start it, or correct host and port`,
    ENOTFOUND: `there is no host ${new URL(url).hostname}. Correct it`,
    EAI_AGAIN: `the host ${new URL(url).hostname} cannot be looked up. Correct it, or check the network`,
    ETIMEDOUT: `${place} does not answer. Check host, port and firewall`,
    EHOSTUNREACH: `${place} cannot be reached. Check host and network`,
    '28P01': `${place} refuses the user name or password. Correct them`,
    '28000': `${place} does not let this user in. Check pg_hba.conf, or the user name`,
    '3D000': `the database of ${place} does not exist. Make it with createdb, or correct the name`,
    '53300': `${place} has no connection left. Raise max_connections, or close others`,
    '42501': `this user of ${place} lacks a right (${(error as Error).message}). Name a role that owns the database`,
  };
  const found = words[code];
  return found === undefined ? error : new StartProblem(`${name}: ${found}.`);
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]); // one error an address of the host
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
