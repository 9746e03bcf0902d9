import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { openReplication } from './replication.ts';
import type { BackupStore } from './store.ts';
import type { Secrets } from './streams.ts';
import { type LogArchive, listLog, lsnOf, lsnText, removePartial, segmentName, writeLog } from './wal-archive.ts';
import { ask, LogStream } from './wal-stream.ts';

/** The server keeps its log for this slot until it is in the archive. */
const SLOT = 'psephos_backup';
const STATUS_MS = 10_000; // wal_sender_timeout is a minute
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;

export interface WalReceiverOptions {
  /** asked anew for each connection: an embedded server comes back on another port */
  readonly url: () => string;
  readonly store: BackupStore;
  readonly secrets: Secrets;
  /** how old what is not in the archive yet may become, at most */
  readonly everyMs: number;
  /** told what changed: connected, waiting, a gap */
  readonly told: (level: 'info' | 'warn' | 'error', line: string, error?: unknown) => void;
}

/**
 * Follows the server's write-ahead log and archives it, so that a backup can be brought forward to any moment. One at a
 * time: the server gives its slot to one, others wait for it. A segment is written once it is whole; the newest one also
 * every `everyMs` as far as it goes. The server removes no log that has not arrived here.
 */
export class WalReceiver {
  readonly #options: WalReceiverOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #session: Session | undefined;

  constructor(options: WalReceiverOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Position up to which the log is in the archive, whole segments or not; 0 while it does not follow. */
  get archivedLsn(): number {
    return this.#session?.archivedLsn ?? 0;
  }

  /** What has come so far is archived, then the server is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#session?.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let pauseMs = RETRY_MIN_MS;
    while (!signal.aborted) {
      try {
        this.#session = new Session(this.#options);
        await this.#session.follow(() => {
          pauseMs = RETRY_MIN_MS;
        });
      } catch (error) {
        if (!signal.aborted) this.#tell(error);
      }
      this.#session = undefined;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
      pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS);
    }
  }

  #tell(error: unknown): void {
    const busy = (error as { code?: unknown }).code === '55006';
    if (busy) this.#options.told('info', 'another process archives the log; waiting for it');
    else this.#options.told('warn', 'the log cannot be archived; trying again', error);
  }
}

/** One connection, on one timeline. */
class Session {
  readonly #options: WalReceiverOptions;
  #stream: LogStream | undefined;
  #archive: LogArchive;
  #timeline = 1;
  #buffer = Buffer.alloc(0);
  #segment = 0;
  #filled = 0;
  #partial = 0;
  #busy: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: WalReceiverOptions) {
    this.#options = options;
    this.#archive = { store: options.store, secrets: options.secrets, systemId: '', segmentBytes: 16 * 2 ** 20 };
  }

  get #segmentBytes(): number {
    return this.#archive.segmentBytes;
  }

  get archivedLsn(): number {
    return this.#segment * this.#segmentBytes + this.#partial;
  }

  async follow(connected: () => void): Promise<void> {
    const client = await openReplication(this.#options.url());
    const timers: NodeJS.Timeout[] = [];
    try {
      const from = await this.#begin(client);
      if (this.#stopped) return;
      const stream = new LogStream(SLOT, this.#timeline, from, (lsn, bytes) => this.#take(lsn, bytes));
      this.#stream = stream;
      client.query(stream as unknown as pg.Submittable);
      timers.push(setInterval(() => stream.tellStatus(), STATUS_MS));
      timers.push(setInterval(() => void this.#writePartial().catch(() => {}), this.#options.everyMs));
      this.#options.told('info', `the log is archived from ${lsnText(from)} on`);
      connected();
      await stream.ended;
    } finally {
      for (const timer of timers) clearInterval(timer);
      await this.#writePartial().catch((error) => this.#options.told('warn', 'the newest log was not archived', error));
      await client.end().catch(() => {});
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stream?.stop();
  }

  /** Where to go on: after what the archive has, or where the server still has its log for us. */
  async #begin(client: pg.Client): Promise<number> {
    const [system] = await ask(client, 'IDENTIFY_SYSTEM');
    const [size] = await ask(client, 'SHOW wal_segment_size');
    this.#timeline = Number(system?.timeline);
    const segmentBytes = bytesOf(size?.wal_segment_size ?? '16MB');
    this.#archive = { ...this.#archive, systemId: system?.systemid ?? '', segmentBytes };
    await ask(client, `CREATE_REPLICATION_SLOT ${SLOT} PHYSICAL (RESERVE_WAL true)`).catch((error) => {
      if (error.code !== '42710') throw error; // it is there
    });
    if (this.#timeline > 1) {
      const [history] = await ask(client, `TIMELINE_HISTORY ${this.#timeline}`);
      await writeLog(this.#archive, history?.filename ?? '', Buffer.from(history?.content ?? ''));
    }
    const [slot] = await ask(client, `READ_REPLICATION_SLOT ${SLOT}`);
    const held = slot?.restart_lsn == null ? lsnOf(system?.xlogpos ?? '0/0') : lsnOf(slot.restart_lsn);
    const archived = (await listLog(this.#archive)).filter(
      ({ timeline, partial }) => timeline === this.#timeline && !partial,
    );
    const next = Math.max(-1, ...archived.map(({ segment }) => segment)) + 1;
    const heldSegment = Math.floor(held / this.#segmentBytes);
    if (next > 0 && next < heldSegment) {
      this.#options.told(
        'error',
        'the server has removed log before it was archived: take a new backup, older ones reach only up to the gap',
      );
    }
    // what the archive has is not asked for again; a new archive begins where the server's log does
    this.#startSegment(Math.max(next, heldSegment));
    return this.#segment * this.#segmentBytes;
  }

  #startSegment(segment: number): void {
    this.#segment = segment;
    this.#buffer = Buffer.alloc(this.#segmentBytes);
    this.#filled = 0;
    this.#partial = 0;
  }

  async #take(lsn: number, bytes: Buffer): Promise<void> {
    if (lsn !== this.#segment * this.#segmentBytes + this.#filled) throw new Error(`the log jumped to ${lsnText(lsn)}`);
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#segmentBytes - this.#filled);
      part.copy(this.#buffer, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === this.#segmentBytes) await this.#oneAtATime(() => this.#finishSegment());
    }
  }

  async #finishSegment(): Promise<void> {
    const name = segmentName(this.#timeline, this.#segment, this.#segmentBytes);
    await writeLog(this.#archive, name, this.#buffer);
    await removePartial(this.#archive, name);
    this.#startSegment(this.#segment + 1);
    this.#stream?.keptUpTo(this.#segment * this.#segmentBytes);
  }

  /** The server keeps the whole segment until it is finished: what is written here is for the case that it is lost. */
  #writePartial(): Promise<void> {
    return this.#oneAtATime(async () => {
      if (this.#filled === this.#partial) return;
      const filled = this.#filled;
      const name = segmentName(this.#timeline, this.#segment, this.#segmentBytes);
      await writeLog(this.#archive, `${name}.partial`, Buffer.from(this.#buffer.subarray(0, filled)));
      this.#partial = filled;
    });
  }

  #oneAtATime(work: () => Promise<void>): Promise<void> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => {});
    return done;
  }
}

function bytesOf(text: string): number {
  const [, number = '16', unit = 'MB'] = /^(\d+)\s*(kB|MB|GB)?$/.exec(text) ?? [];
  return Number(number) * { kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[unit as 'kB' | 'MB' | 'GB'];
}
