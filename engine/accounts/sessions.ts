import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Person } from './identity.ts';
import { type RefreshClaim, readRefreshToken, refreshToken } from './refresh-token.ts';
import * as queries from './session-queries.ts';
import { findLogin } from './sign-in-queries.ts';
import type { Vault } from './vault.ts';

/** Whoever has signed in holds these. */
export interface SignedIn {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** gives the next pair, once */
  readonly refreshToken: string;
  /** until when the refresh token may wait at most */
  readonly refreshMs: number;
  readonly accountId: string;
  readonly sessionId: string;
}

export interface Session {
  readonly sessionId: string;
  readonly userAgent: string;
  readonly method: queries.SignInMethod;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly current: boolean;
}

type Refreshed =
  | { readonly state: 'live'; readonly generation: number }
  | { readonly state: 'unknown' | 'revoked' | 'expired' | 'reused'; readonly orgs: readonly string[] };

/** Sign-ins of persons, one a device, and the tokens that they live by. */
export class Sessions {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #tokens: AccessTokens;
  readonly #feed: Pick<LogFeed, 'poke'>;

  constructor(database: Database, vault: Vault, tokens: AccessTokens, feed: Pick<LogFeed, 'poke'>) {
    this.#database = database;
    this.#vault = vault;
    this.#tokens = tokens;
    this.#feed = feed;
  }

  /** For whoever has shown who they are; within the transaction that took what showed it. */
  async open(
    tx: Transaction,
    accountId: string,
    { method, userAgent }: { readonly method: queries.SignInMethod; readonly userAgent: string },
  ): Promise<{ readonly accountId: string; readonly sessionId: string; readonly generation: number }> {
    const sessionId = randomUUID();
    await queries.insertSession(tx, { accountId, sessionId, method, userAgent }, limits.sessionIdleMs);
    return { accountId, sessionId, generation: 1 };
  }

