import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { AuditEntry, EntryDetails } from './entry.ts';
import type { StoredEntry } from './queries.ts';

/**
 * A month of a chain as two files: entries, which never change once written, and details, which lose what is erased.
 * Gzipped JSON lines: readable in fifty years without us.
 */
interface MonthFiles {
  readonly entries: string;
  readonly details: string;
}

/** @param month its first day, YYYY-MM-DD */
function filesOf(folder: string, orgId: string, month: string): MonthFiles {
  const base = join(folder, orgId, month.slice(0, 7));
  return { entries: `${base}.entries.jsonl.gz`, details: `${base}.details.jsonl.gz` };
}

type DetailsLine = EntryDetails & { readonly seq: number };

/** Writes a file beside its name and moves it there when it is whole and on disk. @returns SHA-256, hex */
async function writeLines(path: string, lines: AsyncIterable<string>): Promise<string> {
  const draft = `${path}.draft`;
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(Readable.from(lines), createGzip(), hashing, createWriteStream(draft, { mode: 0o640 }));
  const file = await open(draft, 'r+');
  await file.sync().finally(() => file.close());
  await rename(draft, path);
  return hash.digest('hex');
}

async function* readLines(path: string): AsyncGenerator<unknown> {
  const source = createReadStream(path);
  const text = source.pipe(createGunzip());
  source.on('error', (error) => text.destroy(error));
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY }))
    yield JSON.parse(line);
}

/** @returns SHA-256 of the file of entries, hex */
export async function writeMonth(
  folder: string,
  orgId: string,
  month: string,
  entries: () => AsyncIterable<StoredEntry>,
): Promise<string> {
  const files = filesOf(folder, orgId, month);
  await mkdir(join(folder, orgId), { recursive: true });
  const detailLines = async function* () {
    for await (const { entry, details } of entries()) {
      if (details !== null) yield `${JSON.stringify({ seq: entry.seq, ...details } satisfies DetailsLine)}\n`;
    }
  };
  const entryLines = async function* () {
    for await (const { entry } of entries()) yield `${JSON.stringify(entry)}\n`;
  };
  await writeLines(files.details, detailLines());
  return writeLines(files.entries, entryLines());
}

/** SHA-256 of a month's file of entries, hex; null where there is none. */
export async function hashOfMonth(folder: string, orgId: string, month: string): Promise<string | null> {
  const path = filesOf(folder, orgId, month).entries;
  const there = await stat(path).catch(() => null);
  if (there === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Entries with their details, in order. Throws for what is no gzip or no JSON: whoever reads has compared the hash before. */
export async function* readMonth(folder: string, orgId: string, month: string): AsyncGenerator<StoredEntry> {
  const files = filesOf(folder, orgId, month);
  const details = readLines(files.details) as AsyncGenerator<DetailsLine>;
  let next = (await details.next()).value as DetailsLine | undefined;
  try {
    for await (const line of readLines(files.entries)) {
      const entry = line as AuditEntry;
      while (next !== undefined && next.seq < entry.seq) next = (await details.next()).value as DetailsLine | undefined;
      const { seq, ...own } = next ?? { seq: -1 };
      yield { entry, details: seq === entry.seq ? (own as EntryDetails) : null };
    }
  } finally {
    await details.return(undefined);
  }
}

/** Whether the details lie here and were last written before a moment, so that what was erased then is in them still. */
export async function holdsDetailsOlderThan(folder: string, orgId: string, month: string, at: Date): Promise<boolean> {
  const there = await stat(filesOf(folder, orgId, month).details).catch(() => null); // moved to another disk
  return there !== null && there.mtime <= at;
}

/** Takes what persons had erased out of a month's details. The file of entries stays as it is. */
export async function eraseFromMonth(
  folder: string,
  orgId: string,
  month: string,
  persons: ReadonlySet<string>,
): Promise<void> {
  const lines = async function* () {
    for await (const { entry, details } of readMonth(folder, orgId, month)) {
      if (details === null) continue;
      const gone = entry.person !== null && persons.has(entry.person) && details.salt !== null;
      const originGone = persons.has(entry.actor.split(':')[1] ?? '') && details.originSalt !== null;
      const left: DetailsLine = {
        seq: entry.seq,
        ...details,
        ...(gone ? { salt: null, old: null, new: null, erased: true } : {}),
        ...(originGone ? { originSalt: null, origin: null, originErased: true } : {}),
      };
      yield `${JSON.stringify(left)}\n`;
    }
  };
  await writeLines(filesOf(folder, orgId, month).details, lines());
}

/** For an archive that was begun and not recorded. */
export async function removeMonth(folder: string, orgId: string, month: string): Promise<void> {
  const files = filesOf(folder, orgId, month);
  await Promise.all([rm(files.entries, { force: true }), rm(files.details, { force: true })]);
}
