import type { MethodId } from '../../../protocol/methods/index.ts';
import type { Converted } from './ballots-of-rankings.ts';
import { ElectionFileError } from './election-file-error.ts';
import type { ChooseVariant } from './method-names.ts';
import type { ApprovalElection, Entry, PointsElection, ScoresElection } from './parsed-election.ts';

// protocol/methods/judgment.ts takes at most so many grades.
const MAX_GRADES = 20;

interface Marks {
  readonly min: number;
  readonly max: number;
}

/** Approvals as ballots of choose, with the file's own bounds or those of the variant. */
export function ballotsOfApprovals(
  election: ApprovalElection,
  variant: ChooseVariant | undefined,
  seats: number,
): Converted {
  const marks = election.ballots.map(({ ballot }) => [...ballot.approved]);
  return chosen(election, marks, election.marks, variant, seats);
}

export const METHODS_OF_POINTS: readonly MethodId[] = ['points', 'score', 'choose'];

/** Points as such, as scores from 0, or every option with points as a mark. */
export function ballotsOfPoints(
  election: PointsElection,
  method: MethodId,
  variant: ChooseVariant | undefined,
  seats: number,
): Converted {
  if (method === 'choose') {
    const marks = election.ballots.map(({ ballot }) => [...ballot.points.keys()]);
    return chosen(election, marks, { min: 1, max: election.options.length }, variant, seats);
  }
  if (method === 'score') {
    const max = largestOf(election.ballots.flatMap(({ ballot }) => [...ballot.points.values()]));
    const ballots = election.ballots.map(({ ballot }) => ({ scores: Object.fromEntries(ballot.points) }));
    return { settings: { min: 0, max, seats }, ballots, notes: [] };
  }
  const { total, minTotal, maxPerOption } = election.limits;
  const perOption = maxPerOption === undefined ? {} : { max_per_option: maxPerOption };
  const ballots = election.ballots.map(({ ballot }) => ({ points: Object.fromEntries(ballot.points) }));
  return { settings: { total, min_total: minTotal, ...perOption, seats }, ballots, notes: [] };
}

/** Which methods these scores fit: points need scores from 0, judgment needs few enough of them to be grades. */
export function methodsOfScores({ range }: ScoresElection): readonly MethodId[] {
  const methods: MethodId[] = ['score'];
  if (range.max - range.min < MAX_GRADES) methods.push('judgment');
  if (range.min >= 0) methods.push('points');
  return methods;
}

/**
 * Scores as such, as points (0 is none; a ballot of zeros only becomes blank), or as grades named by the score, where
 * an option without a score has that of 0 if there is such a grade.
 */
export function ballotsOfScores(election: ScoresElection, method: MethodId, seats: number): Converted {
  const { min, max } = election.range;
  if (method === 'points') return pointsOfScores(election, seats);
  if (method === 'score') {
    const ballots = election.ballots.map(({ ballot }) => ({ scores: Object.fromEntries(ballot.scores) }));
    return { settings: { min, max, seats }, ballots, notes: [] };
  }
  const grades = Array.from({ length: max - min + 1 }, (_, index) => String(max - index));
  const unnamed = min <= 0 && max >= 0 ? election.options.map(({ id }) => [id, '0'] as const) : [];
  const ballots = election.ballots.map(({ ballot }) => {
    if (ballot.scores.size === 0) return { grades: {} };
    const given = [...ballot.scores].map(([id, score]) => [id, String(score)] as const);
    return { grades: Object.fromEntries([...unnamed, ...given]) };
  });
  return { settings: { grades, seats }, ballots, notes: [] };
}

function pointsOfScores(election: ScoresElection, seats: number): Converted {
  let emptied = 0;
  const sums: number[] = [];
  const ballots = election.ballots.map(({ ballot, count }) => {
    const given = [...ballot.scores].filter(([, score]) => score > 0);
    if (given.length === 0 && ballot.scores.size > 0) emptied += count;
    sums.push(given.reduce((sum, [, score]) => sum + score, 0));
    return { points: Object.fromEntries(given) };
  });
  const notes = emptied > 0 ? [`ballots that score everything 0, blank: ${emptied}`] : [];
  return { settings: { total: largestOf(sums), max_per_option: election.range.max, seats }, ballots, notes };
}

function largestOf(figures: readonly number[]): number {
  return figures.reduce((largest, figure) => Math.max(largest, figure), 1);
}

function chosen(
  election: { readonly source: { readonly file: string }; readonly ballots: readonly Entry<unknown>[] },
  marks: readonly string[][],
  own: Marks,
  variant: ChooseVariant | undefined,
  seats: number,
): Converted & { settings: Marks & { seats: number } } {
  const max = variant === 'plurality' ? 1 : variant === 'block' ? seats : own.max;
  const tooMany = marks.findIndex((options) => options.length > max);
  if (tooMany >= 0) {
    const problem = `${marks[tooMany]?.length} options are marked, ${variant} takes ${max}`;
    const place = { line: election.ballots[tooMany]?.line };
    throw new ElectionFileError(election.source.file, place, problem, 'vote with --method approval');
  }
  const min = variant === undefined ? own.min : 1;
  return { settings: { min, max, seats }, ballots: marks.map((options) => ({ options })), notes: [] };
}
