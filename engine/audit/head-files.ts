import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PublishedHead } from './heads.ts';

/** Heads are kept a file an organisation, a line a day; lines are only ever added. */
const SUFFIX = '.jsonl';
/** Longer than any line: the newest is looked for at the end. */
const TAIL_BYTES = 4_096;

const publishedHead = z.strictObject({
  day: z.iso.date(),
  org_id: z.uuid(),
  seq: z.int().positive(),
  entry_hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  kid: z.string(),
  public_key: z.base64(),
  signature: z.base64(),
});

/** Adds a head to its organisation's file unless it is the newest there; on disk when it answers. */
export async function appendHead(folder: string, head: PublishedHead): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, `${head.org_id}${SUFFIX}`), 'a+', 0o640);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    await file.read(tail, 0, tail.length, size - tail.length);
    const text = tail.toString();
    const newest = text.trimEnd().split('\n').at(-1) ?? '';
    const line = JSON.stringify(head);
    if (newest === line) return;
    // a line that a crash has cut short stays as it is: the next one must not be glued to it
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    await file.appendFile(`${gap}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

export interface ReadHeads {
  readonly heads: readonly PublishedHead[];
  /** 'FILE:LINE' of what is no head; a line that a crash has cut short is one */
  readonly unreadable: readonly string[];
}

/**
 * Heads from a folder of .jsonl files, or from one file: as they were written, or lines from mails put together by hand.
 * @throws the file system's error where there is nothing
 */
export async function readHeads(path: string): Promise<ReadHeads> {
  const isFolder = (await stat(path)).isDirectory();
  const files = isFolder
    ? (await readdir(path))
        .filter((name) => name.endsWith(SUFFIX))
        .sort()
        .map((name) => join(path, name))
    : [path];
  const heads: PublishedHead[] = [];
  const unreadable: string[] = [];
  for (const file of files) {
    const lines = (await readFile(file, 'utf8')).split('\n');
    lines.forEach((line, i) => {
      if (line.trim() === '') return;
      const head = headOf(line);
      if (head === null) unreadable.push(`${file}:${i + 1}`);
      else heads.push(head);
    });
  }
  return { heads, unreadable };
}

function headOf(line: string): PublishedHead | null {
  try {
    const parsed = publishedHead.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // no JSON
  }
}
