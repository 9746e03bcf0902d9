import type { ChooseSettings } from '../../protocol/methods/choose.ts';
import type { ScoreSettings } from '../../protocol/methods/score.ts';
import { openBox } from './counting/ballot-box.ts';
import type { BallotProblem, Contest, Count, Figure, Method, Pattern } from './counting/method.ts';
import { VOTE } from './votes.ts';

/** A heap of paper ballots as one person counted it: what each ballot says, or sums where they are enough. */
export interface PaperCount {
  readonly ballots: number;
  readonly patterns?: readonly { readonly ballot?: unknown; readonly count: number }[] | undefined;
  readonly totals?:
    | {
        readonly options: Readonly<Record<string, number>>;
        readonly blank?: number | undefined;
        readonly abstained?: number | undefined;
      }
    | undefined;
}

/** The same in one order, so that two counts can be compared. Keys: canonical ballots, or option:ID, blank, abstained. */
export interface PaperEntries {
  readonly form: 'patterns' | 'totals';
  readonly keys: readonly string[];
  readonly figures: readonly number[];
}

export interface PaperBatch {
  readonly batchId: string;
  readonly label: string;
  readonly ballots: number;
  readonly patterns: readonly Pattern[];
}

/** Confirmed batches on their way into a count. */
export interface PaperBallots {
  readonly declared: number;
  readonly batches: readonly PaperBatch[];
  /** what they say together is shown apart only if there are so many: k of a secret election */
  readonly leastShown: number;
}

/** Ballots on paper as a result shows them. */
export interface PaperPart {
  readonly declared: number;
  readonly batches: readonly { readonly batchId: string; readonly label: string; readonly ballots: number }[];
  readonly cast: number;
  /** null where it would show too few, like options */
  readonly ballots: Count['ballots'] | null;
  readonly figure: string;
  /** micro-units by option id; null where it would show too few */
  readonly options: Readonly<Record<string, bigint>> | null;
}

const TOTALS_METHODS: readonly string[] = ['motion', 'choose', 'score'];
const BLANK = 'blank';
const ABSTAINED = 'abstained';
const optionKey = (id: string) => `option:${id}`;

/** Where in the request a key of the entries stands. */
export function pathOfKey(method: Method, contest: Contest, form: PaperEntries['form'], key: string): string {
  if (form === 'patterns') return `count.patterns: ${JSON.stringify(method.decode(contest, key))}`;
  return key === BLANK || key === ABSTAINED
    ? `count.totals.${key}`
    : `count.totals.options.${key.slice(optionKey('').length)}`;
}

/** Checks a count against its election; problems name the field. */
export function entriesOf(
  method: Method,
  contest: Contest,
  count: PaperCount,
): { readonly entries: PaperEntries } | { readonly problems: readonly BallotProblem[] } {
  const problems: BallotProblem[] = [];
  const figures = new Map<string, number>();
  if (count.patterns !== undefined) {
    count.patterns.forEach(({ ballot, count: alike }, i) => {
      const encoded = method.encode(contest, ballot);
      if (encoded.ok) figures.set(encoded.ballot, (figures.get(encoded.ballot) ?? 0) + alike);
      else
        for (const { path, problem } of encoded.problems)
          problems.push({ path: `count.patterns.${i}.ballot.${path}`, problem });
    });
    const sum = count.patterns.reduce((total, { count: alike }) => total + alike, 0);
    if (sum !== count.ballots) problems.push(wrongSum('count.patterns', sum, count.ballots));
  } else {
    const { options = {}, blank = 0, abstained = 0 } = count.totals ?? {};
    for (const { id } of contest.options)
      figures.set(optionKey(id), Object.hasOwn(options, id) ? (options[id] as number) : 0);
    figures.set(BLANK, blank);
    figures.set(ABSTAINED, abstained);
    problems.push(...totalsProblems(method, contest, count.ballots, { options, blank, abstained }));
  }
  if (problems.length > 0) return { problems: problems.slice(0, 20) };
  const keys = [...figures.keys()].sort();
  const form = count.patterns === undefined ? 'totals' : 'patterns';
  return { entries: { form, keys, figures: keys.map((key) => figures.get(key) as number) } };
}

interface Totals {
  readonly options: Readonly<Record<string, number>>;
  readonly blank: number;
  readonly abstained: number;
}

function wrongSum(path: string, sum: number, ballots: number): BallotProblem {
  return { path, problem: `adds up to ${sum} ballots, the batch has ${ballots}` };
}

