import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartProblem } from './start-problem.ts';

export const LOCK_FILE = 'psephos.lock';

interface Holder {
  readonly pid: number;
  /** tells a process from a later one that got the same number; null where the system does not say */
  readonly bornAt: string | null;
}

/**
 * One instance per data folder. The lock is a file with its holder's process, so that one left by a kill -9 is seen as
 * dead and replaced.
 * @returns releases the lock
 * @throws StartProblem when a living process holds it
 */
export function lockDataFolder(dataDir: string): () => void {
  const lock = join(dataDir, LOCK_FILE);
  const own = JSON.stringify({ pid: process.pid, bornAt: birthOf(process.pid) } satisfies Holder);
  const draft = `${lock}.${process.pid}`;
  for (;;) {
    writeFileSync(draft, own, { mode: 0o600 });
    try {
      linkSync(draft, lock); // appears with its content or not at all
      return () => release(lock, own);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    removeIfDead(lock, dataDir);
  }
}

function release(lock: string, own: string): void {
  if (readHolder(lock) === own) rmSync(lock, { force: true });
}

function removeIfDead(lock: string, dataDir: string): void {
  const found = readHolder(lock);
  if (found === null) return;
  const holder = parseHolder(found);
  if (holder && isAlive(holder)) {
    throw new StartProblem(
      `The data folder ${dataDir} is in use by another Psephos (process ${holder.pid}). Stop that one, or give this one ` +
        'a folder of its own: --data-dir OTHER. Keys, accounts and administrators are made while it runs by npm run admin.',
    );
  }
  // Moved away first: if another start replaced the dead lock in between, what we hold is a living one and goes back.
  const away = `${lock}.dead.${process.pid}`;
  try {
    renameSync(lock, away);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readHolder(away) !== found) renameSync(away, lock);
  rmSync(away, { force: true });
}

function readHolder(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return typeof value.pid === 'number' ? { pid: value.pid, bornAt: value.bornAt ?? null } : null;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (!processExists(holder.pid)) return false;
  const bornAt = birthOf(holder.pid);
  return holder.bornAt === null || bornAt === null || bornAt === holder.bornAt;
}

/** Whether a process with this number runs, whoever owns it. One that ended but was not yet collected does not run. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statusFields(pid)?.[0] !== 'Z';
}

/** Boot and start time of a process in ticks, or null outside Linux. */
function birthOf(pid: number): string | null {
  const fields = statusFields(pid);
  if (!fields) return null;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${fields[19]}`; // field 22 of proc(5), starttime
}

/** Fields of /proc/PID/stat from the third (the state) on, or null outside Linux. The name before may hold blanks. */
function statusFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
