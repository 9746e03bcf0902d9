import { Readable } from 'node:stream';
import type pg from 'pg';
import { StartProblem } from '../embedded/index.ts';
import { replicationProblem, run, type Wire, type WireQuery } from './replication.ts';

/** Kinds of messages within the copy (protocol-replication: BASE_BACKUP, new since PostgreSQL 15). */
const NEW_ARCHIVE = 0x6e; // n
const MANIFEST = 0x6d; // m
const CONTENT = 0x64; // d
const PROGRESS = 0x70; // p

/** One base backup under way. Read `tar` to its end, then ask for the manifest. */
export interface BaseBackup {
  /** the cluster as one tar file, the write-ahead log that it needs included; paused while nobody reads */
  readonly tar: Readable;
  /** bytes that the server expected to send, as it said at the beginning; null until then */
  readonly expectedBytes: () => number | null;
  /** once the tar has ended: backup_manifest, byte for byte. Rejects where the server broke off. */
  readonly manifest: Promise<Buffer>;
}

/**
 * Asks the server for a base backup: a checkpoint at once, all files while it goes on working, and the log that makes
 * them consistent.
 * @param client from openReplication
 */
export function startBaseBackup(client: pg.Client): BaseBackup {
  const backup = new BackupQuery();
  run(client, backup);
  return backup;
}

class BackupQuery implements WireQuery, BaseBackup {
  readonly tar: Readable;
  readonly manifest: Promise<Buffer>;
  readonly #parts: Buffer[] = [];
  readonly #end = Promise.withResolvers<Buffer>();
  #wire: Wire | undefined;
  #inManifest = false;
  #archives = 0;
  #rows = 0;
  #expected: number | null = null;

  constructor() {
    this.manifest = this.#end.promise;
    this.manifest.catch(() => {}); // the tar ends with the same error, and its reader may not have come so far
    this.tar = new Readable({
      highWaterMark: 4 * 1024 * 1024,
      read: () => void this.#wire?.stream.resume(),
      destroy: (error, done) => {
        if (error !== null || !this.#inManifest) this.#wire?.stream.destroy(); // the server stops when nobody listens
        done(error);
      },
    });
  }

  expectedBytes = (): number | null => this.#expected;

  submit(wire: Wire): void {
    this.#wire = wire;
    wire.stream.once('close', () =>
      this.handleError(new StartProblem('The server closed the connection while the backup was taken. Take it again.')),
    );
    wire.query(
      "BASE_BACKUP (LABEL 'psephos', PROGRESS true, CHECKPOINT 'fast', WAL true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')",
    );
  }

  handleRowDescription(): void {
    this.#rows += 1;
  }

  /** The second result lists the tablespaces with their sizes in kilobytes. */
  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    if (this.#rows === 2 && fields[2] != null) this.#expected = (this.#expected ?? 0) + Number(fields[2]) * 1024;
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    switch (chunk[0]) {
      case NEW_ARCHIVE:
        this.#archives += 1;
        if (this.#archives > 1)
          this.handleError(new StartProblem('The server has tablespaces of its own: use pg_basebackup for it.'));
        return;
      case MANIFEST:
        this.#inManifest = true;
        this.tar.push(null);
        this.#wire?.stream.resume(); // the last bytes of the tar may have paused it, and nobody asks for more of those
        return;
      case CONTENT:
        this.#content(Buffer.from(chunk.subarray(1))); // a copy: the parser writes over its buffer
        return;
      case PROGRESS:
        return; // what was read is counted where it arrives
      default:
        this.handleError(new Error(`the server sent an unknown part of a backup: ${chunk[0]}`));
    }
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#end.resolve(Buffer.concat(this.#parts));
  }

  handleError(error: Error): void {
    const problem = replicationProblem(error) as Error;
    this.#end.reject(problem);
    if (!this.#inManifest) this.tar.destroy(problem);
  }

  #content(bytes: Buffer): void {
    if (this.#inManifest) this.#parts.push(bytes);
    else if (!this.tar.push(bytes)) this.#wire?.stream.pause();
  }
}
