import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { credentialOfAttendee } from '../elections/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Caller, Identity, Role } from './identity.ts';
import * as queries from './queries.ts';

const HASH_PREFIX_BYTES = 4;

/** An organisation that may or may not exist: the same answer for both. */
const NOT_YOURS = refuse(
  'not_found',
  'There is no such organisation among yours. Leave X-Org-Id out, or name one of yours.',
);

/** The room of accounts: organisations, keys, sessions, and the tickets that sockets are opened with. */
export class Accounts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async createOrganisation(input: { name: string }): Promise<Outcome<{ orgId: string }>> {
    const orgId = randomUUID();
    return guarded(async () => {
      await this.#database.management.withOrg(orgId, (tx) => queries.insertOrganisation(tx, orgId, input.name));
      return accept({ orgId });
    });
  }

  async createMember(
    orgId: string,
    input: { number: string; name: string; roles: readonly Exclude<Role, 'guest'>[] },
  ): Promise<Outcome<{ memberId: string }>> {
    const memberId = randomUUID();
    return guarded(async () => {
      await this.#database.management.withOrg(orgId, (tx) =>
        queries.insertMember(tx, orgId, memberId, input.number, input.name, input.roles),
      );
      return accept({ memberId });
    });
  }

  /** The secret is shown once; only its hash is stored. */
  async createApiKey(
    orgId: string,
    input: { name: string; roles: readonly Role[] },
  ): Promise<Outcome<{ keyId: string; secret: string }>> {
    const keyId = randomUUID();
    const secret = `psk_${randomBytes(32).toString('base64url')}`;
    return guarded(async () => {
      await this.#database.management.withOrg(orgId, (tx) =>
        queries.insertApiKey(tx, orgId, keyId, input.name, hash('sha256', secret, 'buffer'), input.roles),
      );
      return accept({ keyId, secret });
    });
  }

  async revokeApiKey(orgId: string, keyId: string): Promise<Outcome<{ keyId: string }>> {
    return guarded(async () =>
      (await this.#database.management.withOrg(orgId, (tx) => queries.revokeApiKey(tx, orgId, keyId)))
        ? accept({ keyId })
        : refuse('not_found', 'There is no such key.', { details: { resource: 'api_key' } }),
    );
  }

  /**
   * An API key (psk_…) or an attendee's session token (pst_…). details.reason: unknown, revoked, expired.
   * @param orgId the organisation that the caller names; keys and attendees carry theirs, and another is not found
   */
  async authenticate(secret: string, orgId?: string): Promise<Outcome<Caller>> {
    const secretHash = hash('sha256', secret, 'buffer');
    const tokenHashPrefix = secretHash.toString('hex', 0, HASH_PREFIX_BYTES);
    return guarded(async () => {
      const found = secret.startsWith('psk_')
        ? await this.#ofKey(secretHash, tokenHashPrefix)
        : await this.#ofSession(secret, secretHash, tokenHashPrefix);
      if (!found.ok) return found;
      if (orgId !== undefined && orgId.toLowerCase() !== found.value.orgId) return NOT_YOURS;
      return accept({ identity: found.value, person: null });
    });
  }

  async #ofKey(secretHash: Buffer, tokenHashPrefix: string): Promise<Outcome<Identity>> {
    const key = await this.#database.management.call((sql) => queries.findApiKey(sql, secretHash));
    if (key === undefined) return unauthenticated('unknown', 'This API key is not known.');
    if (key.revoked) return unauthenticated('revoked', 'This API key has been revoked.');
    return accept({
      kind: 'api_key',
      orgId: key.org_id,
      roles: key.roles.split(',') as Role[],
      id: key.key_id,
      meetingId: null,
      memberId: null,
      sessionId: null,
      scopes: null,
      expiresAtMs: null,
      tokenHashPrefix,
    });
  }

  async #ofSession(secret: string, secretHash: Buffer, tokenHashPrefix: string): Promise<Outcome<Identity>> {
    const session = secret.startsWith('pst_')
      ? await this.#database.management.call((sql) => queries.findSession(sql, secretHash))
      : undefined;
    if (session === undefined) return unauthenticated('unknown', 'This token is not known.');
    if (session.expired) return unauthenticated('expired', 'Your session has ended. Join the meeting again.');
    return accept({
      kind: 'attendee',
      orgId: session.org_id,
      roles: ['guest'],
      id: session.attendee_id,
      meetingId: session.meeting_id,
      memberId: null,
      sessionId: null,
      scopes: null,
      expiresAtMs: session.expires_at.getTime(),
      tokenHashPrefix,
    });
  }

  /** One-time, good for 30 s on any gateway of this database. */
  async issueSocketTicket(identity: Identity): Promise<Outcome<{ ticket: string; expiresAt: Date }>> {
    const ticket = `pkt_${randomBytes(32).toString('base64url')}`;
    return guarded(async () => {
      const expiresAt = await this.#database.management.withOrg(identity.orgId, (tx) =>
        queries.insertTicket(tx, identity, hash('sha256', ticket, 'buffer'), limits.socketTicketMs),
      );
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

  /** The credential that an attendee holds in an election of the meeting, 64 hex characters. */
  attendeeCredential(identity: Identity, electionId: string): string {
    return credentialOfAttendee(electionId, identity.id);
  }
}

function unauthenticated(reason: 'unknown' | 'revoked' | 'expired', message: string): Outcome<never> {
  return refuse('unauthenticated', message, { details: { reason } });
}
