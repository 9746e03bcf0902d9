import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupEntry, type BackupStore, fillDataFolder, type Secrets } from '../sql/backup/index.ts';
import {
  EMBEDDED_NAMES,
  makeSharedTempFolder,
  openEmbeddedPostgres,
  recoverDataFolder,
  StartProblem,
} from '../sql/embedded/index.ts';

/** For a copy that is thrown away: nothing of it need survive a crash, and it should not take memory from the real one. */
const THROWN_AWAY = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', shared_buffers: '128MB' };

/**
 * A moment between the end of a backup and now.
 * @throws StartProblem for anything else
 */
export function momentOf(text: string | undefined, entry: BackupEntry): Date | undefined {
  if (text === undefined) return undefined;
  const moment = new Date(text);
  if (Number.isNaN(Number(moment)) || !/\dT\d/.test(text)) {
    throw new StartProblem(`--to-time ${text}: not a time, e.g. 2026-05-01T18:30:00Z.`);
  }
  if (moment < new Date(entry.ended_at)) {
    throw new StartProblem(
      `--to-time ${text}: the backup ${entry.id} ended at ${entry.ended_at}, and a copy cannot be older. Name an older one: --from BACKUP`,
    );
  }
  return moment;
}

export interface CopySource {
  readonly store: BackupStore;
  readonly secrets: Secrets;
  readonly entry: BackupEntry;
  readonly toTime?: Date | undefined;
}

/** Restores into a temporary server, does the work, and throws the server away. @param work gets its owner's address */
export async function withRestoredCopy<T>(source: CopySource, work: (ownerUrl: string) => Promise<T>): Promise<T> {
  const folder = await makeSharedTempFolder(`psephos-drill-${randomUUID().slice(0, 8)}-`);
  const dataDir = join(folder, 'data');
  try {
    await recoverDataFolder({
      dataDir,
      fill: async (pgData) => ({ ...(await fillDataFolder({ ...source, pgData })), ...THROWN_AWAY }),
      superuser: source.entry.superuser,
      database: source.entry.database,
      serverVersion: source.entry.server_version,
      afterwards: [],
      to: EMBEDDED_NAMES,
    });
    const server = await openEmbeddedPostgres({ dataDir, settings: THROWN_AWAY });
    try {
      return await work(server.ownerUrl);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
