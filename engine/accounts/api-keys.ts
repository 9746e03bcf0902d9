import { createHmac, hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { revokeAccess } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import { type ApiKey, type ApiKeySecrets, type NewApiKey, type SignedRequest, signedText } from './api-key.ts';
import * as queries from './api-key-queries.ts';
import type { Identity, Role } from './identity.ts';
import type { FileKey, KeyFile } from './key-file.ts';
import { KeyUse } from './key-use.ts';
import type { Vault } from './vault.ts';

/** What lists show of a secret: enough to tell two apart, far too little to guess from. */
const PREFIX_CHARACTERS = 12;
const HASH_PREFIX_CHARACTERS = 8;

const NO_KEY = refuse('not_found', 'There is no such key. Check its id.', { details: { resource: 'api_key' } });
const OF_FILE = refuse('conflict', 'This key comes from the secret store of the gateway. Change it there.', {
  details: { reason: 'file' },
});
const REVOKED = refuse('conflict', 'This key has been revoked. Make a new one.', { details: { reason: 'revoked' } });

function newSecret(): { secret: string; prefix: string; secretHash: Buffer } {
  const secret = `psk_${randomBytes(32).toString('base64url')}`;
  return { secret, prefix: secret.slice(0, PREFIX_CHARACTERS), secretHash: hash('sha256', secret, 'buffer') };
}

/** Keys with which programs act for an organisation: stored as hashes, or put into a file by a secret store. */
export class ApiKeys {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #file: KeyFile | undefined;
  readonly #use: KeyUse;

  constructor(database: Database, vault: Vault, file?: KeyFile) {
    this.#database = database;
    this.#vault = vault;
    this.#file = file;
    this.#use = new KeyUse(database);
  }

  /** The secrets are shown once; only a hash of the one is stored, and the other is derived. */
  async create(orgId: string, input: NewApiKey): Promise<Outcome<ApiKeySecrets>> {
    const keyId = randomUUID();
    const { secret, prefix, secretHash } = newSecret();
    const { name, roles, signed = false } = input;
    return guarded(async () => {
      const key = await this.#database.management.withOrg(orgId, async (tx) => {
        await queries.insertApiKey(tx, orgId, {
          ...{ keyId, name, prefix, secretHash, roles, signed },
          scopes: input.scopes ?? null,
          requestsPerSecond: input.requestsPerSecond ?? null,
          expiresAt: input.expiresAt ?? null,
          createdBy: input.createdBy ?? null,
          makerId: input.makerId ?? null,
        });
        return queries.selectApiKey(tx, orgId, keyId);
      });
      return accept(await this.#withSecrets(key as queries.StoredKey, secret));
    });
  }

  /** Newest first; those of the file stand on the first page, before all others. */
  async list(orgId: string, query: { cursor?: string; limit?: number }): Promise<Outcome<Page<ApiKey>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return guarded(async () => {
      const rows = await this.#database.management.withOrg(orgId, (tx) =>
        queries.selectApiKeys(tx, orgId, { cursor: query.cursor ?? null, limit: limit + 1 }),
      );
      const items = rows.slice(0, limit);
      const ofFile = query.cursor === undefined ? (this.#file?.of(orgId) ?? []).map(({ key }) => key) : [];
      return accept({
        items: [...ofFile, ...items],
        nextCursor: rows.length > limit ? (items.at(-1)?.keyId ?? null) : null,
      });
    });
  }

  async get(orgId: string, keyId: string): Promise<Outcome<ApiKey>> {
    const ofFile = this.#file?.byId(keyId);
    if (ofFile?.orgId === orgId) return accept(ofFile.key);
    return guarded(async () => {
      const key = await this.#database.management.withOrg(orgId, (tx) => queries.selectApiKey(tx, orgId, keyId));
      return key === undefined ? NO_KEY : accept(key);
    });
  }

  /**
   * A new secret for the same key. The old one, and the old signing secret, are good for `overlapSeconds` more.
   * @param makerId the member who gets to know the secret: the key is theirs from now on
   */
  async rotate(
    orgId: string,
    keyId: string,
    overlapSeconds: number,
    makerId?: string | null,
  ): Promise<Outcome<ApiKeySecrets>> {
    if (this.#file?.byId(keyId)?.orgId === orgId) return OF_FILE;
    const { secret, prefix, secretHash } = newSecret();
    return guarded(async () => {
      const key = await this.#database.management.withOrg(orgId, async (tx) => {
        const overlapMs = overlapSeconds * 1_000;
        const rotated = await queries.rotateApiKey(tx, orgId, keyId, secretHash, prefix, overlapMs, makerId);
        const found = await queries.selectApiKey(tx, orgId, keyId);
        // sockets that were opened with the old secret end with it
        if (rotated) await revokeAccess(tx, orgId, 'api_key', keyId, found?.previousUntil ?? undefined);
        return found && { found, rotated };
      });
      if (key === undefined) return NO_KEY;
      return key.rotated ? accept(await this.#withSecrets(key.found, secret)) : REVOKED;
    });
  }

  /** For good. Every gateway refuses it and closes its sockets within a second. */
  async revoke(orgId: string, keyId: string): Promise<Outcome<{ keyId: string }>> {
    if (this.#file?.byId(keyId)?.orgId === orgId) return OF_FILE;
    return guarded(async () => {
      const revoked = await this.#database.management.withOrg(orgId, async (tx) => {
        if (!(await queries.revokeApiKey(tx, orgId, keyId))) return false;
        await revokeAccess(tx, orgId, 'api_key', keyId);
        return true;
      });
      return revoked ? accept({ keyId }) : NO_KEY;
    });
  }

  /**
   * Who a key is. details.reason: unknown, revoked, expired, unsigned. Throws the database's errors.
   * @param secretHash SHA-256 of the key
   */
  async identify(secretHash: Buffer, tokenHashPrefix: string): Promise<Outcome<Identity>> {
    const ofFile = this.#file?.byHash(secretHash.toString('hex'));
    const key =
      ofFile === undefined
        ? await this.#database.management.call((sql) => queries.findApiKey(sql, secretHash))
        : foundOf(ofFile);
    const good = stands(key);
    if (!good.ok) return good;
    if (good.value.signed) {
      return unauthenticated('unsigned', 'Requests of this key must be signed: see /docs on X-Psephos-Signature.');
    }
    return accept(this.#identityOf(good.value, tokenHashPrefix));
  }

  /**
   * Who signed a request: HMAC-SHA-256 over method, path, time and the body's hash, with the key's signing secret, at most
   * five minutes from now, and taken once. details.reason: unknown, revoked, expired, malformed, time, signature, replayed.
   */
  async identifySigned(request: SignedRequest): Promise<Outcome<Identity>> {
    return guarded(async () => {
      const sentMs = Number(request.timestamp) * 1_000;
      if (!(Math.abs(Date.now() - sentMs) <= limits.signedWindowMs)) {
        return unauthenticated('time', 'The time of the signature is more than five minutes off. Check your clock.');
      }
      const ofFile = this.#file?.byId(request.keyId);
      const key =
        ofFile === undefined
          ? await this.#database.management.call((sql) => queries.findSigningKey(sql, request.keyId))
          : { ...foundOf(ofFile), generation: 1, previous: false, previous_until: null };
      const good = stands(key);
      if (!good.ok) return good;
      const { generation, previous, previous_until: previousUntil } = key as queries.FoundSigningKey;
      const given = Buffer.from(request.signature, 'hex');
      const signs = (secrets: readonly string[]) =>
        secrets.some((secret) => {
          const own = createHmac('sha256', secret).update(signedText(request)).digest();
          return own.length === given.length && timingSafeEqual(own, given);
        });
      const fileSecrets =
        ofFile?.signingSecret === undefined || ofFile.signingSecret === null ? [] : [ofFile.signingSecret];
      const present = ofFile === undefined ? await this.#signingSecrets(request.keyId, generation) : fileSecrets;
      const byOld = !signs(present);
      if (byOld && !(previous && signs(await this.#signingSecrets(request.keyId, generation - 1)))) {
        return unauthenticated('signature', 'The signature is not right. See /docs for what is signed and how.');
      }
      const { org_id: orgId, key_id: keyId } = good.value;
      const until = new Date(sentMs + limits.signedWindowMs);
      const first = await this.#database.management.withOrg(orgId, (tx) =>
        queries.insertSignature(tx, orgId, keyId, given, until),
      );
      if (!first) {
        return unauthenticated('replayed', 'This very request was carried out before. Sign a new one with a new time.');
      }
      const prefix = hash('sha256', keyId, 'hex').slice(0, HASH_PREFIX_CHARACTERS);
      const identity = this.#identityOf(good.value, prefix);
      return accept(byOld ? { ...identity, expiresAtMs: previousUntil?.getTime() ?? null } : identity);
    });
  }

  /** Writes when keys were last used; called now and then. Throws the database's errors. */
  async writeUse(): Promise<void> {
    await this.#use.write();
  }

  #identityOf(key: queries.FoundKey, tokenHashPrefix: string): Identity {
    this.#use.note(key.org_id, key.key_id);
    return {
      kind: 'api_key',
      orgId: key.org_id,
      roles: key.roles.split(',') as Role[],
      id: key.key_id,
      meetingId: null,
      memberId: null,
      makerId: key.maker_id,
      sessionId: null,
      scopes: key.scopes === null ? null : key.scopes.split(','),
      expiresAtMs: key.expires_at?.getTime() ?? null,
      requestsPerSecond: key.requests_per_second,
      tokenHashPrefix,
    };
  }

  async #signingSecrets(keyId: string, generation: number): Promise<readonly string[]> {
    return (await this.#vault.ring()).signingSecrets(`api key ${keyId} ${generation}`);
  }

  async #withSecrets({ generation, ...key }: queries.StoredKey, secret: string): Promise<ApiKeySecrets> {
    const [signingSecret] = await this.#signingSecrets(key.keyId, generation);
    return { keyId: key.keyId, key, secret, signingSecret: signingSecret as string };
  }
}

function stands<Key extends queries.FoundKey>(key: Key | undefined): Outcome<Key> {
  if (key === undefined) return unauthenticated('unknown', 'This API key is not known.');
  if (key.revoked) return unauthenticated('revoked', 'This API key has been revoked.');
  if (key.expired) return unauthenticated('expired', 'This API key has expired.');
  return accept(key);
}

function foundOf({ orgId, key }: FileKey): queries.FoundKey {
  return {
    org_id: orgId,
    key_id: key.keyId,
    maker_id: null,
    roles: key.roles.join(','),
    scopes: key.scopes?.join(',') ?? null,
    signed: key.signed,
    requests_per_second: key.requestsPerSecond,
    expires_at: key.expiresAt,
    expired: key.expiresAt !== null && key.expiresAt.getTime() <= Date.now(),
    revoked: false,
  };
}

type Reason = 'unknown' | 'revoked' | 'expired' | 'unsigned' | 'time' | 'signature' | 'replayed';

function unauthenticated(reason: Reason, message: string): Outcome<never> {
  return refuse('unauthenticated', message, { details: { reason } });
}
