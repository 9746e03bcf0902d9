import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BackupStore, FolderStore, S3Store, type Secrets, s3PlaceOf } from '../sql/backup/index.ts';
import { findRunningPostgres, openEmbeddedPostgres, StartProblem } from '../sql/embedded/index.ts';
import { secretsOf } from './account-settings.ts';
import type { Settings } from './settings.ts';

/** What a backup is called: the time it began, UTC. */
export const BACKUP_ID = /^\d{8}T\d{9}Z$/;

/**
 * The store that a place names.
 * @param place a folder or s3://BUCKET/PREFIX; absent: BACKUP_TO
 * @throws StartProblem where there is neither
 */
export function storeAt(settings: Settings, place: string | undefined): BackupStore {
  const named = place ?? settings.BACKUP_TO;
  if (named === undefined) {
    throw new StartProblem(
      'Where to? Name a folder or s3://BUCKET/PREFIX: --to PLACE, or BACKUP_TO in the environment.',
    );
  }
  if (named.startsWith('s3://')) return new S3Store(s3PlaceOf(named, settings.BACKUP_S3_ENDPOINT));
  if (/^[a-z][\w+.-]+:\/\//i.test(named)) {
    throw new StartProblem(`${named}: not a folder, nor a place that begins with s3://.`);
  }
  return new FolderStore(named);
}

/** A backup of BACKUP_TO by its id, or the newest of a place. */
export function storeAndId(
  settings: Settings,
  from: string | undefined,
): { store: BackupStore; id: string | undefined } {
  const isId = from !== undefined && BACKUP_ID.test(from);
  return { store: storeAt(settings, isId ? undefined : from), id: isId ? from : undefined };
}

/** @throws StartProblem for a file that cannot be read or is too short */
export function backupSecrets({ BACKUP_KEY_FILE: file }: Settings): Secrets {
  return file === undefined ? [] : secretsOf('BACKUP_KEY_FILE', file);
}

export interface BackupSource {
  /** holds a password, so never log it */
  readonly url: string;
  readonly embedded: boolean;
  /** stops the server if it was started for this */
  stop(): Promise<void>;
}

/**
 * The server to back up: BACKUP_DATABASE_URL, else DATABASE_OWNER_URL, else DATABASE_URL; without any of them the embedded
 * one, which may be running.
 * @throws StartProblem where there is none
 */
export async function backupSource(settings: Settings): Promise<BackupSource> {
  const running = runningSource(settings);
  if (running !== null) return { ...running, stop: async () => {} };
  const folder = settings.DATA_DIR ?? 'data';
  if (!existsSync(join(folder, 'postgres')) && settings.DATA_DIR !== undefined) {
    throw new StartProblem(`There is nothing to back up in ${folder}: name the right folder with --data-dir.`);
  }
  const server = await openEmbeddedPostgres({ dataDir: settings.DATA_DIR });
  return { url: server.ownerUrl, embedded: true, stop: () => server.stop() };
}

/** The server to back up as it runs at this moment; null where it does not. */
export function runningSource(settings: Settings): Pick<BackupSource, 'url' | 'embedded'> | null {
  const { BACKUP_DATABASE_URL, DATABASE_OWNER_URL, DATABASE_URL } = settings;
  const named = BACKUP_DATABASE_URL ?? DATABASE_OWNER_URL;
  if (named !== undefined) return { url: named, embedded: false };
  // the workers of npm start know the embedded server by its DATABASE_URL; its owner is found in the data folder
  const embedded = findRunningPostgres(settings.DATA_DIR);
  const isIt = embedded !== null && (DATABASE_URL === undefined || samePlace(embedded.ownerUrl, DATABASE_URL));
  if (isIt) return { url: embedded.ownerUrl, embedded: true };
  return DATABASE_URL === undefined ? null : { url: DATABASE_URL, embedded: false };
}

function samePlace(one: string, other: string): boolean {
  return new URL(one).host === new URL(other).host;
}
