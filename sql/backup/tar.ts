import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Extract, extract } from 'tar-stream';
import { StartProblem } from '../embedded/index.ts';
import type { Contents } from './manifest.ts';

/** Passes a tar stream through and takes down what it holds. */
export class TarWatch extends Transform {
  readonly #extract = extract();
  readonly #read: Promise<Contents>;
  readonly #told: (bytes: number) => void;
  bytes = 0;

  /** @param told hears how many bytes have come each time some have */
  constructor(told: (bytes: number) => void) {
    super();
    this.#told = told;
    this.#read = readContents(this.#extract, null);
    this.#read.catch((error: Error) => this.destroy(error));
  }

  /** Once everything has passed. @throws where it was no tar file, or an incomplete one */
  contents(): Promise<Contents> {
    return this.#read;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    this.#told(this.bytes);
    if (this.#extract.write(chunk)) done(null, chunk);
    else this.#extract.once('drain', () => done(null, chunk));
  }

  override _flush(done: (error?: Error) => void): void {
    this.#extract.end(null);
    this.#read.then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#extract.destroy(error);
    done(error);
  }
}

/**
 * Writes what a tar file holds below a folder, files with mode 600, folders 700.
 * @param folder null: nothing is written, the files are only read
 * @returns the stream to write the tar file to, and what it held
 */
export function unpacker(folder: string | null): { sink: Writable; contents: Promise<Contents> } {
  const archive = extract();
  const contents = readContents(archive, folder);
  contents.catch(() => {}); // told by the sink
  const sink = new Writable({
    highWaterMark: 4 * 1024 * 1024,
    write(chunk: Buffer, _encoding, done) {
      if (archive.write(chunk)) done();
      else archive.once('drain', () => done());
    },
    final(done) {
      archive.end(null);
      contents.then(() => done(), done);
    },
    destroy(error, done) {
      archive.destroy(error);
      done(error);
    },
  });
  contents.catch((error: Error) => sink.destroy(error));
  return { sink, contents };
}

async function readContents(archive: Extract, folder: string | null): Promise<Contents> {
  const found = new Map<string, { bytes: number; sha256: string }>();
  for await (const entry of archive) {
    const { name, type, size } = entry.header;
    const path = name.replace(/\/$/, '');
    refuseOutside(path);
    if (type === 'directory') {
      if (folder !== null) await mkdir(join(folder, path), { recursive: true, mode: 0o700 });
      entry.resume();
    } else if (type === 'file') {
      const hash = createHash('sha256');
      const hashed = async function* (content: AsyncIterable<Buffer>) {
        for await (const chunk of content) {
          hash.update(chunk);
          yield chunk;
        }
      };
      await pipeline(entry as AsyncIterable<Buffer>, hashed, await fileAt(folder, path));
      found.set(path, { bytes: size, sha256: hash.digest('hex') });
    } else {
      throw new StartProblem(
        `The backup holds ${path}, a ${type}: tablespaces outside the data folder are not restored.`,
      );
    }
  }
  return found;
}

async function fileAt(folder: string | null, path: string): Promise<Writable> {
  if (folder === null) return new Writable({ write: (_chunk, _encoding, done) => done() });
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return createWriteStream(file, { mode: 0o600, highWaterMark: 1024 * 1024 });
}

function refuseOutside(path: string): void {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw new StartProblem(`The backup holds ${path}, which would lie outside the data folder: it is not unpacked.`);
  }
}