  /** The pair of tokens of a session that has just been opened or refreshed. */
  async issue(claim: RefreshClaim): Promise<SignedIn> {
    return {
      accessToken: await this.#tokens.sign(claim.accountId, claim.sessionId),
      expiresInSeconds: limits.accessTokenMs / 1_000,
      refreshToken: refreshToken(await this.#vault.ring(), claim),
      refreshMs: limits.sessionIdleMs,
      accountId: claim.accountId,
      sessionId: claim.sessionId,
    };
  }

  /**
   * The next pair. The refresh token before the last is answered with the same successor for 10 s (two tabs, a lost
   * answer); any older one was copied, so the whole session ends. details.reason: unknown, expired, revoked, reused.
   */
  async refresh(token: string): Promise<Outcome<SignedIn>> {
    return guarded(async () => {
      const claim = readRefreshToken(await this.#vault.ring(), token);
      if (claim === null) return ended('unknown');
      const found = await this.#database.management.withAccount(claim.accountId, (tx) => this.#rotate(tx, claim));
      if (found.state !== 'live') {
        this.poke(found.orgs);
        return ended(found.state);
      }
      return accept(await this.issue({ ...claim, generation: found.generation }));
    });
  }

  async #rotate(tx: Transaction, { accountId, sessionId, generation }: RefreshClaim): Promise<Refreshed> {
    const session = await queries.holdSession(tx, accountId, sessionId);
    if (session === undefined || generation > session.generation) return { state: 'unknown', orgs: [] };
    if (session.revoked) return { state: 'revoked', orgs: [] };
    if (session.expired) return { state: 'expired', orgs: [] };
    if (generation === session.generation) {
      await queries.rotateSession(tx, accountId, sessionId, limits.sessionIdleMs, limits.sessionMaxMs);
      return { state: 'live', generation: generation + 1 };
    }
    if (generation === session.generation - 1 && session.age_ms <= limits.refreshGraceMs) {
      return { state: 'live', generation: session.generation };
    }
    const revoked = await queries.revokeSessions(tx, accountId, sessionId, null, 'reused');
    return { state: 'reused', orgs: await this.announce(tx, revoked) };
  }

  /** Ends the session that a refresh token belongs to; of an unknown one there is nothing to end. */
  async signOut(token: string): Promise<Outcome<null>> {
    return guarded(async () => {
      const claim = readRefreshToken(await this.#vault.ring(), token);
      if (claim === null) return accept(null);
      await this.revokeOf(claim.accountId, claim.sessionId, null, 'signed_out');
      return accept(null);
    });
  }

  async list(person: Person): Promise<Outcome<readonly Session[]>> {
    return guarded(async () => {
      const rows = await this.#database.management.withAccount(person.accountId, (tx) =>
        queries.selectSessions(tx, person.accountId),
      );
      return accept(rows.map((row) => sessionOf(row, person.sessionId)));
    });
  }

  async revoke(person: Person, sessionId: string): Promise<Outcome<{ sessionId: string }>> {
    return guarded(async () => {
      const revoked = await this.revokeOf(person.accountId, sessionId, null, 'revoked');
      return revoked.length > 0
        ? accept({ sessionId })
        : refuse('not_found', 'You have no such session, or it has ended.', { details: { resource: 'session' } });
    });
  }

  /** @returns how many have ended */
  async revokeAll(person: Person, keepCurrent: boolean): Promise<Outcome<number>> {
    return guarded(async () => {
      const except = keepCurrent ? person.sessionId : null;
      return accept((await this.revokeOf(person.accountId, null, except, 'revoked')).length);
    });
  }

  /** Of whoever has the address, at the command line; null where nobody has. @returns how many have ended */
  async endAllOf(email: string): Promise<Outcome<number | null>> {
    return guarded(async () => {
      const found = await this.#database.management.call((sql) => findLogin(sql, email));
      if (found === undefined) return accept(null);
      return accept((await this.revokeOf(found.account_id, null, null, 'revoked')).length);
    });
  }

  /** The organisation of requests that name none, for this session; and a token that no cache knows yet. */
  async chooseOrganisation(person: Person, orgId: string): Promise<Outcome<{ accessToken: string }>> {
    return guarded(async () => {
      const { accountId, sessionId } = person;
      const chosen = await this.#database.management.withAccount(accountId, async (tx) => {
        const own = await queries.selectMemberships(tx);
        if (!own.some((one) => one.org_id === orgId && one.status === 'active')) return false;
        await queries.setCurrentOrganisation(tx, accountId, sessionId, orgId);
        return true;
      });
      return chosen
        ? accept({ accessToken: await this.#tokens.sign(accountId, sessionId) })
        : refuse('not_found', 'There is no such organisation among yours.', { details: { resource: 'organisation' } });
    });
  }

  /** One session, or all but one, in a transaction of its own. */
  async revokeOf(
    accountId: string,
    sessionId: string | null,
    except: string | null,
    reason: queries.RevokeReason,
  ): Promise<readonly string[]> {
    const { revoked, orgs } = await this.#database.management.withAccount(accountId, async (tx) => {
      const ids = await queries.revokeSessions(tx, accountId, sessionId, except, reason);
      return { revoked: ids, orgs: await this.announce(tx, ids) };
    });
    this.poke(orgs);
    return revoked;
  }

  /** The last act of a transaction of the account; poke() the organisations once it has committed. */
  async announce(tx: Transaction, sessionIds: readonly string[]): Promise<readonly string[]> {
    if (sessionIds.length === 0) return [];
    const orgs = (await queries.selectMemberships(tx)).map(({ org_id }) => org_id);
    // in the order of their ids, so that two transactions never wait for each other's log
    for (const orgId of orgs) await queries.announceRevoked(tx, orgId, sessionIds);
    return orgs;
  }

  poke(orgs: readonly string[]): void {
    for (const orgId of orgs) this.#feed.poke(orgId);
  }
}

function sessionOf(row: queries.SessionRow, current: string): Session {
  return {
    sessionId: row.session_id,
    userAgent: row.user_agent,
    method: row.method,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    current: row.session_id === current,
  };
}

const ENDED = {
  unknown: 'This refresh token is not known. Sign in again.',
  expired: 'Your session has ended. Sign in again.',
  revoked: 'Your session was ended, here or on another device. Sign in again.',
  reused: 'This refresh token was used before, so somebody may have copied it: the session is ended. Sign in again.',
};

function ended(reason: keyof typeof ENDED): Outcome<never> {
  return refuse('unauthenticated', ENDED[reason], { details: { reason } });
}
