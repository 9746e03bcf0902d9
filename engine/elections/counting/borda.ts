import type { BordaSettings } from '../../../protocol/methods/borda.ts';
import { openBox } from './ballot-box.ts';
import type { Contest, Encoded, Method } from './method.ts';
import { checkRanked, decodeRanking, encodeRanking, parseRanking } from './ranking-text.ts';
import { byMost, checkSeats, countOnce, rankBy } from './seats.ts';

/**
 * Borda count over n options: n-1 points for the first … 0 for the last; equal ranks share the average of their
 * points and so do the unranked (as if they stood together on one last rank). Points are counted as exact halves.
 * Totals are micro-points; where a weight has an odd sixth decimal, a half micro-point is cut off for show only.
 */
export const borda: Method<BordaSettings> = {
  id: 'borda',
  figure: 'points',
  figureScale: 2,

  check(contest) {
    return [...checkSeats(contest, contest.settings.seats), ...checkRanked(contest)];
  },

  encode(contest: Contest<BordaSettings>, ballot: unknown): Encoded {
    return encodeRanking(contest, ballot, true);
  },

  decode(contest, ballot) {
    return decodeRanking(contest, ballot);
  },

  accumulate(contest, figures, pattern) {
    if (pattern.ballot === '') return;
    const halves = halfPoints(pattern.ballot, contest.options.length);
    for (let position = 0; position < halves.length; position++) {
      const figure = figures[position];
      const half = halves[position] ?? 0;
      if (figure === undefined) throw new Error(`no figure for option ${position}`);
      figure.count += pattern.count * half;
      figure.weight += pattern.weight * BigInt(half);
    }
  },

  count(contest, patterns) {
    const box = openBox(patterns);
    const doubled = contest.options.map(() => 0n);
    for (const { ballot, weight } of box.valid) {
      const halves = halfPoints(ballot, contest.options.length);
      for (let position = 0; position < halves.length; position++) {
        doubled[position] = (doubled[position] ?? 0n) + weight * BigInt(halves[position] ?? 0);
      }
    }
    const ranking = rankBy(contest, byMost(doubled));
    const totals = doubled.map((total) => total / 2n);
    return countOnce({ contest, box, seats: contest.settings.seats, ranking, totals, rule: 'most Borda points' });
  },
};

/** Half points by position: 2 for each option below, 1 for each other one on the same rank. */
function halfPoints(text: string, options: number): number[] {
  const ranks = parseRanking(text);
  const ranked = ranks.reduce((sum, rank) => sum + rank.length, 0);
  const halves = new Array<number>(options).fill(Math.max(0, options - ranked - 1));
  let below = options;
  for (const rank of ranks) {
    below -= rank.length;
    for (const position of rank) halves[position] = 2 * below + rank.length - 1;
  }
  return halves;
}
