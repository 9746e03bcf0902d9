import { createHash, hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { ApiKey } from './api-key.ts';

/** Keys are made by other systems: their secrets must not be guessable. */
const SECRET_MIN_CHARACTERS = 32;

const secretText = z.string().min(SECRET_MIN_CHARACTERS).max(512);

const entry = z
  .strictObject({
    organisation: z.uuid().toLowerCase(),
    name: z.string().min(1).max(200),
    secret: secretText.regex(/^psk_[\x21-\x7e]+$/, 'does not begin with psk_').optional(),
    secret_sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is not 64 small hexadecimal digits')
      .optional(),
    signing_secret: secretText.optional(),
    roles: z.array(z.enum(['admin', 'sponsor', 'moderator', 'auditor', 'member'])).min(1),
    scopes: z.array(z.string()).min(1).optional(),
    expires_at: z.iso.datetime({ offset: true }).optional(),
    signed: z.boolean().optional(),
    requests_per_second: z.int().min(1).optional(),
  })
  .refine(({ secret, secret_sha256: sha256 }) => (secret === undefined) !== (sha256 === undefined), {
    error: 'has not exactly one of secret and secret_sha256',
  });

const keyFile = z.strictObject({ keys: z.array(entry).max(10_000) });

/** A key of the file. */
export interface FileKey {
  readonly orgId: string;
  readonly key: ApiKey;
  /** SHA-256 of the secret, hex */
  readonly secretHash: string;
  readonly signingSecret: string | null;
}

/** The same organisation and name give the same id, on every gateway and after every change. */
function idOf(orgId: string, name: string): string {
  const digits = createHash('sha256').update(`api key file ${orgId} ${name}`).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

function fileKeyOf(given: z.output<typeof entry>): FileKey {
  const { organisation: orgId, name, secret } = given;
  return {
    orgId,
    secretHash: secret === undefined ? (given.secret_sha256 as string) : hash('sha256', secret, 'hex'),
    signingSecret: given.signing_secret ?? null,
    key: {
      keyId: idOf(orgId, name),
      name,
      prefix: '',
      roles: given.roles,
      scopes: given.scopes ?? null,
      signed: given.signed ?? false,
      requestsPerSecond: given.requests_per_second ?? null,
      source: 'file',
      createdAt: null,
      expiresAt: given.expires_at === undefined ? null : new Date(given.expires_at),
      lastUsedAt: null,
      previousUntil: null,
      revokedAt: null,
    },
  };
}

/** @throws an Error for people that names the place and never a value: the file is full of secrets */
function parse(text: string, path: string): FileKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`API_KEYS_FILE ${path} is not JSON.`);
  }
  const parsed = keyFile.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`API_KEYS_FILE ${path}: ${issue?.path.join('.')} ${issue?.message ?? 'cannot be read'}`);
  }
  const keys = parsed.data.keys.map(fileKeyOf);
  const ids = keys.map(({ key }) => key.keyId);
  const twice = keys.find(({ key }, i) => ids.indexOf(key.keyId) < i);
  if (twice !== undefined) throw new Error(`API_KEYS_FILE ${path}: an organisation has two keys of one name.`);
  return keys;
}

/**
 * Keys that a secret store puts into a file. Looked at twice a second; a change that cannot be read leaves the keys as
 * they are and is reported once.
 */
export class KeyFile {
  readonly #path: string;
  readonly #report: (error: unknown) => void;
  readonly #gone: (keys: readonly FileKey[]) => void;
  #seen = '';
  #keys: readonly FileKey[] = [];
  #byHash = new Map<string, FileKey>();
  #byId = new Map<string, FileKey>();

  /** @param gone told of keys that were taken out or mean something else now */
  constructor(path: string, report: (error: unknown) => void, gone: (keys: readonly FileKey[]) => void) {
    this.#path = path;
    this.#report = report;
    this.#gone = gone;
  }

  /** The first reading. @throws an Error for people where the file cannot be used */
  async start(): Promise<void> {
    try {
      this.#seen = await this.#mark();
      this.#take(parse(await readFile(this.#path, 'utf8'), this.#path));
    } catch (error) {
      const { code } = error as { code?: unknown };
      throw code === undefined ? error : new Error(`API_KEYS_FILE ${this.#path} cannot be read: ${code}.`);
    }
  }

  /** Reads the file again if it has changed. Never rejects. */
  async look(): Promise<void> {
    let mark = this.#seen;
    try {
      mark = await this.#mark();
      if (mark === this.#seen) return;
      this.#take(parse(await readFile(this.#path, 'utf8'), this.#path));
    } catch (error) {
      if (mark !== this.#seen || (error as { code?: unknown }).code !== undefined) this.#reportOnce(error);
    }
    this.#seen = mark;
  }

  byHash(secretHash: string): FileKey | undefined {
    return this.#byHash.get(secretHash);
  }

  byId(keyId: string): FileKey | undefined {
    return this.#byId.get(keyId);
  }

  of(orgId: string): readonly FileKey[] {
    return this.#keys.filter((key) => key.orgId === orgId);
  }

  #reported = '';

  #reportOnce(error: unknown): void {
    const text = String(error);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#report(error);
  }

  /** Secret stores replace files by renaming: another inode tells as much as another time. */
  async #mark(): Promise<string> {
    const { ino, size, mtimeMs } = await stat(this.#path);
    return `${ino} ${size} ${mtimeMs}`;
  }

  #take(keys: readonly FileKey[]): void {
    const before = this.#keys;
    this.#keys = keys;
    this.#byHash = new Map(keys.map((key) => [key.secretHash, key]));
    this.#byId = new Map(keys.map((key) => [key.key.keyId, key]));
    this.#reported = '';
    const same = new Set(keys.map((key) => JSON.stringify(key)));
    const gone = before.filter((key) => !same.has(JSON.stringify(key)));
    if (gone.length > 0) this.#gone(gone);
  }
}
