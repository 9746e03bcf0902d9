import type pg from 'pg';
import { replicationProblem, run, type Wire, type WireQuery } from './replication.ts';
import { lsnText } from './wal-archive.ts';

const LOG_DATA = 0x77; // w
const KEEP_ALIVE = 0x6b; // k
const STATUS = 0x72; // r
const DATA_HEADER_BYTES = 25; // kind, first position, end of the log, clock
/** 2000-01-01, where the server's clock begins, in Unix milliseconds */
const SERVER_EPOCH_MS = 946_684_800_000;

/** What one command of the replication protocol answers as a table. */
export function ask(client: pg.Client, text: string): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Readonly<Record<string, string | null>>[]>();
  const rows: Record<string, string | null>[] = [];
  let names: string[] = [];
  run(client, {
    submit: (wire) => wire.query(text),
    handleRowDescription: ({ fields }) => {
      names = fields.map(({ name }) => name);
    },
    handleDataRow: ({ fields }) => {
      rows.push(Object.fromEntries(fields.map((field, i) => [names[i] ?? String(i), field])));
    },
    handleCopyData: () => {},
    handleCommandComplete: () => {},
    handleReadyForQuery: () => resolve(rows),
    handleError: (error) => reject(replicationProblem(error)),
  });
  return promise;
}

/** The server's log as it grows, from a position on. */
export class LogStream implements WireQuery {
  /** settles when the server ends the stream (another timeline has begun) or the connection breaks */
  readonly ended: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  readonly #text: string;
  readonly #received: (lsn: number, bytes: Buffer) => Promise<void>;
  #wire: Wire | undefined;
  #kept: number;
  #reached: number;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  /**
   * @param received takes bytes that begin at a position, in order; while it is at work the server waits
   */
  constructor(slot: string, timeline: number, from: number, received: (lsn: number, bytes: Buffer) => Promise<void>) {
    this.#text = `START_REPLICATION SLOT ${slot} PHYSICAL ${lsnText(from)} TIMELINE ${timeline}`;
    this.#received = received;
    this.#kept = from;
    this.#reached = from;
    this.ended = this.#end.promise;
    this.ended.catch(() => {}); // whoever awaits it hears of it
  }

  /** Everything before this position is in the archive: the server may remove it. */
  keptUpTo(lsn: number): void {
    this.#kept = lsn;
    this.tellStatus();
  }

  /** A server that hears nothing for a minute drops the connection. */
  tellStatus(): void {
    const status = Buffer.alloc(34);
    status[0] = STATUS;
    status.writeBigUInt64BE(BigInt(this.#reached), 1);
    status.writeBigUInt64BE(BigInt(this.#kept), 9);
    status.writeBigUInt64BE(BigInt(this.#kept), 17);
    status.writeBigInt64BE(BigInt(Date.now() - SERVER_EPOCH_MS) * 1000n, 25);
    if (this.#wire?.stream.writable) this.#wire.sendCopyFromChunk(status);
  }

  /** Asks the server to stop; `ended` then settles. */
  stop(): void {
    if (this.#wire?.stream.writable) this.#wire.endCopyFrom();
    this.#wire?.stream.resume();
  }

  submit(wire: Wire): void {
    this.#wire = wire;
    wire.stream.once('close', () => this.#end.reject(new Error('the connection to the server was closed')));
    wire.query(this.#text);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (chunk[0] === KEEP_ALIVE) {
      if (chunk[17] === 1) this.tellStatus();
      return;
    }
    if (chunk[0] !== LOG_DATA) return;
    const lsn = Number(chunk.readBigUInt64BE(1));
    const bytes = Buffer.from(chunk.subarray(DATA_HEADER_BYTES)); // a copy: the parser writes over its buffer
    this.#reached = lsn + bytes.length;
    this.#waiting += 1;
    this.#wire?.stream.pause();
    this.#queue = this.#queue
      .then(() => this.#received(lsn, bytes))
      .then(
        () => {
          this.#waiting -= 1;
          if (this.#waiting === 0) this.#wire?.stream.resume();
        },
        (error: Error) => this.#wire?.stream.destroy(error) && this.#end.reject(error),
      );
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#queue.then(
      () => this.#end.resolve(),
      () => {},
    );
  }

  handleError(error: Error): void {
    this.#end.reject(replicationProblem(error));
  }
}
