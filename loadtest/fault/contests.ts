import type { ElectionMethod, MethodId } from '../../protocol/methods/index.ts';
import { METHOD_IDS } from '../../protocol/methods/index.ts';
import { USUAL_GRADES } from '../../protocol/methods/judgment.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What one run votes on, with all that its ballots need. */
export interface Contest {
  readonly method: ElectionMethod;
  /** in the order of the election's options */
  readonly options: readonly string[];
}

/** Votes of one option as the running tally counts them: [option, how often] for each that a ballot names. */
export type Marks = readonly (readonly [option: string, times: number])[];

const OPTIONS_MAX = 6;
const POINTS = 10;
const CREDITS = 20;
const SCORE_MAX = 5;

interface Kind {
  settings(random: SeededRandom, options: number): Record<string, unknown>;
  ballot(random: SeededRandom, options: readonly string[]): unknown;
  /** what the method's live figure counts, written here a second time so that the two can differ */
  marks(ballot: never, options: readonly string[]): Marks;
}

const seatsUpTo = (random: SeededRandom, options: number) => ({ seats: random.int(1, Math.min(3, options)) });

/** A value for some options; `value` sees how many options are still to come and what was given so far. */
function valued<T>(
  random: SeededRandom,
  options: readonly string[],
  value: (sum: number) => number,
  show: (value: number) => T,
) {
  const given: Record<string, T> = {};
  let sum = 0;
  for (const option of options) {
    if (random.chance(0.4)) continue;
    const chosen = value(sum);
    if (chosen < 0) continue;
    sum += chosen;
    given[option] = show(chosen);
  }
  return given;
}

const asItIs = (value: number) => value;
const entries = <T>(record: Readonly<Record<string, T>>) => Object.entries(record);

function strictRanking(random: SeededRandom, options: readonly string[]) {
  return { ranking: random.some(options) };
}

/** Options in random order, neighbours glued together at random; equal ones in the order of the options. */
function weakRanking(random: SeededRandom, options: readonly string[]) {
  const ranks: string[][] = [];
  for (const option of random.some(options)) {
    const last = ranks.at(-1);
    if (last !== undefined && random.chance(0.3)) last.push(option);
    else ranks.push([option]);
  }
  const ordered = ranks.map((rank) => rank.toSorted((a, b) => options.indexOf(a) - options.indexOf(b)));
  return { ranking: ordered.map((rank) => (rank.length === 1 ? rank[0] : rank)) };
}

type Ranking = { readonly ranking: readonly (string | readonly string[])[] };

function firstPreferences({ ranking }: Ranking): Marks {
  const [first] = ranking;
  if (first === undefined) return [];
  return (typeof first === 'string' ? [first] : first).map((option) => [option, 1] as const);
}

/** Half points of a Borda ballot, unranked options together on the last rank, as whole and half points. */
function bordaPoints({ ranking }: Ranking, options: readonly string[]): Marks {
  if (ranking.length === 0) return [];
  const ranks = ranking.map((rank) => (typeof rank === 'string' ? [rank] : rank));
  const ranked = ranks.flat();
  const unranked = options.filter((option) => !ranked.includes(option));
  return options.map((option) => {
    const all = [...ranks, unranked];
    const rank = all.findIndex((one) => one.includes(option));
    const below = all.slice(rank + 1).flat().length;
    return [option, below + ((all[rank]?.length ?? 1) - 1) / 2] as const;
  });
}

const KINDS: Readonly<Record<MethodId, Kind>> = {
  motion: {
    settings: () => ({}),
    ballot: (random) => ({ choice: random.pick(['yes', 'no', 'abstain']) }),
    marks: ({ choice }: { choice: string }) => (choice === 'abstain' ? [] : [[choice, 1]]),
  },
  choose: {
    settings: (random, options) => ({ min: 1, max: random.int(1, options), ...seatsUpTo(random, options) }),
    ballot: (random, options) => ({ options: random.some(options, 0, 1) }),
    marks: ({ options }: { options: readonly string[] }) => options.map((option) => [option, 1] as const),
  },
  score: {
    settings: (random, options) => ({ min: 0, max: SCORE_MAX, ...seatsUpTo(random, options) }),
    ballot: (random, options) => ({ scores: valued(random, options, () => random.int(0, SCORE_MAX), asItIs) }),
    marks: ({ scores }: { scores: Readonly<Record<string, number>> }) => entries(scores),
  },
  judgment: {
    settings: (random, options) => ({ grades: USUAL_GRADES, ...seatsUpTo(random, options) }),
    ballot: (random, options) => ({
      grades: valued(
        random,
        options,
        () => random.int(0, USUAL_GRADES.length - 1),
        (grade) => USUAL_GRADES[grade],
      ),
    }),
    marks: ({ grades }: { grades: Readonly<Record<string, string>> }) =>
      entries(grades).map(
        ([option, grade]) => [option, USUAL_GRADES.length - 1 - USUAL_GRADES.indexOf(grade)] as const,
      ),
  },
  points: {
    settings: (random, options) => ({ total: POINTS, min_total: 1, ...seatsUpTo(random, options) }),
    ballot: (random, options) => ({
      points: valued(random, options, (sum) => (sum < POINTS ? random.int(1, POINTS - sum) : -1), asItIs),
    }),
    marks: ({ points }: { points: Readonly<Record<string, number>> }) => entries(points),
  },
  quadratic: {
    settings: (random, options) => ({ credits: CREDITS, ...seatsUpTo(random, options) }),
    // at most two votes an option, so that six options cost 24 at most; four of them are within the credits
    ballot: (random, options) => ({ votes: valued(random, options.slice(0, 4), () => random.int(1, 2), asItIs) }),
    marks: ({ votes }: { votes: Readonly<Record<string, number>> }) => entries(votes),
  },
  irv: { settings: () => ({}), ballot: strictRanking, marks: firstPreferences },
  stv: { settings: seatsUpTo, ballot: strictRanking, marks: firstPreferences },
  borda: { settings: seatsUpTo, ballot: weakRanking, marks: bordaPoints },
  schulze: { settings: seatsUpTo, ballot: weakRanking, marks: firstPreferences },
};

export function randomContest(random: SeededRandom): Contest {
  const method = random.pick(METHOD_IDS);
  const options =
    method === 'motion'
      ? ['yes', 'no']
      : Array.from({ length: random.int(2, OPTIONS_MAX) }, (_, i) => `option-${i + 1}`);
  const settings = KINDS[method].settings(random, options.length);
  return { method: { method, settings } as ElectionMethod, options };
}

/** A valid ballot, in the very form in which the published list shows it. */
export function randomBallot(random: SeededRandom, { method, options }: Contest): unknown {
  return KINDS[method.method].ballot(random, options);
}

/** What a ballot adds to the running tally, counted here and not asked of the engine. */
export function marksOf({ method, options }: Contest, ballot: unknown): Marks {
  return KINDS[method.method].marks(ballot as never, options);
}

/** A text that equal ballots share, whatever the order of their fields. */
export function textOfBallot(ballot: unknown): string {
  return JSON.stringify(ballot, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
