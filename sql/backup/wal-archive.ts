import { createWriteStream } from 'node:fs';
import { access, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BackupEntry } from './catalogue.ts';
import type { BackupStore } from './store.ts';
import { packing, type Secrets, storedName, unpacking } from './streams.ts';

/*
 * The archive of the write-ahead log lies beside the backups, a folder a cluster (by its system identifier), a file a
 * segment, named as the server names it:
 *   wal/7417…/000000010000000000000007.zst            whole
 *   wal/7417…/000000010000000000000008.partial.zst    the newest one so far; written anew while it grows
 *   wal/7417…/00000002.history.zst                    how timeline 2 came about
 */
const NAME = /\/(([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})|[0-9A-F]{8}\.history)(\.partial)?\.zst(\.sealed)?$/;

/** The archived log of one cluster. */
export interface LogArchive {
  readonly store: BackupStore;
  readonly secrets: Secrets;
  readonly systemId: string;
  /** 16 MiB, unless the cluster was made with another size */
  readonly segmentBytes: number;
}

/** The archive that a backup can be brought forward with. */
export function archiveOf(store: BackupStore, secrets: Secrets, entry: BackupEntry): LogArchive {
  return { store, secrets, systemId: entry.system_id, segmentBytes: entry.wal_segment_bytes };
}

function folderOf({ systemId }: LogArchive): string {
  return `wal/${systemId}/`;
}

/** One segment or history file of the archive. */
export interface ArchivedLog {
  /** as the server calls it */
  readonly name: string;
  /** as the store does */
  readonly storedAs: string;
  readonly timeline: number;
  /** number of the segment from the log's beginning; -1 for a history file */
  readonly segment: number;
  readonly partial: boolean;
  readonly at: Date;
}

/** Position 'A/1B2C3D4E' as a number; exact up to 8 PB of log. */
export function lsnOf(text: string): number {
  const [high = '0', low = '0'] = text.split('/');
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
}

export function lsnText(lsn: number): string {
  return `${Math.floor(lsn / 2 ** 32).toString(16)}/${(lsn % 2 ** 32).toString(16)}`.toUpperCase();
}

/** '000000010000000000000007': timeline, then the segment's number in two parts. */
export function segmentName(timeline: number, segment: number, segmentBytes: number): string {
  const perPart = 2 ** 32 / segmentBytes;
  return [timeline, Math.floor(segment / perPart), segment % perPart]
    .map((part) => part.toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase();
}

export async function listLog(archive: LogArchive): Promise<readonly ArchivedLog[]> {
  const perPart = 2 ** 32 / archive.segmentBytes;
  const found: ArchivedLog[] = [];
  for (const { name: storedAs, at } of await archive.store.list(folderOf(archive))) {
    const match = NAME.exec(storedAs);
    if (match === null) continue;
    const [, name = '', timeline, high, low, partial] = match;
    const segment = low === undefined ? -1 : Number.parseInt(high ?? '', 16) * perPart + Number.parseInt(low, 16);
    const number = Number.parseInt(timeline ?? name.slice(0, 8), 16);
    found.push({ name, storedAs, timeline: number, segment, partial: partial !== undefined, at });
  }
  return found;
}

/** @param name a segment's or history file's; with '.partial' what there is of it so far */
export async function writeLog(archive: LogArchive, name: string, content: Buffer): Promise<void> {
  const storedAs = storedName(folderOf(archive) + name, archive.secrets);
  const stages = packing(storedAs, archive.secrets);
  const last = stages.at(-1) as (typeof stages)[number];
  await Promise.all([
    pipeline([Readable.from([content]), ...stages]),
    archive.store.write(storedAs, last, content.length),
  ]);
}

export async function removePartial(archive: LogArchive, name: string): Promise<void> {
  await archive.store.remove(storedName(`${folderOf(archive)}${name}.partial`, archive.secrets));
}

/** Puts what the archive has from a backup on into its pg_wal. @returns how many files */
export async function fetchLog(archive: LogArchive, entry: BackupEntry, walFolder: string): Promise<number> {
  const from = Math.floor(lsnOf(entry.start_lsn) / archive.segmentBytes);
  const wanted = (await listLog(archive)).filter(({ segment }) => segment < 0 || segment >= from);
  const whole = new Set(wanted.filter(({ partial }) => !partial).map(({ name }) => name));
  let fetched = 0;
  for (const log of wanted) {
    const target = join(walFolder, log.name);
    // the backup's own copy of its last segment may hold more than a partial one
    if (log.partial && (whole.has(log.name) || (await exists(target)))) continue;
    const file = createWriteStream(target, { mode: 0o600 });
    await pipeline([await archive.store.read(log.storedAs), ...unpacking(log.storedAs, archive.secrets), file]);
    if (log.partial) await truncate(target, archive.segmentBytes); // the server reads whole segments, zeros are its end
    fetched += 1;
  }
  return fetched;
}

/** What lies before the oldest backup that is left helps nobody. @returns how many files went */
export async function removeUnneededLog(archive: LogArchive, oldest: BackupEntry): Promise<number> {
  const from = Math.floor(lsnOf(oldest.start_lsn) / archive.segmentBytes);
  const old = (await listLog(archive)).filter(({ segment }) => segment >= 0 && segment < from);
  for (const { storedAs } of old) await archive.store.remove(storedAs);
  return old.length;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
