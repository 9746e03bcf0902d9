import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { StartProblem } from '../embedded/index.ts';
import { type BackupEntry, nameIn } from './catalogue.ts';
import { differences, readManifest } from './manifest.ts';
import type { BackupStore } from './store.ts';
import { Measure, type Secrets, unpacking } from './streams.ts';
import { unpacker } from './tar.ts';

export interface UnpackOptions {
  readonly store: BackupStore;
  readonly secrets: Secrets;
  readonly entry: BackupEntry;
  /** PGDATA to write, empty; null: the backup is only read and compared */
  readonly folder: string | null;
  /** bytes of the stored file read so far, of how many */
  readonly onProgress?: (bytes: number, ofBytes: number) => void;
}

/**
 * Unpacks a backup and compares everything on the way: the stored files with backup.json, the manifest with its own
 * checksum, every file with the manifest.
 * @returns how many files it holds
 * @throws StartProblem naming what is damaged
 */
export async function unpackBackup({ store, secrets, entry, folder, onProgress }: UnpackOptions): Promise<number> {
  const manifestFile = nameIn(entry.id, entry.manifest.name);
  const read = new Measure();
  const listed = await intact(manifestFile, async () => {
    const stages = unpacking(manifestFile, secrets);
    const last = stages.at(-1) as (typeof stages)[number];
    const [content] = await Promise.all([buffer(last), pipeline([await store.read(manifestFile), read, ...stages])]);
    return content;
  });
  refuseOther(manifestFile, entry.manifest, read);
  const manifest = readManifest(listed);

  const baseFile = nameIn(entry.id, entry.base.name);
  const measure = new Measure((bytes) => onProgress?.(bytes, entry.base.bytes));
  const { sink, contents } = unpacker(folder);
  await intact(baseFile, async () =>
    pipeline([await store.read(baseFile), measure, ...unpacking(baseFile, secrets), sink]),
  );
  refuseOther(baseFile, entry.base, measure);
  const wrong = differences(manifest, await contents);
  if (wrong.length > 0) {
    throw new StartProblem(`The backup ${entry.id} differs from its manifest: ${wrong.slice(0, 5).join('; ')}.`);
  }
  return manifest.files.size;
}

/** Whatever decompression or the tar format say of damaged bytes is the same for whoever reads it. */
async function intact<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const ofTheFormat = /^ZSTD_|^Z_/.test(code ?? '') || /zstd|tar|unexpected end|checksum mismatch/i.test(message);
    if (error instanceof StartProblem || !ofTheFormat) throw error;
    throw new StartProblem(`${name} is damaged (${message}). Use another backup.`);
  }
}

function refuseOther(name: string, said: { bytes: number; sha256: string }, read: Measure): void {
  if (read.bytes !== said.bytes) {
    throw new StartProblem(`${name} has ${read.bytes} bytes, not ${said.bytes}: it is damaged. Use another backup.`);
  }
  if (read.sha256() !== said.sha256) {
    throw new StartProblem(`${name} is damaged: its SHA-256 is not the one in backup.json. Use another backup.`);
  }
}
