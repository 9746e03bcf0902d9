import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Caller, Identity, Role } from './identity.ts';
import { insertOrganisation } from './organisation-queries.ts';
import * as queries from './queries.ts';
import type { SessionCache } from './session-cache.ts';
import { findSession } from './session-queries.ts';

const HASH_PREFIX_BYTES = 4;

/** All that somebody in the waiting room may do: ask whether they have been admitted. */
const WAITING_SCOPES = ['meetings.attend'];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Three parts with dots between: a JWT. Our other secrets have none. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Whoever was looked up in this moment may have been read from before the change. */
const JUST_CHANGED = refuse('rate_limited', 'Your access has just changed. Ask again in two seconds.', {
  retryAfterMs: limits.accessChangedMs,
});

/** An organisation that may or may not exist: the same answer for both. */
const NOT_YOURS = refuse(
  'not_found',
  'There is no such organisation among yours. Leave X-Org-Id out, or name one of yours.',
);

/** The room of accounts: organisations, keys, sessions, and the tickets that sockets are opened with. */
export class Accounts {
  readonly #database: Database;
  readonly #keys: ApiKeys;
  readonly #tokens: AccessTokens;
  readonly #cache: SessionCache | null;

  constructor(database: Database, keys: ApiKeys, tokens: AccessTokens, cache: SessionCache | null = null) {
    this.#database = database;
    this.#keys = keys;
    this.#tokens = tokens;
    this.#cache = cache;
  }

  async createOrganisation(input: { name: string }): Promise<Outcome<{ orgId: string }>> {
    const orgId = randomUUID();
    return guarded(async () => {
      await this.#database.management.withOrg(orgId, (tx) => insertOrganisation(tx, { orgId, name: input.name }));
      return accept({ orgId });
    });
  }

  /**
   * An API key (psk_…), an attendee's session token (pst_…), or the access token of a person. details.reason: unknown,
   * revoked, expired.
   * @param orgId the organisation that the caller names; keys and attendees carry theirs, and another is not found
   */
  async authenticate(secret: string, orgId?: string): Promise<Outcome<Caller>> {
    const secretHash = hash('sha256', secret, 'buffer');
    const tokenHashPrefix = secretHash.toString('hex', 0, HASH_PREFIX_BYTES);
    return guarded(async () => {
      if (JWT.test(secret)) return this.#ofPerson(secret, tokenHashPrefix, orgId?.toLowerCase() ?? null);
      const found = secret.startsWith('psk_')
        ? await this.#keys.identify(secretHash, tokenHashPrefix)
        : await this.#ofSession(secret, secretHash, tokenHashPrefix);
      if (!found.ok) return found;
      if (orgId !== undefined && orgId.toLowerCase() !== found.value.orgId) return NOT_YOURS;
      return accept({ identity: found.value, person: null });
    });
  }

  /**
   * The same of sessions, where a look-up of some seconds ago will do that no revocation has overtaken: another gateway's, say.
   * Keys are always looked up; that notes their use.
   */
  async recall(secret: string, orgId?: string): Promise<Outcome<Caller>> {
    if (this.#cache === null || secret.startsWith('psk_')) return this.authenticate(secret, orgId);
    const secretHash = hash('sha256', secret, 'buffer');
    const kept = await this.#cache.find(secretHash, orgId);
    if (kept !== undefined) return kept;
    const found = await this.authenticate(secret, orgId);
    if (found.ok) this.#cache.keep(secretHash, orgId, found.value);
    return found;
  }

  /** The session is looked up each time: signing out counts at once, not when the token ends. */
  async #ofPerson(token: string, tokenHashPrefix: string, orgId: string | null): Promise<Outcome<Caller>> {
    const claims = await this.#tokens.verify(token);
    if (claims === 'unknown') return unauthenticated('unknown', 'This token is not known.');
    if (claims === 'expired') return unauthenticated('expired', 'Your access token has expired. Refresh it.');
    if (orgId !== null && !UUID.test(orgId)) return NOT_YOURS;
    const { accountId, sessionId, expiresAtMs } = claims;
    const session = await this.#database.management.call((sql) => findSession(sql, sessionId, orgId));
    if (session?.account_id !== accountId) return unauthenticated('revoked', 'This account is no longer there.');
    if (session.revoked) return unauthenticated('revoked', 'Your session was ended. Sign in again.');
    if (session.expired) return unauthenticated('expired', 'Your session has ended. Sign in again.');
    if (orgId !== null && session.org_id === null) return NOT_YOURS;
    const person = { accountId, sessionId, platformAdmin: session.platform_admin, expiresAtMs, tokenHashPrefix };
    if (session.org_id === null) return accept({ identity: null, person });
    const memberId = session.member_id as string;
    const roles = (session.roles ?? '').split(',') as Role[];
    const member = { orgId: session.org_id, roles, id: memberId, memberId, meetingId: null, scopes: null };
    return accept({ identity: { kind: 'account', ...member, sessionId, expiresAtMs, tokenHashPrefix }, person });
  }

  async #ofSession(secret: string, secretHash: Buffer, tokenHashPrefix: string): Promise<Outcome<Identity>> {
    const session = secret.startsWith('pst_')
      ? await this.#database.management.call((sql) => queries.findSession(sql, secretHash))
      : undefined;
    if (session === undefined) return unauthenticated('unknown', 'This token is not known.');
    if (session.state === 'removed') return unauthenticated('revoked', 'You were removed from this meeting.');
    if (session.expired) return unauthenticated('expired', 'Your session has ended. Join the meeting again.');
    const roles: Role[] = session.member_id === null ? ['guest'] : ['member'];
    return accept({
      kind: 'attendee',
      orgId: session.org_id,
      roles: session.role === null ? roles : [...roles, session.role],
      id: session.attendee_id,
      meetingId: session.meeting_id,
      memberId: session.member_id,
      sessionId: null,
      scopes: session.state === 'waiting' ? WAITING_SCOPES : null,
      expiresAtMs: session.expires_at.getTime(),
      tokenHashPrefix,
    });
  }

  /** One-time, good for 30 s on any gateway of this database. */
  async issueSocketTicket(identity: Identity): Promise<Outcome<{ ticket: string; expiresAt: Date }>> {
    const ticket = `pkt_${randomBytes(32).toString('base64url')}`;
    return guarded(async () => {
      const expiresAt = await this.#database.management.withOrg(identity.orgId, (tx) =>
        queries.insertTicket(
          tx,
          identity,
          hash('sha256', ticket, 'buffer'),
          limits.socketTicketMs,
          limits.accessChangedMs,
        ),
      );
      if (expiresAt === null) return JUST_CHANGED;
      return accept({ ticket, expiresAt });
    });
  }

  async redeemSocketTicket(ticket: string): Promise<Outcome<Identity>> {
    return guarded(async () => {
      const found = await this.#database.management.call((sql) =>
        queries.redeemTicket(sql, hash('sha256', ticket, 'buffer')),
      );
      if (found === undefined)
        return unauthenticated('unknown', 'This ticket is not known or has been used. Ask for a new one.');
      return found.expired
        ? unauthenticated('expired', 'This ticket has expired. Ask for a new one.')
        : accept(found.identity);
    });
  }
}

function unauthenticated(reason: 'unknown' | 'revoked' | 'expired', message: string): Outcome<never> {
  return refuse('unauthenticated', message, { details: { reason } });
}
