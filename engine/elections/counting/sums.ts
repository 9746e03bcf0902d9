import { openBox } from './ballot-box.ts';
import { parsePairs } from './ballot-text.ts';
import type { Contest, Count, Figure, Pattern } from './method.ts';
import { addFigure, byMost, byOption, countOnce, rankBy } from './seats.ts';

/** score, points and quadratic: canonical text '0:5,3:1', the largest weighted sum wins. */
export function countSums(contest: Contest, patterns: readonly Pattern[], seats: number, rule: string): Count {
  const box = openBox(patterns);
  const totals = contest.options.map(() => 0n);
  const givers = contest.options.map(() => 0);
  for (const { ballot, count, weight } of box.valid) {
    for (const [position, value] of parsePairs(ballot)) {
      totals[position] = (totals[position] ?? 0n) + weight * BigInt(value);
      givers[position] = (givers[position] ?? 0) + count;
    }
  }
  const ranking = rankBy(contest, byMost(totals));
  const details = { ballotsNaming: byOption(contest, givers) };
  return countOnce({ contest, box, seats, ranking, totals, rule, details });
}

export function accumulateSums(figures: Figure[], pattern: Pattern): void {
  for (const [position, value] of parsePairs(pattern.ballot)) addFigure(figures, position, pattern, value);
}
