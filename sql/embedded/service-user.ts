import { spawnSync } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StartProblem } from './start-problem.ts';

/** The unprivileged system user that runs PostgreSQL when we are root, since PostgreSQL refuses to run as root. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const OWN_USER = 'psephos';
/** Users that exist on most systems, for machines where none can be added. */
const FALLBACK_USERS = ['postgres', 'nobody'];

/**
 * The user that server processes run as, or null when we are not root and they run as ourselves.
 * Adds the system user `psephos` on first use.
 * @throws StartProblem when no unprivileged user can be had
 */
export function findServiceUser(): ServiceUser | null {
  if (process.getuid?.() !== 0) return null;
  const existing = lookUp(OWN_USER);
  if (existing) return existing;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_USER]);
  for (const name of [OWN_USER, ...FALLBACK_USERS]) {
    const user = lookUp(name);
    if (user) return user;
  }
  throw new StartProblem(
    'PostgreSQL refuses to run as root, and no other user could be found or added. Start Psephos as an ordinary user, ' +
      'or add one: useradd --system psephos. Or use a server of your own: DATABASE_URL=postgres://…',
  );
}

function lookUp(name: string): ServiceUser | null {
  const id = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const uid = id('-u');
  const gid = id('-g');
  if (uid.status !== 0 || gid.status !== 0) return null;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/**
 * The topmost folder on the way to `path` that `user` may not pass through (or `path` itself), or null when all are open.
 * Parts that do not exist yet are passed over.
 */
export function blockedFolder(path: string, user: ServiceUser | null): string | null {
  if (!user) return null;
  const folders: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return folders.find((folder) => !mayPass(folder, user)) ?? null;
}

function mayPass(folder: string, user: ServiceUser): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return true;
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === user.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}

/** The first temporary folder that `user` can reach: TMPDIR itself may lie in somebody's home. */
export function sharedTempRoot(user: ServiceUser | null): string {
  const found = [tmpdir(), '/var/tmp', '/tmp'].find(
    (folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() && !blockedFolder(folder, user),
  );
  if (!found)
    throw new StartProblem(`No temporary folder can be reached by the user ${user?.name}: run chmod 1777 /tmp`);
  return found;
}

/** A new temporary folder that server processes can reach. The caller removes it. */
export async function makeSharedTempFolder(prefix: string): Promise<string> {
  const folder = mkdtempSync(join(sharedTempRoot(findServiceUser()), prefix));
  await chmod(folder, 0o755); // mkdtemp makes 700, which would keep the service user out
  return folder;
}
