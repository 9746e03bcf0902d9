import type { Database } from '../db/index.ts';
import type { LaneRefusal, LaneWork } from '../lanes/index.ts';
import { type LaneLimits, Lanes } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import { accept, type Failure, type Outcome, refuse } from '../outcome.ts';
import type { Definition } from './definitions.ts';
import type { CastReceipt, CastRequest } from './election.ts';
import { CAST_KEY_CHARACTERS, KEYS_CHARACTERS, keysOf, trackingCodeIn } from './keys.ts';
import { castBallots } from './queries.ts';

/** What the database is told of one ballot. */
export interface EncodedBallot {
  /** 128 hex characters: credential, spend key, tracking code */
  readonly keys: string;
  /** in canonical form */
  readonly ballot: string;
}

/** One ballot on its way, and who waits for the answer. */
interface Casting extends EncodedBallot {
  readonly resolve: (outcome: Outcome<CastReceipt>) => void;
  readonly reject: (error: unknown) => void;
}

/** The character that urn.cast_ballots answers a ballot with, or a refusal of the lanes. */
type CastAnswer = string | Failure;

const CLOSING = '6';

const REFUSALS: Readonly<Record<string, Failure>> = {
  '3': {
    kind: 'not_found',
    message: 'This credential is not on the electoral roll of this election.',
    details: { resource: 'credential' },
  },
  '4': { kind: 'already_voted', message: 'This credential has already cast another ballot. The first one counts.' },
  '5': { kind: 'not_open', message: 'This vote is not open yet.', details: { state: 'draft' } },
  '7': { kind: 'closed', message: 'This vote has closed. Yours was not counted.', details: { state: 'closed' } },
  '8': { kind: 'closed', message: 'This vote was cancelled. Yours was not counted.', details: { state: 'cancelled' } },
  '9': { kind: 'not_found', message: 'There is no such election.', details: { resource: 'election' } },
  q: {
    kind: 'over_quota',
    message: "Your organisation's quota of ballots for this month is used up. Yours was not counted.",
    details: { metric: 'ballots' },
  },
};

function jitter(minMs: number, maxMs: number): number {
  return Math.round(minMs + Math.random() * (maxMs - minMs));
}

/** The hot path of ballots: encodes them, images their keys, and lets the lanes write batches. */
export class BallotLanes {
  readonly #lanes: Lanes<Casting, CastAnswer>;

  constructor(
    database: Database,
    committed: (orgId: string) => void,
    own: Partial<LaneLimits> = {},
    reachable: (yes: boolean) => void = () => {},
  ) {
    const work: LaneWork<Casting, CastAnswer> = {
      run: async (connection, orgId, electionId, items) => {
        let keys = '';
        let ballots = '';
        for (let i = 0; i < items.length; i += 1) {
          const item = items[i] as Casting;
          keys += item.keys;
          ballots = i === 0 ? item.ballot : `${ballots}\u001e${item.ballot}`;
        }
        const codes = await connection.run((sql) => castBallots(sql, orgId, electionId, keys, ballots));
        if (codes.length !== items.length) throw new Error(`${items.length} ballots, ${codes.length} answers`);
        return codes as unknown as readonly string[]; // a string is indexed like the array of its characters
      },
      asksAgain: (answer) => answer === CLOSING,
      refusal: (reason, error) => this.#refusalOf(reason, error),
      settle,
      reachable,
      committed: (orgId) => committed(orgId),
    };
    this.#lanes = new Lanes(database.hot, work, own);
  }

  get depth(): number {
    return this.#lanes.depth;
  }

  get written(): { readonly batches: number; readonly ballots: number } {
    const { batches, requests } = this.#lanes.written;
    return { batches, ballots: requests };
  }

  drain(): Promise<void> {
    return this.#lanes.drain();
  }

