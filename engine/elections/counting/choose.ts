import type { ChooseBallot, ChooseSettings } from '../../../protocol/methods/choose.ts';
import { openBox } from './ballot-box.ts';
import { accepted, checkLength, onlyField, optionIdAt, Problems } from './ballot-text.ts';
import type { Contest, Encoded, Method } from './method.ts';
import { addFigure, byMost, checkSeats, countOnce, rankBy } from './seats.ts';

/** Plurality, block and approval voting. Canonical text: marked positions, ascending: '0,3'. The most marks win. */
export const choose: Method<ChooseSettings> = {
  id: 'choose',
  figure: 'marks',

  check(contest) {
    const { max, seats } = contest.settings;
    const problems = [...checkSeats(contest, seats), ...checkLength(contest, max, 1)];
    if (max > contest.options.length) {
      problems.push({ path: 'method.settings.max', problem: `${max} marks for ${contest.options.length} options` });
    }
    return problems;
  },

  encode(contest: Contest<ChooseSettings>, ballot: unknown): Encoded {
    const problems = new Problems();
    const marks = onlyField(ballot, 'options', problems);
    if (problems.list.length > 0) return problems.refusal();
    if (!Array.isArray(marks)) {
      problems.add('options', 'not a list of option ids');
      return problems.refusal();
    }
    const { min, max } = contest.settings;
    if (marks.length > max) {
      problems.add('options', `overvote: ${marks.length} marks, at most ${max}`);
      return problems.refusal();
    }
    const positions: number[] = [];
    for (let index = 0; index < marks.length && !problems.full; index++) {
      const id: unknown = marks[index];
      const position = typeof id === 'string' ? contest.position.get(id) : undefined;
      if (position === undefined) {
        problems.add(`options.${index}`, typeof id === 'string' ? 'no such option' : 'not an option id');
      } else if (positions.includes(position)) {
        problems.add(`options.${index}`, 'marked twice');
      } else {
        positions.push(position);
      }
    }
    if (marks.length > 0 && marks.length < min) problems.add('options', `${marks.length} marks, at least ${min}`);
    return problems.list.length > 0 ? problems.refusal() : accepted(positions.sort((a, b) => a - b).join());
  },

  decode(contest, ballot): ChooseBallot {
    return { options: positionsOf(ballot).map((position) => optionIdAt(contest, position)) };
  },

  accumulate(_contest, figures, pattern) {
    for (const position of positionsOf(pattern.ballot)) addFigure(figures, position, pattern, 1);
  },

  count(contest, patterns) {
    const box = openBox(patterns);
    const totals = contest.options.map(() => 0n);
    for (const { ballot, weight } of box.valid) {
      for (const position of positionsOf(ballot)) totals[position] = (totals[position] ?? 0n) + weight;
    }
    const ranking = rankBy(contest, byMost(totals));
    return countOnce({ contest, box, seats: contest.settings.seats, ranking, totals, rule: 'most marks' });
  },
};

function positionsOf(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number);
}
