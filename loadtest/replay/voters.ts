import { hash, randomBytes } from 'node:crypto';
import type { NewCredentials } from '../../client/index.ts';
import { microOfVotes, votesOfMicro } from '../../protocol/weight.ts';
import type { MethodElection } from './formats/index.ts';

/** Micro-units of one vote. */
const VOTE = microOfVotes('1');
const HASHED_CHARACTERS = 32;
/** Made-up weights: 0.1 to 5 votes, in steps of two micro-units so that Borda's half points stay exact. */
const WEIGHT_MIN_MICRO = 100_000n;
const WEIGHT_STEPS = 2_450_001n;

/** Everybody of a file with what they need to vote. Voters are numbered from 0, in the file's order. */
export interface Voters {
  readonly count: number;
  readonly weighted: boolean;
  ballot(voter: number): unknown;
  /** micro-units */
  weight(voter: number): bigint;
  /** the one-time token, which only this voter's cast carries */
  token(voter: number): string;
  /** 32 hex digits, the same on every retry */
  castKey(voter: number): string;
  /** what the server is told beforehand: hashes and weights */
  credentials(): NewCredentials;
}

/**
 * Tokens and cast keys come from one secret of this run, so that a million of them need no memory.
 * @param madeUpWeights voters without a weight of the file get one; the same file always gets the same
 */
export function votersOf({ ballots }: MethodElection, madeUpWeights: boolean): Voters {
  const secret = randomBytes(32).toString('hex');
  const derive = (purpose: string, voter: number) =>
    hash('sha256', `${purpose} ${secret} ${voter}`, 'hex').slice(0, HASHED_CHARACTERS);
  const token = (voter: number) => `vt_${derive('token', voter)}`;
  const weight = (voter: number) => ballots.at(voter).weight ?? (madeUpWeights ? madeUpWeight(voter) : VOTE);
  const everyone = Array.from({ length: ballots.length }, (_, voter) => voter);
  return {
    count: ballots.length,
    weighted: everyone.some((voter) => weight(voter) !== VOTE),
    ballot: (voter) => ballots.at(voter).ballot,
    weight,
    token,
    castKey: (voter) => derive('cast', voter),
    credentials: () =>
      everyone.map((voter) => {
        const hashed = hash('sha256', token(voter), 'hex');
        const micro = weight(voter);
        return micro === VOTE ? { hash: hashed } : { hash: hashed, weight: votesOfMicro(micro) };
      }),
  };
}

function madeUpWeight(voter: number): bigint {
  const die = BigInt(`0x${hash('sha256', `weight ${voter}`, 'hex').slice(0, 12)}`);
  return WEIGHT_MIN_MICRO + 2n * (die % WEIGHT_STEPS);
}
