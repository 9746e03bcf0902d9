import { ElectionFileError } from './election-file-error.ts';
import { metaNumber, type PabulibSections } from './pabulib-sections.ts';
import type { Vote, VoteType } from './pabulib-votes.ts';
import type {
  ApprovalElection,
  Entry,
  FileOption,
  PointsElection,
  RankedElection,
  ScoresElection,
} from './parsed-election.ts';

type Own<Election> = Pick<Election, Extract<keyof Election, 'kind' | 'ballots' | 'suggestedMethod' | OwnSettings>>;
type OwnSettings = 'complete' | 'marks' | 'limits' | 'range';
type PabulibBallots = Own<RankedElection> | Own<ApprovalElection> | Own<PointsElection> | Own<ScoresElection>;

type Meta = PabulibSections['meta'];

const larger = (a: number, b: number): number => Math.max(a, b);
const smaller = (a: number, b: number): number => Math.min(a, b);

// Bounds of protocol/methods/score.ts.
const MAX_SCORE = 1_000;

/** The votes as ballots of their own kind, with the settings of META, widened to what the ballots need (in notes). */
export function pabulibBallots(
  file: string,
  type: VoteType,
  meta: Meta,
  options: readonly FileOption[],
  votes: readonly Vote[],
  notes: string[],
): PabulibBallots {
  const blank = votes.filter((vote) => vote.marks.length === 0).length;
  if (blank > 0) notes.push(`blank ballots: ${blank}`);
  if (type === 'ordinal') return ordinalBallots(meta, votes, notes);
  if (type === 'cumulative') return cumulativeBallots(file, meta, votes, notes);
  if (type === 'scoring') return scoringBallots(file, meta, options, votes, notes);
  return approvalBallots(file, type, meta, options.length, votes, notes);
}

function approvalBallots(
  file: string,
  type: VoteType,
  meta: Meta,
  size: number,
  votes: readonly Vote[],
  notes: string[],
): Own<ApprovalElection> {
  const ballots = votes.map(({ marks, line }) => ({ ballot: { approved: [...new Set(marks)] }, count: 1, line }));
  const repeated = countRepeats(votes);
  if (repeated > 0) notes.push(`ballots that name a project more than once, one mark kept: ${repeated}`);
  const lengths = ballots.map(({ ballot }) => ballot.approved.length).filter((length) => length > 0);
  const single = type === 'choose-1';
  const declaredMin = Math.max(1, metaNumber(file, meta, 'min_length') ?? 1);
  const declaredMax = single ? 1 : Math.min(size, metaNumber(file, meta, 'max_length') ?? size);
  const min = widened('min_length', declaredMin, lengths, smaller, notes);
  const max = widened(single ? 'choose-1' : 'max_length', declaredMax, lengths, larger, notes);
  return { kind: 'approval', suggestedMethod: 'choose', ballots, marks: { min, max: Math.max(min, max) } };
}

function ordinalBallots(meta: Meta, votes: readonly Vote[], notes: string[]): Own<RankedElection> {
  const ballots = votes.map(({ marks, line }) => ({
    ballot: { ranking: [...new Set(marks)].map((id) => [id]) },
    count: 1,
    line,
  }));
  const repeated = countRepeats(votes);
  if (repeated > 0) notes.push(`ballots that rank a project more than once, later ranks skipped: ${repeated}`);
  const scoring = meta.get('scoring_fn')?.value ?? 'Borda';
  notes.push(
    `scoring_fn is ${scoring}; borda here gives n-1 points to the first of n projects, whatever max_length is`,
  );
  return { kind: 'ranked', suggestedMethod: 'borda', complete: false, ballots };
}

