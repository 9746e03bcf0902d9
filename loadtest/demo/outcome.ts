import type { ResultView } from '../../client/index.ts';
import { grouped } from '../replay/progress.ts';
import { bar } from './stage.ts';

/** A result in a few lines: a bar for each option, and what was decided. */
export function outcomeLines({ options, count, ruling, method }: ResultView): string[] {
  const totals = options.map(({ id, title }) => ({ id, title, votes: Number(count.totals[id] ?? 0) }));
  const most = Math.max(1, ...totals.map(({ votes }) => votes));
  const width = Math.max(...options.map(({ title }) => title.length));
  const winners = new Set(count.winners);
  const bars = totals
    .toSorted((one, other) => other.votes - one.votes)
    .map(({ id, title, votes }) => {
      const mark = winners.has(id) ? ' ✓' : '';
      return `  ${title.padEnd(width)}  ${bar(votes / most)}  ${grouped(votes)}${mark}`;
    });
  const rounds = count.rounds.length > 1 ? `, ${count.rounds.length} rounds` : '';
  const abstained = count.ballots.abstained > 0 ? `, ${count.ballots.abstained} abstained` : '';
  const elected = ruling.elected.map((id) => options.find((option) => option.id === id)?.title ?? id);
  const words = { carried: 'Carried', not_carried: 'Not carried', elected: 'Elected', not_elected: 'Nobody elected' };
  const decided = elected.length === 0 ? words[ruling.outcome] : `${words[ruling.outcome]}: ${elected.join(', ')}`;
  return [`${decided} (${method.method}${rounds}; ${grouped(count.ballots.cast)} ballots${abstained}).`, ...bars];
}
