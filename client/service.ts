import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ElectionView, issued, newCredentials, participationView } from '../protocol/elections.ts';
import type { resultView } from '../protocol/results.ts';
import { ServiceCalls, type ServiceOptions } from './service-calls.ts';

/** Somebody who may vote, by whatever name the calling service has for them. */
export interface TokenHolder {
  /** stays with the caller; nothing of it is ever sent */
  readonly reference: string;
  /** votes as a decimal, '1' if left out */
  readonly weight?: string;
}

/** A right to vote: the token goes to its holder, its hash to Psephos. */
export interface VotingToken extends TokenHolder {
  readonly token: string;
}

type Issued = z.infer<typeof issued>;
type Credentials = z.input<typeof newCredentials>['credentials'];

/** 128 bits: nobody finds one by trying. */
const TOKEN_BYTES = 16;
/** A part that is written well within the time of one attempt. */
const PART_CREDENTIALS = 5_000;

/**
 * One token each. Keep them before anything is sent: who loses them after issue() has put rights to vote on the roll that
 * nobody holds.
 */
export function newVotingTokens(holders: readonly TokenHolder[]): VotingToken[] {
  return holders.map((holder) => ({ ...holder, token: `vt_${randomBytes(TOKEN_BYTES).toString('base64url')}` }));
}

/**
 * What the service that knows the members asks of the service that holds the ballots. The one never sees ballots, the
 * other never sees members: only hashes of tokens cross over, in an order that says nothing.
 */
export class PsephosService {
  readonly #calls: ServiceCalls;

  constructor(options: ServiceOptions) {
    this.#calls = new ServiceCalls(options);
  }

  /**
   * Puts the holders of these tokens on the electoral roll, any number of them. Sends SHA-256 and weight only. After a
   * failure call it again with the same tokens: what is on the roll already is counted as repeated and stays as it is.
   * @throws PsephosError, e.g. NOT_FOUND_001, BALLOT_004 (closed), QUOTA_001, LOAD_…, UNREACHABLE
   */
  async issue(electionId: string, tokens: readonly VotingToken[]): Promise<Issued> {
    const credentials: Credentials = tokens.map(({ token, weight }) => ({
      hash: createHash('sha256').update(token).digest('hex'),
      ...(weight === undefined ? {} : { weight }),
    }));
    // By hash, which is chance: in the order of the members' list the roll could be laid beside that list.
    credentials.sort((a, b) => (a.hash < b.hash ? -1 : 1));
    const sum = { issued: 0, repeated: 0 };
    for (let from = 0; from < credentials.length; from += PART_CREDENTIALS) {
      const part = credentials.slice(from, from + PART_CREDENTIALS);
      const answer = await this.#calls.call<Issued>({
        method: 'POST',
        path: `/v1/elections/${electionId}/credentials`,
        body: { credentials: part },
        idempotencyKey: randomUUID(),
      });
      sum.issued += answer.issued;
      sum.repeated += answer.repeated;
    }
    return sum;
  }

  /** The election with its state: draft, open, closed, published or cancelled. */
  election(electionId: string): Promise<ElectionView> {
    return this.#calls.call({ method: 'GET', path: `/v1/elections/${electionId}` });
  }

  /** How many may vote and how many have; never who, never how. */
  participation(electionId: string): Promise<z.infer<typeof participationView>> {
    return this.#calls.call({ method: 'GET', path: `/v1/elections/${electionId}/participation` });
  }

  /** With every round, once it is counted. */
  result(electionId: string): Promise<z.infer<typeof resultView>> {
    return this.#calls.call({ method: 'GET', path: `/v1/elections/${electionId}/result` });
  }
}
