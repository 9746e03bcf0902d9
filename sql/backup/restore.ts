import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findServiceUser, type RecoverySettings } from '../embedded/index.ts';
import type { BackupEntry } from './catalogue.ts';
import type { BackupStore } from './store.ts';
import type { Secrets } from './streams.ts';
import { unpackBackup } from './unpack.ts';
import { archiveOf, fetchLog } from './wal-archive.ts';

export interface RestoreOptions {
  readonly store: BackupStore;
  readonly secrets: Secrets;
  readonly entry: BackupEntry;
  /** PGDATA to make; must not be there yet */
  readonly pgData: string;
  /** the moment to bring it to, from the archived log; absent: as far as the log goes */
  readonly toTime?: Date | undefined;
  readonly onProgress?: (bytes: number, ofBytes: number) => void;
}

/** Settings of the server that a cluster was backed up from do not fit another machine; they are kept beside. */
const OWN_FILES = ['postgresql.conf', 'postgresql.auto.conf', 'pg_hba.conf', 'pg_ident.conf'];

/**
 * Makes a data folder from a backup and the archived log: every file compared with the manifest, the log laid where the
 * server finds it, and the note that makes it recover when it starts.
 * @returns what the server must be started with the first time
 * @throws StartProblem naming what is damaged or missing
 */
export async function fillDataFolder(options: RestoreOptions): Promise<RecoverySettings> {
  const { store, secrets, entry, pgData, toTime } = options;
  // a recovery that was broken off leaves nothing that looks like a cluster
  const draft = `${pgData}.restoring`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await unpackBackup({ store, secrets, entry, folder: draft, ...progressOf(options) });
  await fetchLog(archiveOf(store, secrets, entry), entry, join(draft, 'pg_wal'));
  for (const file of OWN_FILES) {
    const path = join(draft, file);
    if (existsSync(path)) await rename(path, `${path}.of-backup`);
    await writeFile(path, '', { mode: 0o600 });
  }
  await writeFile(join(draft, 'recovery.signal'), '', { mode: 0o600 });
  await giveAll(draft);
  await rename(draft, pgData);
  return {
    restore_command: 'exit 1', // everything lies in pg_wal already
    recovery_target_timeline: 'latest',
    recovery_target_action: 'promote',
    hot_standby: 'off', // nobody reads while it recovers, and it need not be as large as the server it comes from
    ...(toTime === undefined
      ? {}
      : { recovery_target_time: toTime.toISOString().replace('T', ' ').replace('Z', '+00') }),
  };
}

function progressOf({ onProgress }: RestoreOptions): Pick<RestoreOptions, 'onProgress'> {
  return onProgress === undefined ? {} : { onProgress };
}

/** The server runs as a user of its own where we are root. */
async function giveAll(folder: string): Promise<void> {
  const user = findServiceUser();
  await chmod(folder, 0o700);
  if (user === null) return;
  await chown(folder, user.uid, user.gid);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}
