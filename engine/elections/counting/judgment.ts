import type { JudgmentBallot, JudgmentSettings } from '../../../protocol/methods/judgment.ts';
import { votesOfMicro } from '../../../protocol/weight.ts';
import { openBox } from './ballot-box.ts';
import { accepted, checkLength, Problems, pairsObject, pairsText, parsePairs, readValues } from './ballot-text.ts';
import type { Contest, Encoded, Method, Pattern } from './method.ts';
import { addFigure, byOption, checkSeats, countOnce, rankBy } from './seats.ts';

/**
 * Majority judgment (Balinski and Laraki, Majority Judgment, MIT Press 2011; PNAS 104:8720, 2007).
 * Canonical text: 'position:grade' by position, grade 0 the best: '0:2,1:0'.
 * An option that a valid ballot does not grade has the worst grade from it.
 * Totals are sums of grade points (worst 0, then 1, 2 …): a figure to look at, the medians decide.
 */
export const judgment: Method<JudgmentSettings> = {
  id: 'judgment',
  figure: 'grade points',

  check(contest) {
    const digits = String(contest.settings.grades.length - 1).length;
    const entries = contest.options.length;
    return [...checkSeats(contest, contest.settings.seats), ...checkLength(contest, entries, digits + 2)];
  },

  encode(contest: Contest<JudgmentSettings>, ballot: unknown): Encoded {
    const problems = new Problems();
    const { grades } = contest.settings;
    const read = (value: unknown) => {
      const grade = typeof value === 'string' ? grades.indexOf(value) : value;
      const known = typeof grade === 'number' && Number.isInteger(grade) && grade >= 0 && grade < grades.length;
      return known ? grade : 'no such grade';
    };
    const given = readValues(contest, ballot, 'grades', read, problems);
    return problems.list.length > 0 ? problems.refusal() : accepted(pairsText(given));
  },

  decode(contest, ballot): JudgmentBallot {
    return { grades: pairsObject(contest, ballot, (grade) => gradeName(contest, grade)) };
  },

  accumulate(contest, figures, pattern) {
    const worst = contest.settings.grades.length - 1;
    for (const [position, grade] of parsePairs(pattern.ballot)) addFigure(figures, position, pattern, worst - grade);
  },

  count(contest, patterns) {
    const { grades, seats } = contest.settings;
    const box = openBox(patterns);
    const received = distribute(contest, box.valid, box.weights.valid);
    const ladders = received.map((weights) => climb(weights, box.weights.valid));
    const ranking = rankBy(contest, (a, b) => compareLadders(ladders[a], ladders[b]));
    const worst = grades.length - 1;
    const totals = received.map((weights) =>
      weights.reduce((sum, weight, grade) => sum + weight * BigInt(worst - grade), 0n),
    );
    const details = {
      grades,
      received: byOption(
        contest,
        received.map((weights) => weights.map(votesOfMicro)),
      ),
      gauge: byOption(
        contest,
        received.map((weights) => gauge(contest, weights, box.weights.valid)),
      ),
    };
    return countOnce({ contest, box, seats, ranking, totals, rule: 'best majority grade', details });
  },
};

function gradeName({ settings }: Contest<JudgmentSettings>, grade: number): string {
  const name = settings.grades[grade];
  if (name === undefined) throw new Error(`canonical ballot names grade ${grade}`);
  return name;
}

/** By option and grade: the weight of the ballots that gave it, ungraded ones with the worst grade. */
function distribute(contest: Contest<JudgmentSettings>, valid: readonly Pattern[], validWeight: bigint): bigint[][] {
  const grades = contest.settings.grades.length;
  const received = contest.options.map(() => new Array<bigint>(grades).fill(0n));
  for (const { ballot, weight } of valid) {
    for (const [position, grade] of parsePairs(ballot)) {
      const weights = received[position];
      if (weights !== undefined) weights[grade] = (weights[grade] ?? 0n) + weight;
    }
  }
  for (const weights of received) {
    const graded = weights.reduce((sum, weight) => sum + weight, 0n);
    weights[grades - 1] = (weights[grades - 1] ?? 0n) + validWeight - graded;
  }
  return received;
}

interface Run {
  readonly grade: number;
  /** where it ends, in half micro-units from the middle */
  readonly end: bigint;
}

interface Ladder {
  /** from the middle to the worst grade */
  readonly down: readonly Run[];
  /** from the middle to the best grade */
  readonly up: readonly Run[];
}

/**
 * Taking away one median grade after another walks from the middle of the sorted grades outwards, one step towards
 * the worse grade and one towards the better in turn, beginning with the worse (the lower middlemost grade is the
 * majority grade). The walk is kept as runs of equal grades, since its steps are micro-units. Replacing each voter
 * by k equal ones lengthens every run k times and changes no comparison, so the size of the step does not matter.
 */
function climb(weights: readonly bigint[], validWeight: bigint): Ladder {
  const down: Run[] = [];
  const up: Run[] = [];
  let from = -validWeight; // the best grade's outer end; the middle is 0
  weights.forEach((weight, grade) => {
    const to = from + 2n * weight;
    if (from < 0n && to > from) up.unshift({ grade, end: -from });
    if (to > 0n && to > from) down.push({ grade, end: to });
    from = to;
  });
  return { down, up };
}

/** Negative where a is better: the first step on which the two walks differ decides, the worse side first. */
function compareLadders(a: Ladder | undefined, b: Ladder | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const below = firstDifference(a.down, b.down);
  const above = firstDifference(a.up, b.up);
  if (below === null) return above?.difference ?? 0;
  return above === null || below.at <= above.at ? below.difference : above.difference;
}

/** How far from the middle two walks first differ, and by how many grades (negative = a's is better). */
function firstDifference(a: readonly Run[], b: readonly Run[]): { at: bigint; difference: number } | null {
  let at = 0n;
  let [ofA, ofB] = [0, 0];
  for (;;) {
    const [runA, runB] = [a[ofA], b[ofB]];
    if (runA === undefined || runB === undefined) return null;
    if (runA.grade !== runB.grade) return { at, difference: runA.grade - runB.grade };
    at = runA.end;
    if (runB.end < at) at = runB.end;
    if (runA.end === at) ofA++;
    if (runB.end === at) ofB++;
  }
}

/** The majority grade with the weight of better and of worse grades, as Balinski and Laraki publish results. */
function gauge(contest: Contest<JudgmentSettings>, weights: readonly bigint[], validWeight: bigint) {
  let better = 0n;
  for (let grade = 0; grade < weights.length; grade++) {
    const same = weights[grade] ?? 0n;
    if (2n * (better + same) > validWeight) {
      const worse = validWeight - better - same;
      return {
        majorityGrade: gradeName(contest, grade),
        better: votesOfMicro(better),
        worse: votesOfMicro(worse),
        sign: better > worse ? '+' : '-',
      };
    }
    better += same;
  }
  return null;
}
