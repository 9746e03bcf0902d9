import type { BallotBox } from './ballot-box.ts';
import { optionIdAt } from './ballot-text.ts';
import type { BallotProblem, Contest, Count, Figure, Pattern, Round, Tie } from './method.ts';

export const NO_VALID_BALLOTS = 'no valid ballots';

interface Seated {
  readonly winners: readonly string[];
  readonly ties: readonly Tie[];
}

/**
 * Seats the best ranks. Equal options that all fit are all elected; where they do not, the seats stay open and the
 * tie is reported, for no rule of the method puts one before the other.
 */
function fillSeats(ranking: readonly (readonly string[])[], seats: number): Seated {
  const winners: string[] = [];
  for (const rank of ranking) {
    const places = seats - winners.length;
    if (places === 0) break;
    if (rank.length > places) {
      return { winners, ties: [{ options: rank, places, between: 'election', brokenBy: null, chosen: [] }] };
    }
    winners.push(...rank);
  }
  return { winners, ties: [] };
}

/** Positions ordered best first by `compare` (negative = a is better); equal ones share an inner list. */
export function rankBy(contest: Contest, compare: (a: number, b: number) => number): string[][] {
  const order = contest.options.map((_, position) => position).sort((a, b) => compare(a, b) || a - b);
  const ranks: number[][] = [];
  for (const position of order) {
    const rank = ranks.at(-1);
    if (rank?.[0] !== undefined && compare(rank[0], position) === 0) rank.push(position);
    else ranks.push([position]);
  }
  return ranks.map((rank) => rank.map((position) => optionIdAt(contest, position)));
}

export function byMost(totals: readonly bigint[]): (a: number, b: number) => number {
  return (a, b) => {
    const [ofA, ofB] = [totals[a] ?? 0n, totals[b] ?? 0n];
    return ofA > ofB ? -1 : ofA < ofB ? 1 : 0;
  };
}

/** Figures by position as an object by option id. */
export function byOption<T>(contest: Contest, values: readonly T[]): Record<string, T> {
  return Object.fromEntries(values.map((value, position) => [optionIdAt(contest, position), value]));
}

interface OneRound {
  readonly contest: Contest;
  readonly box: BallotBox;
  readonly seats: number;
  readonly ranking: readonly (readonly string[])[];
  /** micro-units by position */
  readonly totals: readonly bigint[];
  readonly rule: string;
  readonly details?: Round['details'];
}

/** The count of a method that decides in one go, from its ranking. Without a valid ballot nobody is elected. */
export function countOnce({ contest, box, seats, ranking, totals, rule, details }: OneRound): Count {
  const empty = box.weights.valid === 0n;
  const { winners, ties } = empty ? { winners: [], ties: [] } : fillSeats(ranking, seats);
  const open = ties.length > 0;
  const decidedBy = empty ? NO_VALID_BALLOTS : open ? `${rule}; a tie for the last seats stays open` : rule;
  const round: Round = {
    round: 1,
    amounts: byOption(contest, totals),
    elected: winners,
    eliminated: [],
    exhausted: 0n,
    transfers: [],
    rule: decidedBy,
    ...(details === undefined ? {} : { details }),
  };
  return {
    winners,
    ranking,
    rounds: [round],
    ties,
    totals: byOption(contest, totals),
    ballots: box.ballots,
    weights: box.weights,
    decidedBy,
  };
}

/** Adds `times` what a pattern weighs to the running figure of one option. */
export function addFigure(figures: Figure[], position: number, pattern: Pattern, times: number): void {
  const figure = figures[position];
  if (figure === undefined) throw new Error(`no figure for option ${position}`);
  figure.count += pattern.count * times;
  figure.weight += pattern.weight * BigInt(times);
}

export function checkSeats(contest: Contest, seats: number): BallotProblem[] {
  return seats <= contest.options.length
    ? []
    : [{ path: 'method.settings.seats', problem: `${seats} seats for ${contest.options.length} options` }];
}
