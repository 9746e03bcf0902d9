import { createHash } from 'node:crypto';
import { optionIdAt } from './ballot-text.ts';
import type { Contest, Tie } from './method.ts';

export interface Picked {
  readonly position: number;
  /** null where there was nothing to break */
  readonly tie: Tie | null;
}

/**
 * The lot of an election, so that anyone can check it and nobody can choose it after the options are known:
 * SHA-256 of the election's id followed directly by the option's id, both UTF-8; the smallest hash is drawn.
 */
function drawLot(contest: Contest, tied: readonly number[]): number {
  const hashed = tied.map((position) => ({
    position,
    hash: createHash('sha256').update(contest.electionId).update(optionIdAt(contest, position)).digest(),
  }));
  const drawn = hashed.reduce((least, entry) => (Buffer.compare(entry.hash, least.hash) < 0 ? entry : least));
  return drawn.position;
}

/**
 * Of the given options the one with the fewest or most votes. A tie is broken by the most recent earlier round in
 * which they were unequal (who is still equal there goes back further), and where all rounds were equal by lot:
 * rules 49 and 51 of the Scottish Local Government Elections Order 2007.
 * earlier: the amounts by position after each finished round, oldest first.
 */
export function pick(
  contest: Contest,
  candidates: readonly number[],
  amounts: readonly bigint[],
  earlier: readonly (readonly bigint[])[],
  want: 'fewest' | 'most',
  between: Tie['between'],
): Picked {
  const tied = extreme(candidates, amounts, want);
  let left = tied;
  for (let round = earlier.length - 1; round >= 0 && left.length > 1; round--) {
    left = extreme(left, earlier[round] ?? [], want);
  }
  const position = left.length === 1 && left[0] !== undefined ? left[0] : drawLot(contest, left);
  if (tied.length === 1) return { position, tie: null };
  const brokenBy = left.length === 1 ? 'earlier rounds' : 'lot';
  const options = tied.map((option) => optionIdAt(contest, option));
  return { position, tie: { options, places: 1, between, brokenBy, chosen: [optionIdAt(contest, position)] } };
}

function extreme(candidates: readonly number[], amounts: readonly bigint[], want: 'fewest' | 'most'): number[] {
  const of = (position: number) => amounts[position] ?? 0n;
  const best = candidates.map(of).reduce((a, b) => (a < b === (want === 'fewest') ? a : b));
  return candidates.filter((position) => of(position) === best);
}

/** What a round says of a tie. */
export function tieWords(tie: Tie | null): string {
  if (tie === null) return '';
  return tie.brokenBy === 'lot' ? ', tie broken by lot' : ', tie broken by earlier rounds';
}
