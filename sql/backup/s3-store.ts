import type { Readable } from 'node:stream';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { StartProblem } from '../embedded/index.ts';
import { type BackupStore, missing, type StoredFile } from './store.ts';

/** S3 takes 10,000 parts of a file at most; a part is held in memory until it is sent. */
const PARTS_MAX = 9_000;
const PART_MIN_BYTES = 16 * 1024 * 1024;
const PARTS_AT_ONCE = 3;

export interface S3Place {
  readonly bucket: string;
  /** '' or one that ends with a slash */
  readonly prefix: string;
  /** of a store that is not Amazon's, e.g. https://s3.example.org; its buckets are then named in the path */
  readonly endpoint: string | undefined;
}

/** 's3://bucket/some/prefix' */
export function s3PlaceOf(url: string, endpoint: string | undefined): S3Place {
  const { hostname, pathname } = new URL(url);
  const path = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '');
  return { bucket: hostname, prefix: path === '' ? '' : `${path}/`, endpoint };
}

/**
 * A bucket of Amazon's S3 or of any store with the same interface. Region and credentials come the usual way
 * (AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, a profile, the role of the machine).
 */
export class S3Store implements BackupStore {
  readonly place: string;
  readonly #s3: S3Place;
  #client: S3Client | undefined;

  constructor(place: S3Place) {
    this.#s3 = place;
    this.place = `s3://${place.bucket}/${place.prefix}`;
  }

  async write(name: string, content: Readable, expectedBytes: number): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const upload = new Upload({
      client: await this.#open(),
      params: { ...this.#at(name), Body: content },
      partSize: Math.max(PART_MIN_BYTES, Math.ceil(expectedBytes / PARTS_MAX)),
      queueSize: PARTS_AT_ONCE,
    });
    // a source that breaks off must not be uploaded as if it were whole
    content.once('error', () => void upload.abort());
    await this.#asked(() => upload.done());
  }

  async read(name: string): Promise<Readable> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#open();
    try {
      const { Body } = await client.send(new GetObjectCommand(this.#at(name)));
      return Body as Readable; // in Node it is one
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') throw missing(this, name);
      throw this.#problem(error);
    }
  }

  async list(prefix: string): Promise<readonly StoredFile[]> {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
    const client = await this.#open();
    return this.#asked(async () => {
      const found: StoredFile[] = [];
      const query = { Bucket: this.#s3.bucket, Prefix: this.#s3.prefix + prefix };
      for await (const page of paginateListObjectsV2({ client }, query)) {
        for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
          found.push({ name: Key.slice(this.#s3.prefix.length), bytes: Size, at: LastModified });
        }
      }
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async remove(name: string): Promise<void> {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#open();
    await this.#asked(() => client.send(new DeleteObjectCommand(this.#at(name))));
  }

  #at(name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#s3.bucket, Key: this.#s3.prefix + name };
  }

  /** Loaded on first use: only few commands need it, and it is large. */
  async #open(): Promise<S3Client> {
    if (this.#client !== undefined) return this.#client;
    const { S3Client: Client } = await import('@aws-sdk/client-s3');
    const { endpoint } = this.#s3;
    const config: S3ClientConfig = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
    this.#client = new Client(config);
    return this.#client;
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#problem(error);
    }
  }

  #problem(error: unknown): unknown {
    const { name, code, message } = error as Error & { code?: string };
    const words: Readonly<Record<string, string>> = {
      NoSuchBucket: 'there is no such bucket. Make it, or correct the name',
      AccessDenied: 'these credentials may not use it. They need to list, read, write and delete there',
      InvalidAccessKeyId: 'the access key is unknown. Correct AWS_ACCESS_KEY_ID',
      SignatureDoesNotMatch: 'the secret key is wrong. Correct AWS_SECRET_ACCESS_KEY',
      CredentialsProviderError: 'there are no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role',
      ECONNREFUSED: 'nobody answers there. Check BACKUP_S3_ENDPOINT',
      ENOTFOUND: 'there is no such host. Check BACKUP_S3_ENDPOINT and AWS_REGION',
    };
    const found =
      words[name] ?? words[code ?? ''] ?? (/Region is missing/.test(message) ? 'set AWS_REGION' : undefined);
    return found === undefined ? error : new StartProblem(`${this.place}: ${found}.`);
  }
}
