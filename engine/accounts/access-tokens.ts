import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome } from '../outcome.ts';
import { addSigningKey, type KeyTimes, selectSigningKeys } from './key-queries.ts';
import type { Vault } from './vault.ts';

const ALGORITHM = 'EdDSA';
/** Tokens of ours, for us: a token that another service signs by the same key would not pass for one. */
const ISSUER = 'psephos';
/** RFC 9068: an ID token or whatever else is a JWT does not pass for an access token. */
const TYPE = 'at+jwt';
const ID_BYTES = 9;
/** Clocks of gateways may differ by so much. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** A gateway notices a key of another one at most so late; keys are published a day ahead. */
const KEEP_MS = 60_000;

const TIMES: KeyTimes = {
  periodMs: limits.signingKeyMs,
  aheadMs: limits.signingKeyAheadMs,
  keptMs: 2 * limits.accessTokenMs, // the last token of a key lives 15 minutes; twice that is on the safe side
};

/** What an access token says. */
export interface AccessClaims {
  readonly accountId: string;
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

interface SigningKey {
  readonly kid: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly publicKey: KeyObject;
  /** null where the server's secret was replaced: its tokens are still checked, new ones are signed by another */
  readonly privateKey: KeyObject | null;
  readonly usesFromMs: number;
}

interface Keys {
  readonly all: readonly SigningKey[];
  /** performance.now() at loading */
  readonly loadedAtMs: number;
  /** the database's clock at that moment */
  readonly clockMs: number;
}

/** Access tokens: JWTs of 15 minutes, signed by Ed25519 keys that change every 30 days. */
export class AccessTokens {
  readonly #database: Database;
  readonly #vault: Vault;
  #keys: Promise<Keys> | undefined;
  #loadedAtMs = Number.NEGATIVE_INFINITY;

  constructor(database: Database, vault: Vault) {
    this.#database = database;
    this.#vault = vault;
  }

  async sign(accountId: string, sessionId: string): Promise<string> {
    const key = await this.#currentKey();
    const now = Math.floor(Date.now() / 1_000);
    // the id makes tokens of one second differ: what a gateway knows of one must not pass for the next
    const id = randomBytes(ID_BYTES).toString('base64url');
    return new SignJWT({ sid: sessionId, jti: id })
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: TYPE })
      .setSubject(accountId)
      .setIssuer(ISSUER)
      .setAudience(ISSUER)
      .setIssuedAt(now)
      .setExpirationTime(now + limits.accessTokenMs / 1_000)
      .sign(key.privateKey as KeyObject);
  }

  /** 'unknown' for whatever this server has not signed as an access token. Throws the database's errors. */
  async verify(token: string): Promise<AccessClaims | 'expired' | 'unknown'> {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#publicKey(header), {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: ISSUER,
        typ: TYPE,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'sid', 'exp', 'iat'],
      });
      return {
        accountId: payload.sub as string,
        sessionId: payload.sid as string,
        expiresAtMs: (payload.exp as number) * 1_000,
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'expired';
      if (error instanceof errors.JOSEError) return 'unknown';
      throw error;
    }
  }

  /** RFC 7517: keys in use, the next one, and those before whose tokens may still live. */
  async publicSet(): Promise<Outcome<readonly Readonly<Record<string, unknown>>[]>> {
    return guarded(async () => {
      await this.#currentKey(); // the first one is made by whoever asks first
      return accept((await this.#load(KEEP_MS)).all.map(({ jwk }) => jwk));
    });
  }

  /** Publishes the next key when its time comes, and removes those that nothing needs any more. */
  async keep(): Promise<void> {
    await this.#add(false);
  }

  async #publicKey({ kid }: JWTHeaderParameters): Promise<KeyObject> {
    const find = (keys: Keys) => keys.all.find((key) => key.kid === kid);
    const found = find(await this.#load(KEEP_MS)) ?? find(await this.#load(limits.signingKeyReloadMs));
    if (found === undefined) throw new errors.JWKSNoMatchingKey();
    return found.publicKey;
  }

  async #currentKey(): Promise<SigningKey> {
    const kept = current(await this.#load(KEEP_MS));
    if (kept !== undefined) return kept;
    const keys = await this.#load(0);
    const found = current(keys);
    if (found !== undefined) return found;
    // there are some, and none can be used: the server's secret is another one. Told from the same look that found none
    // to use: another gateway may make the first one at any moment, and that is no reason for a second
    await this.#add(keys.all.length > 0);
    const made = current(await this.#load(0));
    if (made === undefined) throw new Error('a signing key was made and cannot be used');
    return made;
  }

  async #add(atOnce: boolean): Promise<void> {
    const ring = await this.#vault.ring();
    const kid = randomBytes(ID_BYTES).toString('base64url');
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: ALGORITHM, use: 'sig' };
    const sealed = ring.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), contextOf(kid));
    const key = { kid, publicJwk, privateKey: sealed };
    await this.#database.management.act((sql) => addSigningKey(sql, key, TIMES, atOnce));
  }

  #load(maxAgeMs: number): Promise<Keys> {
    if (this.#keys !== undefined && performance.now() - this.#loadedAtMs <= maxAgeMs) return this.#keys;
    this.#loadedAtMs = performance.now();
    const loading = this.#read();
    this.#keys = loading;
    loading.catch(() => {
      if (this.#keys === loading) this.#keys = undefined;
    });
    return loading;
  }

  async #read(): Promise<Keys> {
    const ring = await this.#vault.ring();
    const loadedAtMs = performance.now();
    const rows = await this.#database.management.call((sql) => selectSigningKeys(sql));
    const all = rows.map((row): SigningKey => {
      const opened = ring.open(row.private_key, contextOf(row.kid));
      return {
        kid: row.kid,
        jwk: row.public_jwk,
        publicKey: createPublicKey({ key: row.public_jwk, format: 'jwk' }),
        privateKey: opened && createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' }),
        usesFromMs: row.uses_from.getTime(),
      };
    });
    return { all, loadedAtMs, clockMs: rows[0]?.now.getTime() ?? 0 };
  }
}

/** The newest whose time has come, by the database's clock. */
function current({ all, loadedAtMs, clockMs }: Keys): SigningKey | undefined {
  const nowMs = clockMs + performance.now() - loadedAtMs;
  return all.find((key) => key.usesFromMs <= nowMs && key.privateKey !== null);
}

function contextOf(kid: string): string {
  return `signing key ${kid}`;
}