  /** Resolves once the ballot is durable or provably refused, or at the deadline with 'outcome_unknown'. */
  cast(orgId: string, definition: Definition, request: CastRequest): Promise<Outcome<CastReceipt>> {
    const { electionId } = definition.election;
    const refused = this.#lanes.refuses(electionId);
    // before encoding and hashing: a flood should cost as little as it can
    if (refused !== undefined) return Promise.resolve({ ok: false, failure: this.#refusalOf(refused) as Failure });
    try {
      const encoded = this.encode(definition, request);
      return encoded.ok ? this.submit(orgId, electionId, encoded.value) : Promise.resolve(encoded);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The breaker is open: a ballot would be refused at once. */
  get isAway(): boolean {
    return this.#lanes.awayForMs > 0;
  }

  /** A ballot as the urn takes it, or what is wrong with it. @throws an Error for keys of a wrong length */
  encode(definition: Definition, { electionId, credential, castKey, ballot }: CastRequest): Outcome<EncodedBallot> {
    const encoded = definition.method.encode(definition.contest, ballot);
    if (!encoded.ok) {
      return refuse('ballot_invalid', 'This ballot breaks the rules of the vote; nothing was counted.', {
        details: { problems: encoded.problems },
      });
    }
    if (encoded.ballot.length > limits.ballotMaxCharacters) {
      return refuse('ballot_invalid', 'This ballot is too long; nothing was counted.', {
        details: {
          problems: [
            { path: 'ballot', problem: `longer than ${limits.ballotMaxCharacters} characters in canonical form` },
          ],
        },
      });
    }
    const keys = keysOf(electionId, credential, castKey, encoded.ballot);
    // keys of a batch are cut by their length: a wrong one would shift everybody's behind it
    if (keys.length !== KEYS_CHARACTERS || castKey.length !== CAST_KEY_CHARACTERS) {
      throw new Error('a credential is 64 hex characters and a cast key 32');
    }
    return accept({ keys, ballot: encoded.ballot });
  }

  /** Resolves as cast() does. */
  submit(orgId: string, electionId: string, { keys, ballot }: EncodedBallot): Promise<Outcome<CastReceipt>> {
    return new Promise((resolve, reject) => {
      this.#lanes.submit(orgId, electionId, { keys, ballot, resolve, reject });
    });
  }

  #refusalOf(reason: LaneRefusal, error?: unknown): CastAnswer {
    switch (reason) {
      case 'overloaded':
        return {
          kind: 'overloaded',
          message: 'Too many ballots at this moment; yours was not counted. Send it again.',
          retryAfterMs: jitter(limits.overloadedRetryMinMs, limits.overloadedRetryMaxMs),
        };
      case 'away':
        return {
          kind: 'database_away',
          message: 'The ballot box cannot be reached; nothing was written. Send the same ballot again.',
          retryAfterMs: Math.max(limits.overloadedRetryMinMs, this.#lanes.awayForMs),
        };
      case 'unknown':
        return {
          kind: 'outcome_unknown',
          message:
            'It is not known whether your ballot is in. Send the very same request again: it cannot count twice.',
          retryAfterMs: jitter(limits.overloadedRetryMinMs, limits.overloadedRetryMaxMs),
        };
      case 'guilty':
        return { kind: 'ballot_invalid', message: 'The ballot box cannot hold this ballot; nothing was counted.' };
      case 'bug':
        return new CastBug(error);
    }
  }
}

/** Carries a bug through the lanes to the caller's promise, which rejects with it. */
class CastBug implements Failure {
  readonly kind = 'outcome_unknown';
  readonly message = 'a bug';
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function settle({ keys, resolve, reject }: Casting, answer: CastAnswer): void {
  if (answer === '0' || answer === '1') resolve({ ok: true, value: { trackingCode: trackingCodeIn(keys) } });
  else if (answer instanceof CastBug) reject(answer.error);
  else {
    const failure = typeof answer === 'string' ? refusalOfCode(answer) : answer;
    if (failure === undefined) reject(new Error(`urn.cast_ballots answered ${answer}`));
    else resolve({ ok: false, failure });
  }
}

function refusalOfCode(code: string): Failure | undefined {
  if (code === '2') {
    return {
      kind: 'credential_busy',
      message: 'This credential is being used at this very moment. Send the same ballot again.',
      retryAfterMs: jitter(limits.busyRetryMinMs, limits.busyRetryMaxMs),
    };
  }
  return REFUSALS[code];
}
