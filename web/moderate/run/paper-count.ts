import type { ElectionView } from '../../../protocol/elections.ts';
import { letterOf } from '../../ui/options.ts';

/** One heap of paper ballots as the gateway takes it. */
export interface PaperCount {
  readonly ballots: number;
  readonly patterns?: readonly { readonly ballot: unknown; readonly count: number }[];
  readonly totals?: {
    readonly options: Readonly<Record<string, number>>;
    readonly blank?: number;
    readonly abstained?: number;
  };
}

/** Sums are enough for these; the others need the ballots themselves, alike ones together. */
export function countsBySums({ method }: ElectionView): boolean {
  return method.method === 'motion' || method.method === 'choose' || method.method === 'score';
}

/** The heap as it is typed: a number per option, and what says nothing. */
export interface Sums {
  readonly ballots: string;
  readonly options: Readonly<Record<string, string>>;
  readonly blank: string;
  readonly abstained: string;
}

function numberOf(text: string): number {
  return /^-?[0-9]{1,7}$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** undefined where something is no number. */
export function countOfSums(election: ElectionView, sums: Sums): PaperCount | undefined {
  const options = Object.fromEntries(election.options.map(({ id }) => [id, numberOf(sums.options[id] ?? '0')]));
  const [ballots, blank, abstained] = [numberOf(sums.ballots), numberOf(sums.blank), numberOf(sums.abstained)];
  if ([ballots, blank, abstained, ...Object.values(options)].some(Number.isNaN)) return undefined;
  const totals = { options, blank, ...(election.method.method === 'motion' ? { abstained } : {}) };
  return { ballots, totals };
}

function ballotOf({ method, options }: ElectionView, text: string): unknown {
  const ids = new Map(options.map(({ id }, i) => [letterOf(i), id]));
  const idOf = (letter: string) => ids.get(letter.trim().toUpperCase()) ?? null;
  if (text.includes('=')) {
    const pairs = text.split(',').map((part) => {
      const [letter = '', value = ''] = part.split('=');
      return [idOf(letter), numberOf(value)] as const;
    });
    if (pairs.some(([id, value]) => id === null || Number.isNaN(value))) return null;
    const values = Object.fromEntries(pairs);
    if (method.method === 'judgment') return { grades: values };
    return method.method === 'quadratic' ? { votes: values } : { points: values };
  }
  const ranking = text === '-' ? [] : text.split('>').map(idOf);
  return ranking.includes(null) ? null : { ranking };
}

/**
 * Lines like 'A>C>B: 12' (ranked) or 'A=3, B=1: 4' (points, votes, grades counted from 0, the best) -> the heap, or the
 * first line that cannot be read. '-' is a blank ballot.
 */
export function countOfLines(election: ElectionView, text: string): PaperCount | { readonly wrongLine: string } {
  const patterns: { ballot: unknown; count: number }[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const split = line.lastIndexOf(':');
    const count = numberOf(line.slice(split + 1));
    const ballot = split < 0 ? null : ballotOf(election, line.slice(0, split).trim());
    if (ballot === null || !(count > 0)) return { wrongLine: line.trim() };
    patterns.push({ ballot, count });
  }
  return { ballots: patterns.reduce((sum, { count }) => sum + count, 0), patterns };
}
