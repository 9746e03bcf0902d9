import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { credentialOfToken } from './keys.ts';
import { findCredential, findElection } from './token-queries.ts';

/** Organisations of elections kept in memory: they never change, and an entry takes 150 bytes. */
const KEPT = 10_000;

/** One answer for an election that does not exist and for a token that is not its own: neither can be probed. */
const NO_VOTE = refuse('not_found', 'This link does not lead to a vote. Check that you have the whole link.');

/** A token that is on an election's roll. */
export interface TokenHolder {
  readonly orgId: string;
  /** 64 hex characters, as a cast carries it */
  readonly credential: string;
  /** it was spent already */
  readonly voted: boolean;
}

/** Whoever holds a one-time token, without any account: the token alone is the right to see the election and to vote. */
export class TokenHolders {
  readonly #database: Database;
  readonly #organisations = new Map<string, string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Refuses `not_found` for an unknown election and for a token of another one alike. */
  async find(electionId: string, token: string): Promise<Outcome<TokenHolder>> {
    return guarded(async () => {
      const orgId = await this.#organisationOf(electionId);
      if (orgId === undefined) return NO_VOTE;
      const credential = credentialOfToken(token);
      const voted = await this.#database.management.call((sql) =>
        findCredential(sql, orgId, electionId, Buffer.from(credential, 'hex')),
      );
      return voted === undefined ? NO_VOTE : accept({ orgId, credential, voted });
    });
  }

  async #organisationOf(electionId: string): Promise<string | undefined> {
    const kept = this.#organisations.get(electionId);
    if (kept !== undefined) return kept;
    const found = await this.#database.management.call((sql) => findElection(sql, electionId));
    if (found === undefined) return undefined;
    if (this.#organisations.size >= KEPT) {
      this.#organisations.delete(this.#organisations.keys().next().value as string);
    }
    this.#organisations.set(electionId, found);
    return found;
  }
}
