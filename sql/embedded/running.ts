import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseDataDir } from './data-folder.ts';
import { processExists } from './instance-lock.ts';
import { LISTEN_HOST } from './server.ts';
import { findServiceUser } from './service-user.ts';

/** postgres://… of the embedded server's superuser; holds the password, so never log it. */
export function ownerUrlOf(password: string, port: number): string {
  return `postgres://postgres:${password}@${LISTEN_HOST}:${port}/psephos`;
}

/**
 * The embedded server that another process of this machine runs in a data folder, or null where none does.
 * @param asked the folder; absent: the default one
 */
export function findRunningPostgres(
  asked: string | undefined,
): { readonly ownerUrl: string; readonly dataDir: string } | null {
  const dataDir = chooseDataDir(asked, findServiceUser(), () => {});
  try {
    const { postgres } = JSON.parse(readFileSync(join(dataDir, 'passwords.json'), 'utf8')) as { postgres: string };
    // line 1 is the process, line 4 its port, line 8 its status
    const lines = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    if (!processExists(Number(lines[0])) || lines[7]?.trim() !== 'ready') return null;
    return { ownerUrl: ownerUrlOf(postgres, Number(lines[3])), dataDir };
  } catch {
    return null; // no such folder, nothing in it, or nothing that we may read
  }
}
