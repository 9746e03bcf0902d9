import { Fraction } from './fraction.ts';
import { type Expected, seated, type Vote } from './reference.ts';

interface Ballot {
  readonly ranking: readonly (string | readonly string[])[];
}

/**
 * Schulze's method with every simple path walked. An option's rank is the length of the longest chain of options that
 * beat one another down to it.
 */
export function schulze(ids: readonly string[], seats: number, votes: readonly Vote<Ballot>[]): Expected {
  const zero = new Fraction(0n);
  const prefer = (a: string, b: string) =>
    Fraction.sum(votes.filter(({ ballot }) => rankOf(ballot, a) < rankOf(ballot, b)).map(({ weight }) => weight));
  const link = (a: string, b: string) => (prefer(a, b).compare(prefer(b, a)) > 0 ? prefer(a, b) : zero);
  const links = new Map(ids.flatMap((a) => ids.map((b) => [`${a}>${b}`, link(a, b)] as const)));
  const strongest = (from: string, to: string, visited: readonly string[]): Fraction => {
    if (from === to) throw new Error('a path to itself');
    let best = links.get(`${from}>${to}`) ?? zero;
    for (const via of ids) {
      if (via === from || via === to || visited.includes(via)) continue;
      const step = links.get(`${from}>${via}`) ?? zero;
      if (step.compare(best) <= 0) continue;
      const onward = strongest(via, to, [...visited, from]);
      const path = step.compare(onward) < 0 ? step : onward;
      if (path.compare(best) > 0) best = path;
    }
    return best;
  };
  const beats = (a: string, b: string) => a !== b && strongest(a, b, []).compare(strongest(b, a, [])) > 0;
  const beaters = new Map(ids.map((id) => [id, ids.filter((other) => beats(other, id))] as const));
  const depth = (id: string): number => Math.max(0, ...(beaters.get(id) ?? []).map((other) => depth(other) + 1));
  const depths = new Map(ids.map((id) => [id, depth(id)] as const));
  const valid = votes.filter(({ ballot }) => ballot.ranking.length > 0);
  const everyone = Fraction.sum(valid.map(({ weight }) => weight));
  const totals = Object.fromEntries(
    ids.map((id) => {
      const results = ids.filter((other) => other !== id).map((other) => prefer(id, other));
      return [id, results.reduce((least, result) => (result.compare(least) < 0 ? result : least), everyone)];
    }),
  );
  if (valid.length === 0) return { winners: [], ties: [], totals };
  return { ...seated(ids, seats, (a, b) => (depths.get(a) ?? 0) < (depths.get(b) ?? 0)), totals };
}

function rankOf({ ranking }: Ballot, id: string): number {
  const rank = ranking.findIndex((entry) => (typeof entry === 'string' ? entry === id : entry.includes(id)));
  return rank === -1 ? ranking.length : rank;
}
