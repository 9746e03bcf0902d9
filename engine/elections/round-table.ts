import { votesOfMicro } from '../../protocol/weight.ts';
import type { Round } from './counting/method.ts';
import type { ElectionResult } from './rules.ts';

export const ROUND_TABLE_HEADER = ['round', 'option', 'title', 'votes', 'received', 'given', 'status', 'rule'] as const;

/**
 * The rounds as CSV rows without the header: one for each round and option, and one with an empty option for what is
 * exhausted. votes, received and given are decimal votes; received and given are this round's transfers.
 * status: elected, eliminated, exhausted or empty, as decided in this very round.
 */
export function roundTable({ count, options }: Pick<ElectionResult, 'count' | 'options'>): string[][] {
  return count.rounds.flatMap((round) => [
    // in the order of the ballot: a stored result keeps no order of its own
    ...options
      .filter(({ id }) => Object.hasOwn(round.amounts, id))
      .map(({ id, title }) => row(round, id, title, round.amounts[id] ?? 0n, status(round, id))),
    row(round, null, '', round.exhausted, 'exhausted'),
  ]);
}

function row(round: Round, option: string | null, title: string, votes: bigint, state: string): string[] {
  const sum = (end: 'from' | 'to') =>
    round.transfers.reduce((total, transfer) => (transfer[end] === option ? total + transfer.amount : total), 0n);
  const figures = [votes, sum('to'), sum('from')].map(votesOfMicro);
  return [String(round.round), option ?? '', title, ...figures, state, round.rule];
}

function status({ elected, eliminated }: Round, option: string): string {
  if (elected.includes(option)) return 'elected';
  return eliminated.includes(option) ? 'eliminated' : '';
}
