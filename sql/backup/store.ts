import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StartProblem } from '../embedded/index.ts';

/** A place that keeps files under names with slashes. A name is there with its whole content, or not at all. */
export interface BackupStore {
  /** where that is, for people; no credentials in it */
  readonly place: string;
  /** @param expectedBytes about how much comes; decides the size of the parts of an upload */
  write(name: string, content: Readable, expectedBytes: number): Promise<void>;
  /** @throws StartProblem where there is no such file */
  read(name: string): Promise<Readable>;
  /** Files whose names begin with the prefix. */
  list(prefix: string): Promise<readonly StoredFile[]>;
  /** No such file is no failure. */
  remove(name: string): Promise<void>;
}

export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  readonly at: Date;
}

/** A folder of this machine, or one that is mounted into it. Made with mode 700, files in it 600. */
export class FolderStore implements BackupStore {
  readonly place: string;

  constructor(folder: string) {
    this.place = resolve(folder);
  }

  async write(name: string, content: Readable): Promise<void> {
    const file = join(this.place, name);
    const draft = `${file}.part-${process.pid}`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await pipeline(content, createWriteStream(draft, { mode: 0o600, flush: true }));
      await rename(draft, file);
      await syncFolder(dirname(file));
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      throw folderProblem(this.place, error);
    }
  }

  async read(name: string): Promise<Readable> {
    const file = join(this.place, name);
    if (!(await stat(file).catch(() => null))?.isFile()) throw missing(this, name);
    return createReadStream(file, { highWaterMark: 1024 * 1024 });
  }

  async list(prefix: string): Promise<readonly StoredFile[]> {
    const folder = join(this.place, dirname(`${prefix}x`));
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile() && !/\.part-\d+$/.test(entry.name));
    const names = files
      .map((entry) => join(entry.parentPath, entry.name).slice(this.place.length + 1))
      .filter((name) => name.startsWith(prefix));
    const found: StoredFile[] = [];
    for (const name of names.sort()) {
      const file = await stat(join(this.place, name)).catch(() => null);
      if (file !== null) found.push({ name, bytes: file.size, at: file.mtime });
    }
    return found;
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.place, name), { force: true });
    // a folder that this has emptied goes with it; one with something in it stays
    if (name.includes('/')) await rmdir(dirname(join(this.place, name))).catch(() => {});
  }
}

/** A rename is on disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null); // Windows opens no folders
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function folderProblem(place: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return new StartProblem(`${place} is full. Make room there, or keep fewer backups (--keep).`);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR') {
    return new StartProblem(`The backup cannot be written to ${place}: ${message}. Name another folder (--to).`);
  }
  return error;
}

export function missing(store: BackupStore, name: string): StartProblem {
  return new StartProblem(`${name} is not in ${store.place}.`);
}
