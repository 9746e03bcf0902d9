import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LOCK_FILE } from './instance-lock.ts';
import { blockedFolder, type ServiceUser } from './service-user.ts';
import { StartProblem } from './start-problem.ts';

const MARKER_FILE = 'psephos.json';
const PASSWORD_FILE = 'passwords.json';
/** Raised when the folder's own layout changes; PostgreSQL's version is told apart on its own. */
const LAYOUT = 1;
const DEFAULT_NAME = 'data';
/** What workers have written there for a PostgreSQL of one's own is no strange data. */
const OWN_FOLDER = /^audit-(?:heads|archive)$/;
/** Where the default folder goes when the checkout is out of the service user's reach. */
const SYSTEM_DATA_ROOT = '/var/lib/psephos';

/** One Psephos data folder: psephos.json, psephos.lock, passwords.json (0600) and PostgreSQL's own folder. */
export interface DataFolder {
  readonly dataDir: string;
  /** PGDATA, owned by the user that runs the server */
  readonly pgData: string;
  readonly startLog: string;
  readonly password: string;
}

/**
 * The folder to use. A folder that was asked for must be reachable; the default one (./data) moves to /var/lib/psephos
 * when the checkout lies below somebody's private folder.
 * @throws StartProblem naming the folder that bars the way and the command that opens it
 */
export function chooseDataDir(
  asked: string | undefined,
  user: ServiceUser | null,
  say: (line: string) => void,
): string {
  const dataDir = resolve(asked ?? DEFAULT_NAME);
  const blocked = blockedFolder(dataDir, user);
  if (!blocked || !user) return dataDir;
  if (asked !== undefined) {
    const mode = (statSync(blocked).mode & 0o7777).toString(8);
    throw new StartProblem(
      `The data folder ${dataDir} is out of reach for the user ${user.name}, which runs PostgreSQL because PostgreSQL ` +
        `refuses to run as root: ${blocked} has mode ${mode}. Run: chmod o+x ${blocked} – or choose another --data-dir.`,
    );
  }
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const moved = join(SYSTEM_DATA_ROOT, hash);
  say(`The data folder is ${moved}, because ${blocked} is closed to the user ${user.name}, which runs PostgreSQL.`);
  return moved;
}

/** Makes the folder if it is new, and says what it is if it is not ours. Writes nothing into a strange folder. */
export function inspectDataDir(dataDir: string, postgresMajor: number): void {
  makeFolder(dataDir);
  const marker = join(dataDir, MARKER_FILE);
  if (!existsSync(marker)) {
    const strange = readdirSync(dataDir).filter((name) => !name.startsWith(LOCK_FILE) && !OWN_FOLDER.test(name));
    if (strange.length === 0) return;
    throw new StartProblem(
      `${dataDir} is not a Psephos data folder: it holds ${strange.slice(0, 3).join(', ')}${strange.length > 3 ? ', …' : ''} ` +
        `but no ${MARKER_FILE}. Choose an empty or new folder: --data-dir OTHER`,
    );
  }
  const { layout } = readJson<{ layout: number }>(marker);
  if (layout !== LAYOUT) {
    throw new StartProblem(
      `The data folder ${dataDir} has layout ${layout}; this Psephos knows layout ${LAYOUT}. Start the version of Psephos ` +
        'that wrote it, or choose another --data-dir.',
    );
  }
  const versionFile = join(dataDir, 'postgres', 'PG_VERSION');
  const found = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : String(postgresMajor);
  if (found !== String(postgresMajor)) {
    throw new StartProblem(
      `The data folder ${dataDir} was written by PostgreSQL ${found}; this Psephos carries PostgreSQL ${postgresMajor}, which ` +
        `cannot read it. Dump it with PostgreSQL ${found} (pg_dumpall) and restore it here, or choose another --data-dir.`,
    );
  }
}

/** Marks the folder as ours and makes or reads the server's password. Call with the lock held. */
export function claimDataDir(dataDir: string): DataFolder {
  const marker = join(dataDir, MARKER_FILE);
  if (!existsSync(marker)) writeFileSync(marker, `${JSON.stringify({ product: 'psephos', layout: LAYOUT })}\n`);
  const passwords = join(dataDir, PASSWORD_FILE);
  const pgData = join(dataDir, 'postgres');
  if (!existsSync(passwords) || !existsSync(pgData)) {
    // Hexadecimal, so that it stands in a URL as it is
    writeFileSync(passwords, `${JSON.stringify({ postgres: randomBytes(24).toString('hex') })}\n`, { mode: 0o600 });
  }
  const { postgres } = readJson<{ postgres: string }>(passwords);
  return { dataDir, pgData, startLog: join(dataDir, 'postgres-start.log'), password: postgres };
}

/** Gives a file or folder to the user that runs the server. */
export function giveTo(path: string, user: ServiceUser | null): void {
  if (user) chownSync(path, user.uid, user.gid);
}

function makeFolder(dataDir: string): void {
  const standing = statSync(dataDir, { throwIfNoEntry: false });
  if (standing && !standing.isDirectory())
    throw new StartProblem(`${dataDir} is a file, not a folder. Choose another --data-dir.`);
  if (standing) return;
  // One by one: Node's recursive mkdir never ends where the kernel answers ENOENT to the last step (below /proc)
  const missing: string[] = [];
  for (let at = dataDir; !existsSync(at); at = dirname(at)) missing.unshift(at);
  try {
    for (const folder of missing) {
      mkdirSync(folder);
      chmodSync(folder, 0o755); // a umask of 077 would close it to the server's user
    }
  } catch (error) {
    throw new StartProblem(`The data folder ${dataDir} cannot be made: ${(error as Error).message}`);
  }
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new StartProblem(
      `${file} cannot be read (${(error as Error).message}). Restore it from a backup, or choose another --data-dir.`,
    );
  }
}
