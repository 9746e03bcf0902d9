import { Fraction } from './fraction.ts';
import { type Expected, seated, type Vote } from './reference.ts';

interface Ballot {
  readonly grades: Readonly<Record<string, number>>;
}

/**
 * Majority judgment by its definition: every option's grades in a line, the lower middlemost one is its majority
 * grade; while two options have the same, one such grade is taken away from both. `unit` votes make one grade.
 */
export function judgment(
  ids: readonly string[],
  gradeCount: number,
  seats: number,
  votes: readonly Vote<Ballot>[],
  unit: Fraction,
): Expected {
  const valid = votes.filter(({ ballot }) => Object.keys(ballot.grades).length > 0);
  const lines = new Map(
    ids.map((id) => {
      const grades = valid.flatMap(({ ballot, weight }) => {
        const grade = Object.entries(ballot.grades).find(([key]) => key === id)?.[1] ?? gradeCount - 1;
        return new Array<number>(Number(weight.dividedBy(unit).numerator)).fill(grade);
      });
      return [id, grades.sort((a, b) => a - b)] as const;
    }),
  );
  const totals = Object.fromEntries(
    [...lines].map(([id, grades]) => {
      const points = grades.reduce((sum, grade) => sum + gradeCount - 1 - grade, 0);
      return [id, new Fraction(BigInt(points)).times(unit)];
    }),
  );
  if (valid.length === 0) return { winners: [], ties: [], totals };
  const better = (a: string, b: string) => beats(lines.get(a) ?? [], lines.get(b) ?? []);
  return { ...seated(ids, seats, better), totals };
}

/** Grades are best first, 0 the best; the lower middlemost of n is at index floor(n / 2). */
function beats(a: readonly number[], b: readonly number[]): boolean {
  let [left, right] = [a, b];
  while (left.length > 0) {
    const middle = Math.floor(left.length / 2);
    const [ofLeft = 0, ofRight = 0] = [left[middle], right[middle]];
    if (ofLeft !== ofRight) return ofLeft < ofRight;
    left = left.toSpliced(middle, 1);
    right = right.toSpliced(middle, 1);
  }
  return false;
}