function cumulativeBallots(file: string, meta: Meta, votes: readonly Vote[], notes: string[]): Own<PointsElection> {
  const ballots = votes.map((vote) => ({ ballot: { points: sumValues(vote) }, count: 1, line: vote.line }));
  for (const { ballot, line } of ballots) {
    for (const [id, points] of ballot.points) {
      if (points < 0) {
        throw new ElectionFileError(file, { line }, `${points} points for ${id}`, 'cumulative points are not negative');
      }
      if (points === 0) ballot.points.delete(id);
    }
  }
  const repeated = countRepeats(votes);
  if (repeated > 0) notes.push(`ballots that name a project more than once, points added up: ${repeated}`);
  const emptied = votes.filter(
    (vote, index) => vote.marks.length > 0 && ballots[index]?.ballot.points.size === 0,
  ).length;
  if (emptied > 0) notes.push(`ballots with 0 points for all they name, blank: ${emptied}`);
  const given = ballots.map(({ ballot }) => [...ballot.points.values()]).filter((points) => points.length > 0);
  const sums = given.map((points) => points.reduce((sum, value) => sum + value, 0));
  const declared = metaNumber(file, meta, 'max_sum_points');
  if (declared === undefined) notes.push('META has no max_sum_points: the largest sum of a ballot is taken');
  const total = widened('max_sum_points', declared ?? sums.reduce(larger, 1), sums, larger, notes);
  const maxPerOption = metaNumber(file, meta, 'max_points');
  const largest = given.map((points) => Math.max(...points));
  return {
    kind: 'points',
    suggestedMethod: 'points',
    ballots,
    limits: {
      total,
      minTotal: widened('min_sum_points', metaNumber(file, meta, 'min_sum_points') ?? 1, sums, smaller, notes),
      ...(maxPerOption === undefined
        ? {}
        : { maxPerOption: widened('max_points', maxPerOption, largest, larger, notes) }),
    },
  };
}

function scoringBallots(
  file: string,
  meta: Meta,
  options: readonly FileOption[],
  votes: readonly Vote[],
  notes: string[],
): Own<ScoresElection> {
  const fallback = metaNumber(file, meta, 'default_score') ?? 0;
  const ballots: Entry<{ scores: Map<string, number> }>[] = votes.map((vote) => {
    const scores = sumValues(vote);
    // 0 adds nothing, so only another default has to be written out; a blank ballot stays blank.
    if (fallback !== 0 && scores.size > 0) {
      for (const { id } of options) if (!scores.has(id)) scores.set(id, fallback);
    }
    for (const [id, score] of scores) {
      if (Number.isInteger(score) && Math.abs(score) <= MAX_SCORE) continue;
      const hint = `scores are whole numbers from ${-MAX_SCORE} to ${MAX_SCORE}`;
      throw new ElectionFileError(file, { line: vote.line }, `a score of ${score} for ${id}`, hint);
    }
    return { ballot: { scores }, count: 1, line: vote.line };
  });
  if (fallback !== 0) notes.push(`projects that a ballot does not name have the default_score ${fallback}`);
  const repeated = countRepeats(votes);
  if (repeated > 0) notes.push(`ballots that name a project more than once, scores added up: ${repeated}`);
  const given = ballots.map(({ ballot }) => [...ballot.scores.values()]).filter((scores) => scores.length > 0);
  const lowest = given.map((scores) => Math.min(...scores));
  const highest = given.map((scores) => Math.max(...scores));
  const min = widened(
    'min_points',
    metaNumber(file, meta, 'min_points') ?? lowest.reduce(smaller, 0),
    lowest,
    smaller,
    notes,
  );
  const max = widened(
    'max_points',
    metaNumber(file, meta, 'max_points') ?? highest.reduce(larger, 1),
    highest,
    larger,
    notes,
  );
  return { kind: 'scores', suggestedMethod: 'score', ballots, range: { min: Math.min(min, max - 1), max } };
}

/** Points of one vote by option; a project named twice has the sum, as the score columns of real files count it. */
function sumValues({ marks, values = [] }: Vote): Map<string, number> {
  const points = new Map<string, number>();
  marks.forEach((id, index) => {
    points.set(id, (points.get(id) ?? 0) + (values[index] ?? 0));
  });
  return points;
}

function countRepeats(votes: readonly Vote[]): number {
  return votes.filter(({ marks }) => new Set(marks).size < marks.length).length;
}

function widened(
  key: string,
  declared: number,
  figures: readonly number[],
  outer: (a: number, b: number) => number,
  notes: string[],
): number {
  const breaking = figures.filter((figure) => outer(figure, declared) !== declared);
  if (breaking.length === 0) return declared;
  const bound = breaking.reduce(outer, declared);
  notes.push(`ballots that break ${key} ${declared}, taken as ${bound} so that all can be cast: ${breaking.length}`);
  return bound;
}
