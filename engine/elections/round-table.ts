import { votesOfMicro } from '../../protocol/weight.ts';
import type { Count, Round } from './counting/method.ts';

export const ROUND_TABLE_HEADER = ['round', 'option', 'votes', 'received', 'given', 'status', 'rule'] as const;

/**
 * The rounds as CSV rows without the header: one for each round and option, and one with an empty option for what is
 * exhausted. votes, received and given are decimal votes; received and given are this round's transfers.
 * status: elected, eliminated, exhausted or empty, as decided in this very round.
 */
export function roundTable({ rounds }: Count): string[][] {
  return rounds.flatMap((round) => [
    ...Object.keys(round.amounts).map((option) =>
      row(round, option, round.amounts[option] ?? 0n, status(round, option)),
    ),
    row(round, null, round.exhausted, 'exhausted'),
  ]);
}

function row(round: Round, option: string | null, votes: bigint, state: string): string[] {
  const sum = (end: 'from' | 'to') =>
    round.transfers.reduce((total, transfer) => (transfer[end] === option ? total + transfer.amount : total), 0n);
  const figures = [votes, sum('to'), sum('from')].map(votesOfMicro);
  return [String(round.round), option ?? '', ...figures, state, round.rule];
}

function status({ elected, eliminated }: Round, option: string): string {
  if (elected.includes(option)) return 'elected';
  return eliminated.includes(option) ? 'eliminated' : '';
}
