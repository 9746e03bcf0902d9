import { createHash } from 'node:crypto';
import type { Fraction } from './fraction.ts';

/** One ballot as its voter sent it. weight in votes. */
export interface Vote<Ballot> {
  readonly ballot: Ballot;
  readonly weight: Fraction;
}

export interface ExpectedTie {
  readonly options: readonly string[];
  readonly places: number;
  readonly brokenBy: 'earlier rounds' | 'lot' | null;
  readonly chosen: readonly string[];
}

/** What a count must come to, worked out from the definition of the method on whole ballots. */
export interface Expected {
  readonly winners: readonly string[];
  readonly ties: readonly ExpectedTie[];
  /** votes per option */
  readonly totals: Readonly<Record<string, Fraction>>;
  /** votes per option and round, where a method has more than one */
  readonly rounds?: readonly Readonly<Record<string, Fraction>>[];
}

/**
 * Seats by definition: an option is elected where no more than `seats` options are at least as good as itself; it is
 * in an open tie where fewer than `seats` are better and it is not elected. better(a, b): a is strictly better than b.
 */
export function seated(
  ids: readonly string[],
  seats: number,
  better: (a: string, b: string) => boolean,
): Pick<Expected, 'winners' | 'ties'> {
  const betterThan = (id: string) => ids.filter((other) => better(other, id)).length;
  const atLeastAsGood = (id: string) => ids.filter((other) => !better(id, other)).length;
  const winners = ids.filter((id) => atLeastAsGood(id) <= seats).sort((a, b) => betterThan(a) - betterThan(b));
  const tied = ids.filter((id) => !winners.includes(id) && betterThan(id) < seats);
  const places = seats - winners.length;
  return { winners, ties: tied.length === 0 ? [] : [{ options: tied, places, brokenBy: null, chosen: [] }] };
}

/**
 * Whom an act falls on that takes the extreme amount: the extreme in the latest round; among equals the extreme in the
 * round before, and so on; at last the first by SHA-256(election id ‖ option id). history: oldest round first.
 */
export function extremeOf(
  electionId: string,
  candidates: readonly string[],
  history: readonly Readonly<Record<string, Fraction>>[],
  sign: 1 | -1,
): { readonly id: string; readonly tied: readonly string[]; readonly brokenBy: 'earlier rounds' | 'lot' | null } {
  const newestFirst = history.toReversed();
  const compareUpTo = (rounds: typeof newestFirst) => (a: string, b: string) => {
    for (const round of rounds) {
      const order = amountOf(round, a).compare(amountOf(round, b)) * sign;
      if (order !== 0) return order;
    }
    return 0;
  };
  const byNow = compareUpTo(newestFirst.slice(0, 1));
  const byHistory = compareUpTo(newestFirst);
  const first = [...candidates].sort(
    (a, b) => byHistory(a, b) || (lot(electionId, a) < lot(electionId, b) ? -1 : 1),
  )[0];
  if (first === undefined) throw new Error('nobody to choose from');
  const tied = candidates.filter((id) => byNow(id, first) === 0);
  const left = candidates.filter((id) => byHistory(id, first) === 0);
  return { id: first, tied, brokenBy: tied.length === 1 ? null : left.length === 1 ? 'earlier rounds' : 'lot' };
}

function lot(electionId: string, id: string): string {
  return createHash('sha256').update(`${electionId}${id}`, 'utf8').digest('hex');
}

export function amountOf(amounts: Readonly<Record<string, Fraction>>, id: string): Fraction {
  const amount = amounts[id];
  if (amount === undefined) throw new Error(`no amount for ${id}`);
  return amount;
}
