import { microOfVotes } from '../../protocol/weight.ts';
import type { AcceptedBallot } from './auditor.ts';
import { marksOf } from './contests.ts';
import type { Evidence, Finding } from './evidence.ts';

/** Methods whose totals are the figures of the running tally; the others go on from first preferences. */
const TOTALS_ARE_FIGURES = new Set(['motion', 'choose', 'score', 'points', 'quadratic', 'borda']);
/** Total weights may be far beyond what one credential may weigh, so they are added up as whole and millionth parts. */
const MICRO = 1_000_000n;

interface Sums {
  readonly count: Map<string, number>;
  readonly weight: Map<string, bigint>;
}

/** Every figure that was published, against the acknowledged ballots added up here. */
export function auditFigures(evidence: Evidence, accepted: readonly AcceptedBallot[]): Finding[] {
  const { contest, voters, participation, tally, recount, result } = evidence;
  const findings: Finding[] = [];
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (found !== wanted) findings.push({ kind: 'untrue', what: `${what} is ${found}, but must be ${wanted}` });
  };
  const cast = accepted.length;
  const weight = accepted.reduce((sum, { voter }) => sum + (voters[voter]?.weightMicro ?? 0n), 0n);
  expect('the roll', participation.roll, voters.length);
  expect('participation', participation.voted, cast);
  expect('the weight of participation', microOfAmount(participation.voted_weight), weight);
  expect('ballots of the published list', evidence.published.length, cast);
  expect('ballots of the recount', recount.ballots, cast);
  expect('weight of the recount', microOfAmount(recount.weight), weight);
  expect('recount equals tally', recount.equals_tally, true);
  expect('recount equals result', recount.equals_result, true);
  expect('ballots of the result', result.count.ballots.cast, cast);
  expect('weight of the result', microOfAmount(result.count.weights.cast), weight);
  expect('ballots cast of the final tally', tally.cast, cast);
  expect('ballots counted of the final tally', tally.counted, cast);
  expect('the tally is final', tally.final, true);

  const sums = sumsOf(evidence, accepted);
  for (const option of contest.options) {
    const shown = tally.options?.find((one) => one.option === option);
    expect(`the figure of ${option}`, shown?.count, sums.count.get(option) ?? 0);
    const own = sums.weight.get(option) ?? 0n;
    expect(`the weighted figure of ${option}`, shown && microOfAmount(shown.weight), own);
    if (!TOTALS_ARE_FIGURES.has(contest.method.method)) continue;
    expect(`the total of ${option}`, microOfAmount(result.count.totals[option] ?? 'missing'), own);
  }
  return findings;
}

/** A mark may be a half (Borda): weights are added up twice over and halved at the end. */
function sumsOf({ contest, voters }: Evidence, accepted: readonly AcceptedBallot[]): Sums {
  const count = new Map<string, number>();
  const doubled = new Map<string, bigint>();
  for (const { voter, ballot } of accepted) {
    for (const [option, times] of marksOf(contest, ballot)) {
      count.set(option, (count.get(option) ?? 0) + times);
      const more = (voters[voter]?.weightMicro ?? 0n) * BigInt(times * 2);
      doubled.set(option, (doubled.get(option) ?? 0n) + more);
    }
  }
  return { count, weight: new Map([...doubled].map(([option, twice]) => [option, twice / 2n])) };
}

/** '212.5' -> 212500000n; null for a text that is no amount. */
function microOfAmount(text: string): bigint | null {
  const [whole = '', part = ''] = text.split('.');
  if (!/^\d+$/.test(whole) || !/^\d{0,6}$/.test(part)) return null;
  return BigInt(whole) * MICRO + (part === '' ? 0n : microOfVotes(`0.${part}`));
}
