import type { PointsBallot, PointsSettings } from '../../../protocol/methods/points.ts';
import { accepted, checkLength, Problems, pairsObject, pairsText, readValues, wholeNumber } from './ballot-text.ts';
import type { Contest, Encoded, Method } from './method.ts';
import { checkSeats } from './seats.ts';
import { accumulateSums, countSums } from './sums.ts';

/** Cumulative and dot voting. Canonical text: 'position:points' by position, zeros left out: '0:5,3:5'. */
export const points: Method<PointsSettings> = {
  id: 'points',
  figure: 'points',

  check(contest) {
    const { total, min_total, max_per_option, seats } = contest.settings;
    const entries = Math.min(contest.options.length, total);
    const digits = String(Math.min(total, max_per_option ?? total)).length;
    const problems = [...checkSeats(contest, seats), ...checkLength(contest, entries, digits + 2)];
    if (max_per_option !== undefined && max_per_option * contest.options.length < min_total) {
      problems.push({ path: 'method.settings.min_total', problem: 'max_per_option leaves no way to give so many' });
    }
    return problems;
  },

  encode(contest: Contest<PointsSettings>, ballot: unknown): Encoded {
    const problems = new Problems();
    const { total, min_total, max_per_option } = contest.settings;
    const given = readValues(contest, ballot, 'points', wholeNumber(0, max_per_option ?? total), problems);
    if (problems.list.length > 0) return problems.refusal();
    let sum = 0;
    for (let position = 0; position < given.length; position++) {
      const value = given[position] ?? 0;
      sum += value;
      if (value === 0) given[position] = undefined;
    }
    if (sum > total) problems.add('points', `${sum} points, at most ${total}`);
    if (sum > 0 && sum < min_total) problems.add('points', `${sum} points, at least ${min_total}`);
    return problems.list.length > 0 ? problems.refusal() : accepted(pairsText(given));
  },

  decode(contest, ballot): PointsBallot {
    return { points: pairsObject(contest, ballot, (value) => value) };
  },

  accumulate(_contest, figures, pattern) {
    accumulateSums(figures, pattern);
  },

  count(contest, patterns) {
    return countSums(contest, patterns, contest.settings.seats, 'most points');
  },
};
