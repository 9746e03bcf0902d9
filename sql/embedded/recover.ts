import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { locateBinaries } from './binaries.ts';
import { claimDataDir, type DataFolder, inspectDataDir } from './data-folder.ts';
import { lockDataFolder } from './instance-lock.ts';
import { endProcess, findPort, LISTEN_HOST, type ServerSite, startServer } from './server.ts';
import { findServiceUser, type ServiceUser, sharedTempRoot } from './service-user.ts';
import { StartProblem } from './start-problem.ts';

/** PostgreSQL settings for the first start of a restored cluster. */
export type RecoverySettings = Readonly<Record<string, string>>;

export interface RecoverOptions {
  readonly dataDir: string;
  /** makes the cluster's files; called with the path of PGDATA, which is not there yet */
  readonly fill: (pgData: string) => Promise<RecoverySettings>;
  /** the role and database that the cluster was made with */
  readonly superuser: string;
  readonly database: string;
  /** 18.4: its major version must be that of the server that comes with Psephos */
  readonly serverVersion: string;
  /** statements to run once it has recovered, before anybody else connects */
  readonly afterwards: readonly string[];
  /** what this server is called, and its database, from then on */
  readonly to: { readonly superuser: string; readonly database: string };
}

/** The log that lies between a backup and the moment asked for may take long. */
const RECOVERY_MAX_MS = 6 * 3_600_000;
const ACCESS = `host all all ${LISTEN_HOST}/32 scram-sha-256\nhost replication all ${LISTEN_HOST}/32 scram-sha-256\n`;

/**
 * Makes a data folder from a backup: fills it, lets the server recover, gives it this folder's password and rights, and
 * stops it again. Nobody can reach the server meanwhile but whoever may read a private socket. openEmbeddedPostgres opens it.
 * @throws StartProblem: the folder is in use or strange, the backup is of another version, the log does not reach the moment
 */
export async function recoverDataFolder(options: RecoverOptions): Promise<void> {
  const user = findServiceUser();
  const binaries = locateBinaries(user);
  if (Number.parseInt(options.serverVersion, 10) !== binaries.major) {
    throw new StartProblem(
      `The backup is of PostgreSQL ${options.serverVersion}, and this Psephos carries ${binaries.major}: restore it into a ` +
        'server of that version (npm run restore -- --pgdata FOLDER).',
    );
  }
  inspectDataDir(options.dataDir, binaries.major);
  const unlock = lockDataFolder(options.dataDir);
  try {
    const settings = await options.fill(join(options.dataDir, 'postgres'));
    const folder = claimDataDir(options.dataDir);
    await recover({ binaries, folder, user, settings: {}, readyMaxMs: RECOVERY_MAX_MS }, settings, options);
    writeFileSync(join(folder.pgData, 'pg_hba.conf'), ACCESS, { mode: 0o600 });
    if (user) chownSync(join(folder.pgData, 'pg_hba.conf'), user.uid, user.gid);
  } finally {
    unlock();
  }
}

async function recover(site: ServerSite, settings: RecoverySettings, options: RecoverOptions): Promise<void> {
  // the passwords in a backup are not ours: the way in is a socket that only we can reach
  const sockets = privateFolder(site.user);
  const hba = join(sockets, 'pg_hba.conf');
  writeFileSync(hba, 'local all all trust\n', { mode: 0o600 });
  if (site.user) chownSync(hba, site.user.uid, site.user.gid);
  try {
    const closed = { listen_addresses: '', unix_socket_directories: sockets, hba_file: hba };
    const port = await findPort(0);
    const server = await startServer({ ...site, settings: { ...settings, ...closed } }, port, () => {}).catch(
      (error: Error) => {
        throw explained(error);
      },
    );
    try {
      await adopt(sockets, port, site.folder, options);
    } finally {
      if (server.pid !== undefined) await endProcess(server.pid);
    }
  } finally {
    rmSync(sockets, { recursive: true, force: true });
  }
}

async function adopt(socket: string, port: number, folder: DataFolder, options: RecoverOptions): Promise<void> {
  const { to } = options;
  const place = { host: socket, port, username: options.superuser };
  await asSuperuser({ ...place, database: 'template1' }, async (sql) => {
    const found = await sql`SELECT FROM pg_roles WHERE rolname = ${to.superuser}`;
    const act = found.length === 0 ? 'CREATE' : 'ALTER';
    // hexadecimal, so that it stands in the statement as it is
    await sql.unsafe(`${act} ROLE ${quoted(to.superuser)} SUPERUSER LOGIN PASSWORD '${folder.password}'`);
    const standing = await sql`SELECT FROM pg_database WHERE datname = ${to.database}`;
    if (standing.length > 0 || options.database === to.database) return;
    await sql.unsafe(`ALTER DATABASE ${quoted(options.database)} RENAME TO ${quoted(to.database)}`);
  });
  await asSuperuser({ ...place, database: to.database }, async (sql) => {
    for (const statement of options.afterwards) await sql.unsafe(statement);
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function asSuperuser(
  place: { host: string; port: number; username: string; database: string },
  work: (sql: postgres.Sql) => Promise<void>,
): Promise<void> {
  const sql = postgres({ ...place, max: 1, onnotice: () => {}, connection: { application_name: 'psephos restore' } });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

/** Short: the path of a socket may be 107 bytes. Mode 700, of the user that runs the server. */
function privateFolder(user: ServiceUser | null): string {
  const folder = mkdtempSync(join(sharedTempRoot(user), 'psephos-'));
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

function explained(error: Error): Error {
  if (/recovery ended before configured recovery target was reached/.test(error.message)) {
    return new StartProblem(
      'The archived log does not reach the moment that was asked for. Name an earlier one (npm run backup -- list shows how ' +
        'far the log goes), or leave --to-time out to have everything.',
    );
  }
  if (
    /could not locate (a valid checkpoint record|required checkpoint record)|requested WAL|invalid checkpoint/.test(
      error.message,
    )
  ) {
    return new StartProblem(`The backup lacks a part of the log that it needs. ${error.message}`);
  }
  return error;
}
