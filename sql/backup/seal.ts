import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { StartProblem } from '../embedded/index.ts';

/*
 * A sealed file: "PSEPHOS1", 16 bytes of salt, then chunks of 1 MiB (the last one shorter, perhaps empty), each followed by
 * its 16 bytes of tag. The key of a file is HKDF-SHA-256 of the secret and the salt; the nonce of a chunk is its number and
 * whether it is the last, so that chunks can be neither moved nor left out, and a file cut short is found. The file's name is
 * authenticated with each chunk: one file cannot pass for another. (The construction is STREAM, of Hoang, Reyhanitabar,
 * Rogaway and Vizár, 2015.)
 */
const MAGIC = Buffer.from('PSEPHOS1');
const SALT_BYTES = 16;
const HEADER_BYTES = MAGIC.length + SALT_BYTES;
const CHUNK_BYTES = 1024 * 1024;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

function keyOf(secret: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'psephos backup', 32));
}

function nonceOf(chunk: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(chunk));
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Collects bytes into pieces of one size; the last piece, whole or not, is handed over at the end. */
abstract class Pieces extends Transform {
  #parts: Buffer[] = [];
  #held = 0;
  #number = 0;

  abstract readonly pieceBytes: number;
  abstract piece(bytes: Buffer, number: number, last: boolean): Buffer;

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#parts.push(chunk);
    this.#held += chunk.length;
    // one byte more than a piece: only then is it certain that it is not the last
    if (this.#held <= this.pieceBytes) {
      done();
      return;
    }
    this.#guard(done, () => {
      let bytes = Buffer.concat(this.#parts);
      while (bytes.length > this.pieceBytes) {
        this.push(this.piece(bytes.subarray(0, this.pieceBytes), this.#number, false));
        this.#number += 1;
        bytes = bytes.subarray(this.pieceBytes);
      }
      this.#parts = [bytes];
      this.#held = bytes.length;
    });
  }

  override _flush(done: TransformCallback): void {
    this.#guard(done, () => this.push(this.piece(Buffer.concat(this.#parts), this.#number, true)));
  }

  #guard(done: TransformCallback, work: () => void): void {
    try {
      work();
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

class Sealing extends Pieces {
  readonly pieceBytes = CHUNK_BYTES;
  readonly #key: Buffer;
  readonly #name: string;

  constructor(secret: Buffer, name: string) {
    super();
    const salt = randomBytes(SALT_BYTES);
    this.#key = keyOf(secret, salt);
    this.#name = name;
    this.push(Buffer.concat([MAGIC, salt]));
  }

  piece(bytes: Buffer, number: number, last: boolean): Buffer {
    const cipher = createCipheriv(CIPHER, this.#key, nonceOf(number, last));
    cipher.setAAD(Buffer.from(this.#name));
    return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

class Opening extends Pieces {
  readonly pieceBytes = CHUNK_BYTES + TAG_BYTES;
  readonly #secrets: readonly Buffer[];
  readonly #name: string;
  #header: Buffer = Buffer.alloc(0);
  #keys: Buffer[] = [];

  constructor(secrets: readonly Buffer[], name: string) {
    super();
    this.#secrets = secrets;
    this.#name = name;
  }

  override _transform(chunk: Buffer, encoding: string, done: TransformCallback): void {
    let rest = chunk;
    if (this.#header.length < HEADER_BYTES) {
      const missing = HEADER_BYTES - this.#header.length;
      this.#header = Buffer.concat([this.#header, chunk.subarray(0, missing)]);
      rest = chunk.subarray(missing);
      if (this.#header.length === HEADER_BYTES && !this.#begin()) {
        done(damaged(this.#name));
        return;
      }
    }
    if (rest.length === 0) done();
    else super._transform(rest, encoding, done);
  }

  /** @returns false where it is no sealed file */
  #begin(): boolean {
    if (!this.#header.subarray(0, MAGIC.length).equals(MAGIC)) return false;
    const salt = this.#header.subarray(MAGIC.length);
    this.#keys = this.#secrets.map((secret) => keyOf(secret, salt));
    return true;
  }

  piece(bytes: Buffer, number: number, last: boolean): Buffer {
    if (bytes.length < TAG_BYTES) throw damaged(this.#name);
    for (const key of this.#keys) {
      const opened = open(key, bytes, nonceOf(number, last), this.#name);
      if (opened === null) continue;
      this.#keys = [key]; // an older secret may have sealed it, but only one
      return opened;
    }
    throw number === 0 ? wrongKey(this.#name) : damaged(this.#name);
  }
}

function open(key: Buffer, bytes: Buffer, nonce: Buffer, name: string): Buffer | null {
  const decipher = createDecipheriv(CIPHER, key, nonce);
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const content = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
  try {
    decipher.final();
    return content;
  } catch {
    return null;
  }
}

function damaged(name: string): StartProblem {
  return new StartProblem(`${name} is damaged: it cannot be opened to its end. Use another backup.`);
}

function wrongKey(name: string): StartProblem {
  return new StartProblem(
    `${name} cannot be opened with BACKUP_KEY_FILE: the backup was sealed with another secret (add it as a further line), or the file is damaged.`,
  );
}

/** Encrypts and authenticates a file of a backup. @param name the file's name in its store */
export function sealing(secret: Buffer, name: string): Transform {
  return new Sealing(secret, name);
}

/**
 * Opens what sealing() made, and fails before it hands over a byte that was changed.
 * @param secrets present and older ones
 */
export function opening(secrets: readonly Buffer[], name: string): Transform {
  return new Opening(secrets, name);
}
