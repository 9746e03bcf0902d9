import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { StartProblem } from '../embedded/index.ts';
import { opening, sealing } from './seal.ts';

/** 3 is zstd's own default; 1 is a third quicker and a tenth larger on database files. */
const LEVEL = 1;

/** Counts and hashes what passes through. */
export class Measure extends Transform {
  readonly #hash = createHash('sha256');
  readonly #told: (bytes: number) => void;
  bytes = 0;

  /** @param told hears of the sum each time it grows */
  constructor(told: (bytes: number) => void = () => {}) {
    super();
    this.#told = told;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    this.#told(this.bytes);
    done(null, chunk);
  }

  /** Of everything that passed; once. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

/** Secrets of BACKUP_KEY_FILE, the present one first; none: backups are not encrypted. */
export type Secrets = readonly Buffer[];

/** What a file of the store is called: what was done to it stands in its name. */
export function storedName(name: string, secrets: Secrets): string {
  return secrets.length === 0 ? `${name}.zst` : `${name}.zst.sealed`;
}

/** Compresses, and encrypts where there is a secret. @param name the file's whole name in its store */
export function packing(name: string, secrets: Secrets): Transform[] {
  const [secret] = secrets;
  const parameters = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 };
  const compressed = createZstdCompress({ params: parameters, chunkSize: 256 * 1024 });
  return secret === undefined ? [compressed] : [compressed, sealing(secret, name)];
}

/** The way back. @throws StartProblem for a sealed file without a secret */
export function unpacking(name: string, secrets: Secrets): Transform[] {
  const decompressed = createZstdDecompress({ chunkSize: 256 * 1024 });
  if (!name.endsWith('.sealed')) return [decompressed];
  if (secrets.length === 0) {
    throw new StartProblem(`${name} is encrypted: set BACKUP_KEY_FILE to the file with its secret.`);
  }
  return [opening(secrets, name), decompressed];
}
