import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { locateBinaries } from './binaries.ts';
import { chooseDataDir, claimDataDir, inspectDataDir } from './data-folder.ts';
import { lockDataFolder } from './instance-lock.ts';
import { ownerUrlOf } from './running.ts';
import {
  endProcess,
  findPort,
  hasExited,
  initialiseCluster,
  type ServerSite,
  startServer,
  stopOrphan,
} from './server.ts';
import { findServiceUser } from './service-user.ts';

export { type RecoverySettings, recoverDataFolder } from './recover.ts';
export { findRunningPostgres } from './running.ts';
export { findServiceUser, makeSharedTempFolder } from './service-user.ts';
export { StartProblem } from './start-problem.ts';

/** What the embedded server's database and its owner are called. */
export const EMBEDDED_NAMES = { superuser: 'postgres', database: 'psephos' } as const;
const DATABASE = EMBEDDED_NAMES.database;
const RESTART_PAUSES_MS = [0, 200, 500, 1_000, 2_000, 4_000]; // children of a killed server hold its memory for a moment

export interface EmbeddedPostgresOptions {
  /** absent: ./data, or a folder below /var/lib/psephos when that is out of the server's reach */
  readonly dataDir?: string | undefined;
  /** 0 or absent: any free port */
  readonly port?: number;
  /** short lines for a person: what takes time, what was healed */
  readonly onProgress?: (line: string) => void;
  /** PostgreSQL settings that differ from ours, for tests and benches */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A PostgreSQL of our own. Its owner is whoever opened it: nothing stops it behind the owner's back. */
export interface EmbeddedPostgres {
  /** postgres://… of the superuser, database `psephos`; holds the password, so never log it */
  readonly ownerUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** Fast shutdown, then the data folder's lock is released. Safe to call twice. At most 10 s. */
  stop(): Promise<void>;
  /** SIGKILL to the server, for fault tests; stays down until restart(). */
  kill9(): Promise<void>;
  /** Starts it again on the same port, stopping it first if it runs. */
  restart(): Promise<void>;
}

/**
 * Starts PostgreSQL in a data folder, creating the cluster and the database on first use; 1-2 s when warm. A server that
 * dies by itself is started again at once.
 * @throws StartProblem: folder strange, closed, in use or of another version; port taken; no binaries; no user
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const say = options.onProgress ?? (() => {});
  const user = findServiceUser();
  const binaries = locateBinaries(user);
  const dataDir = chooseDataDir(options.dataDir, user, say);
  inspectDataDir(dataDir, binaries.major);
  const unlock = lockDataFolder(dataDir);
  try {
    const folder = claimDataDir(dataDir);
    const site: ServerSite = { binaries, folder, user, settings: options.settings ?? {} };
    initialiseCluster(site);
    await stopOrphan(folder, say);
    const port = await findPort(options.port ?? 0);
    const server = await superviseServer(site, port, say, unlock);
    await createDatabase(server.ownerUrl);
    return server;
  } catch (error) {
    unlock();
    throw error;
  }
}

async function superviseServer(
  site: ServerSite,
  port: number,
  say: (line: string) => void,
  unlock: () => void,
): Promise<EmbeddedPostgres> {
  let wantedUp = true;
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const started = await startServer(site, port, say);
    started.once('exit', () => {
      if (wantedUp) void heal();
    });
    return started;
  }

  async function startPatiently(): Promise<void> {
    for (const [attempt, pauseMs] of RESTART_PAUSES_MS.entries()) {
      await sleep(pauseMs);
      try {
        child = await start();
        if (!wantedUp && child.pid !== undefined) await endProcess(child.pid); // stopped meanwhile
        return;
      } catch (error) {
        if (attempt === RESTART_PAUSES_MS.length - 1) throw error;
      }
    }
  }

  async function heal(): Promise<void> {
    say('PostgreSQL ended unexpectedly; starting it again …');
    await startPatiently().then(
      () => say('PostgreSQL is back.'),
      (error: Error) => say(`PostgreSQL does not come back. ${error.message}`),
    );
  }

  async function bringDown(how: (pid: number) => unknown): Promise<void> {
    wantedUp = false;
    if (hasExited(child) || child.pid === undefined) return;
    const exited = once(child, 'exit');
    await how(child.pid);
    await exited;
  }

  return {
    ownerUrl: ownerUrlOf(site.folder.password, port),
    port,
    dataDir: site.folder.dataDir,
    get pid() {
      return child.pid ?? 0;
    },
    async stop() {
      await bringDown(endProcess);
      unlock();
    },
    kill9: () => bringDown((pid) => process.kill(pid, 'SIGKILL')),
    async restart() {
      await bringDown(endProcess);
      wantedUp = true;
      await startPatiently();
    },
  };
}

async function createDatabase(ownerUrl: string): Promise<void> {
  const sql = postgres(ownerUrl.replace(/\/[^/]*$/, '/postgres'), { max: 1, onnotice: () => {} });
  try {
    const found = await sql`SELECT 1 FROM pg_database WHERE datname = ${DATABASE}`;
    if (found.length === 0) await sql.unsafe(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await sql.end();
  }
}
