import { Fraction } from './fraction.ts';
import { amountOf, type Expected, seated, type Vote } from './reference.ts';

/** Every method whose winner has the largest weighted sum of what single ballots give it. gives: null for a blank. */
export function bySums<Ballot>(
  ids: readonly string[],
  seats: number,
  votes: readonly Vote<Ballot>[],
  gives: (ballot: Ballot, id: string) => Fraction | null,
): Expected {
  const totals = Object.fromEntries(
    ids.map((id) => {
      return [id, Fraction.sum(votes.map(({ ballot, weight }) => weight.times(gives(ballot, id) ?? new Fraction(0n))))];
    }),
  );
  const anybody = votes.some(({ ballot }) => ids.some((id) => gives(ballot, id) !== null));
  if (!anybody) return { winners: [], ties: [], totals };
  return { ...seated(ids, seats, (a, b) => amountOf(totals, a).compare(amountOf(totals, b)) > 0), totals };
}

/** Borda by comparisons: 1 for each option ranked lower, 1/2 for each equal one; the unranked are equal and last. */
export function bordaPoints(
  ids: readonly string[],
  ranking: readonly (string | readonly string[])[],
  id: string,
): Fraction | null {
  if (ranking.length === 0) return null;
  const rankOf = (option: string) => {
    const rank = ranking.findIndex((entry) => entry === option || (Array.isArray(entry) && entry.includes(option)));
    return rank === -1 ? Number.POSITIVE_INFINITY : rank;
  };
  const others = ids.filter((other) => other !== id);
  const lower = others.filter((other) => rankOf(other) > rankOf(id)).length;
  const equal = others.filter((other) => rankOf(other) === rankOf(id)).length;
  return new Fraction(BigInt(2 * lower + equal), 2n);
}