function totalsProblems(method: Method, contest: Contest, ballots: number, totals: Totals): BallotProblem[] {
  const { options, blank, abstained } = totals;
  if (!TOTALS_METHODS.includes(method.id)) {
    return [
      {
        path: 'count.totals',
        problem: `not enough for this method, only for ${TOTALS_METHODS.join(', ')}: enter patterns`,
      },
    ];
  }
  const unknown = Object.keys(options).filter((id) => !contest.position.has(id));
  if (unknown.length > 0)
    return unknown.map((id) => ({ path: `count.totals.options.${id}`, problem: 'no such option' }));
  const given = contest.options.map(({ id }) => (Object.hasOwn(options, id) ? (options[id] as number) : 0));
  const sum = given.reduce((total, figure) => total + figure, 0);
  if (method.id === 'motion') {
    if (blank > 0)
      return [{ path: 'count.totals.blank', problem: 'a motion has no blank ballots: count them as abstained' }];
    if (given.some((figure) => figure < 0)) return [{ path: 'count.totals.options', problem: 'less than nothing' }];
    return sum + abstained === ballots ? [] : [wrongSum('count.totals', sum + abstained, ballots)];
  }
  if (abstained > 0)
    return [{ path: 'count.totals.abstained', problem: 'only motions have abstentions; count them as blank' }];
  const valid = ballots - blank;
  if (valid < 0) return [{ path: 'count.totals.blank', problem: 'more than the ballots of the batch' }];
  const bounds = method.id === 'choose' ? { min: 0, max: 1 } : (contest.settings as ScoreSettings);
  if (bounds.min > 0 || bounds.max < 0) {
    return [{ path: 'count.totals', problem: 'not enough where 0 is no score: enter patterns' }];
  }
  const outside = contest.options.filter(
    (_, i) => (given[i] ?? 0) < bounds.min * valid || (given[i] ?? 0) > bounds.max * valid,
  );
  if (outside.length > 0) {
    return outside.map(({ id }) => ({
      path: `count.totals.options.${id}`,
      problem: `cannot come from ${valid} ballots`,
    }));
  }
  if (method.id === 'score') return [];
  const { min, max } = contest.settings as ChooseSettings;
  return sum >= min * valid && sum <= max * valid
    ? []
    : [
        {
          path: 'count.totals.options',
          problem: `${sum} marks cannot come from ${valid} ballots of ${min} to ${max} marks`,
        },
      ];
}

/**
 * Ballots that give these very figures. Of sums there are many such heaps: any of them has the same count, which is why
 * sums are enough for motion, choose and score alone.
 */
export function patternsOfEntries(method: Method, contest: Contest, ballots: number, entries: PaperEntries): Pattern[] {
  const figures = new Map(entries.keys.map((key, i) => [key, entries.figures[i] as number]));
  const texts = entries.form === 'patterns' ? [...figures] : ballotsOfTotals(method, contest, ballots, figures);
  return texts
    .filter(([, count]) => count > 0)
    .map(([ballot, count]) => ({ ballot, count, weight: BigInt(count) * VOTE }));
}

function ballotsOfTotals(
  method: Method,
  contest: Contest,
  ballots: number,
  figures: ReadonlyMap<string, number>,
): [string, number][] {
  const given = contest.options.map(({ id }) => figures.get(optionKey(id)) ?? 0);
  const blank = figures.get(BLANK) ?? 0;
  if (method.id === 'motion') {
    const sides = contest.options.map(({ id }, i): [string, number] => [id, given[i] ?? 0]);
    return [...sides, ['abstain', figures.get(ABSTAINED) ?? 0]];
  }
  const valid = ballots - blank;
  return [['', blank], ...(valid === 0 ? [] : method.id === 'choose' ? marked(given, valid) : scored(given, valid))];
}

/**
 * Marks dealt round the heap, option after option, each going on where the one before ended: no ballot gets an option
 * twice, and any two differ by at most one mark, so each has between min and max if the average has.
 */
function marked(marks: readonly number[], valid: number): [string, number][] {
  const cuts = new Set([0]);
  let from = 0;
  const spans = marks.map((count) => {
    const span = { from, count };
    from = (from + count) % valid;
    cuts.add(from);
    return span;
  });
  return stretches(cuts, valid, (ballot) =>
    spans.flatMap((span, option) => ((ballot - span.from + valid) % valid < span.count ? [option] : [])).join(),
  );
}

/** The sum of each option shared out as evenly as whole scores go. */
function scored(sums: readonly number[], valid: number): [string, number][] {
  const shares = sums.map((sum) => ({ least: Math.floor(sum / valid), more: sum - Math.floor(sum / valid) * valid }));
  return stretches(new Set([0, ...shares.map(({ more }) => more)]), valid, (ballot) =>
    shares.map(({ least, more }, option) => `${option}:${least + (ballot < more ? 1 : 0)}`).join(),
  );
}

/** Ballots between two cuts are all alike. */
function stretches(cuts: ReadonlySet<number>, valid: number, text: (ballot: number) => string): [string, number][] {
  const starts = [...cuts].filter((cut) => cut < valid).sort((a, b) => a - b);
  return starts.map((start, i) => [text(start), (starts[i + 1] ?? valid) - start]);
}

/** What the ballots on paper give by themselves. */
export function paperPart(
  method: Method,
  contest: Contest,
  { declared, batches, leastShown }: PaperBallots,
): PaperPart {
  const patterns = batches.flatMap((batch) => batch.patterns);
  const { ballots } = openBox(patterns, method.id === 'motion' ? 'abstain' : undefined);
  const figures = contest.options.map((): Figure => ({ count: 0, weight: 0n }));
  for (const pattern of patterns) method.accumulate(contest, figures, pattern);
  const scale = BigInt(method.figureScale ?? 1);
  const options = contest.options.map(({ id }, i) => [id, (figures[i]?.weight ?? 0n) / scale] as const);
  const shown = ballots.cast >= leastShown;
  return {
    declared,
    batches: batches.map(({ batchId, label, ballots: size }) => ({ batchId, label, ballots: size })),
    cast: ballots.cast,
    ballots: shown ? ballots : null,
    figure: method.figure,
    options: shown ? Object.fromEntries(options) : null,
  };
}
