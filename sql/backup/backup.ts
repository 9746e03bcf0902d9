import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StartProblem } from '../embedded/index.ts';
import { startBaseBackup } from './base-backup.ts';
import { type BackupEntry, listBackups, nameIn, removeBackup, writeEntry } from './catalogue.ts';
import { readFacts, type ServerFacts } from './facts.ts';
import { differences, type Manifest, readManifest } from './manifest.ts';
import { openReplication } from './replication.ts';
import type { BackupStore } from './store.ts';
import { Measure, packing, type Secrets, storedName } from './streams.ts';
import { TarWatch } from './tar.ts';
import { archiveOf, removeUnneededLog } from './wal-archive.ts';

export interface BackupOptions {
  /** direct connection of a role with REPLICATION that may read app.epoch */
  readonly url: string;
  /** whether that is the server that comes with Psephos */
  readonly embedded: boolean;
  readonly store: BackupStore;
  readonly secrets: Secrets;
  /** finished backups that stay, this one included; absent: all */
  readonly keep?: number | undefined;
  /** bytes read from the server so far, and about how many there will be */
  readonly onProgress?: (bytes: number, expectedBytes: number | null) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface TakenBackup {
  readonly entry: BackupEntry;
  /** ids of older ones that went for it */
  readonly removed: readonly string[];
}

/**
 * Takes a base backup of a running server and writes it to a store: compressed, encrypted where there is a secret, each file
 * compared with the server's own manifest while it passes. It is in the catalogue once it is whole.
 * @throws StartProblem with what to change; whatever was written of an unfinished backup is removed again
 */
export async function takeBackup(options: BackupOptions): Promise<TakenBackup> {
  const { store } = options;
  await listBackups(store); // a place that cannot be reached is told before the server is troubled
  const facts = await readFacts(options.url);
  const startedAt = new Date();
  const id = startedAt.toISOString().replaceAll(/[-:.]/g, '');
  const written: string[] = [];
  try {
    const entry = await writeBackup(options, facts, id, startedAt, written);
    await writeEntry(store, entry);
    return { entry, removed: await removeOld(options, entry) };
  } catch (error) {
    for (const name of written) await store.remove(name).catch(() => {});
    throw error;
  }
}

async function writeBackup(
  options: BackupOptions,
  facts: ServerFacts,
  id: string,
  startedAt: Date,
  written: string[],
): Promise<BackupEntry> {
  const { store, secrets } = options;
  const [base, listed] = [storedName('base.tar', secrets), storedName('manifest.json', secrets)];
  written.push(nameIn(id, base), nameIn(id, listed));
  const tar = await writeTar(options, nameIn(id, base));
  const stored = await writeSmall(store, nameIn(id, listed), tar.manifestBytes, secrets);
  return {
    format: 1,
    id,
    started_at: startedAt.toISOString(),
    ended_at: new Date().toISOString(),
    epoch: facts.epoch,
    migration: facts.migration,
    server_version: facts.serverVersion,
    system_id: facts.systemId,
    timeline: tar.manifest.timeline,
    start_lsn: tar.manifest.startLsn,
    end_lsn: tar.manifest.endLsn,
    database: facts.database,
    superuser: facts.superuser,
    embedded: options.embedded,
    wal_segment_bytes: facts.walSegmentBytes,
    organisations: facts.organisations,
    log_positions: facts.logPositions,
    tar_bytes: tar.bytes,
    sealed: secrets.length > 0,
    base: { name: base, ...tar.stored },
    manifest: { name: listed, ...stored },
  };
}

interface WrittenTar {
  readonly bytes: number;
  readonly stored: { bytes: number; sha256: string };
  readonly manifest: Manifest;
  readonly manifestBytes: Buffer;
}

/** Server -> compared -> compressed -> sealed -> store, one stream, at the pace of the slowest. */
async function writeTar(options: BackupOptions, name: string): Promise<WrittenTar> {
  const { store, secrets, signal } = options;
  const client = await openReplication(options.url);
  try {
    const backup = startBaseBackup(client);
    const watch = new TarWatch((bytes) => options.onProgress?.(bytes, backup.expectedBytes()));
    const packed = new Measure();
    const stages = [backup.tar, watch, ...packing(name, secrets), packed];
    const passing = pipeline(stages, signal === undefined ? {} : { signal });
    const expected = backup.expectedBytes() ?? 0;
    // the store's own failure ends the pipeline, and the pipeline's ends the upload: whichever came first is told
    const stored = store.write(name, packed, expected);
    await Promise.all([passing, stored]).catch(async (error: unknown) => {
      backup.tar.destroy(error as Error);
      await Promise.allSettled([passing, stored]);
      throw error;
    });
    const manifestBytes = await backup.manifest;
    const manifest = readManifest(manifestBytes);
    const wrong = differences(manifest, await watch.contents());
    if (wrong.length > 0) {
      throw new StartProblem(`The server sent other files than its manifest names: ${wrong.slice(0, 3).join('; ')}.`);
    }
    return { bytes: watch.bytes, stored: { bytes: packed.bytes, sha256: packed.sha256() }, manifest, manifestBytes };
  } finally {
    await client.end().catch(() => {}); // broken off half-way it is closed already
  }
}

async function writeSmall(
  store: BackupStore,
  name: string,
  content: Buffer,
  secrets: Secrets,
): Promise<{ bytes: number; sha256: string }> {
  const packed = new Measure();
  const passing = pipeline([Readable.from([content]), ...packing(name, secrets), packed]);
  await Promise.all([passing, store.write(name, packed, content.length)]);
  return { bytes: packed.bytes, sha256: packed.sha256() };
}

/** Only once the new one is finished; the log that no backup needs any more goes with them. */
async function removeOld({ store, secrets, keep }: BackupOptions, newest: BackupEntry): Promise<readonly string[]> {
  if (keep === undefined) return [];
  const all = await listBackups(store);
  const old = all.slice(0, Math.max(0, all.length - Math.max(1, keep))).filter(({ id }) => id !== newest.id);
  for (const entry of old) await removeBackup(store, entry);
  const [oldest] = all.slice(old.length);
  if (oldest !== undefined) await removeUnneededLog(archiveOf(store, secrets, oldest), oldest);
  return old.map(({ id }) => id);
}
