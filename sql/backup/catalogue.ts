import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { StartProblem } from '../embedded/index.ts';
import type { BackupStore } from './store.ts';

const ENTRY = 'backup.json';

const fileSchema = z.object({
  /** within the backup's own folder */
  name: z.string(),
  /** as it lies there */
  bytes: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What backup.json says of a backup; it is written last, so a backup without one was never finished. */
export const entrySchema = z.object({
  format: z.literal(1),
  id: z.string(),
  started_at: z.string(),
  ended_at: z.string(),
  /** the life of the database (app.epoch) */
  epoch: z.string(),
  /** the newest migration in it */
  migration: z.string(),
  server_version: z.string(),
  system_id: z.string(),
  timeline: z.number(),
  start_lsn: z.string(),
  end_lsn: z.string(),
  database: z.string(),
  /** name of the role that the cluster was made by */
  superuser: z.string(),
  embedded: z.boolean(),
  wal_segment_bytes: z.number(),
  /** what there was when it began: a restored copy must hold at least as much */
  organisations: z.number(),
  log_positions: z.number(),
  tar_bytes: z.number(),
  sealed: z.boolean(),
  base: fileSchema,
  manifest: fileSchema,
});
export type BackupEntry = z.output<typeof entrySchema>;

/** Finished backups of a store, oldest first. */
export async function listBackups(store: BackupStore): Promise<readonly BackupEntry[]> {
  const files = (await store.list('base/')).filter(({ name }) => name.endsWith(`/${ENTRY}`));
  const entries: BackupEntry[] = [];
  for (const { name } of files) entries.push(await readEntry(store, name));
  return entries.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * @param id absent: the newest
 * @throws StartProblem where there is none
 */
export async function findBackup(store: BackupStore, id?: string): Promise<BackupEntry> {
  if (id !== undefined) return readEntry(store, `base/${id}/${ENTRY}`);
  const newest = (await listBackups(store)).at(-1);
  if (newest === undefined) throw new StartProblem(`There is no finished backup in ${store.place}.`);
  return newest;
}

export async function writeEntry(store: BackupStore, entry: BackupEntry): Promise<void> {
  const text = `${JSON.stringify(entry, null, 2)}\n`;
  await store.write(nameIn(entry.id, ENTRY), Readable.from([Buffer.from(text)]), text.length);
}

/** The entry goes first: what is half removed must not pass for a backup. */
export async function removeBackup(store: BackupStore, entry: BackupEntry): Promise<void> {
  for (const file of [ENTRY, entry.manifest.name, entry.base.name]) await store.remove(nameIn(entry.id, file));
}

/** Name of a backup's file in its store. */
export function nameIn(id: string, file: string): string {
  return `base/${id}/${file}`;
}

async function readEntry(store: BackupStore, name: string): Promise<BackupEntry> {
  const text = (await buffer(await store.read(name))).toString('utf8');
  const parsed = entrySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new StartProblem(
    `${store.place}: ${name} is damaged or of a newer Psephos (${parsed.error.issues[0]?.path.join('.') ?? ''}). ` +
      'Choose another backup: npm run backup -- list',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
