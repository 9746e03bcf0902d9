import type { ScoreBallot, ScoreSettings } from '../../../protocol/methods/score.ts';
import { accepted, checkLength, Problems, pairsObject, pairsText, readValues, wholeNumber } from './ballot-text.ts';
import type { Contest, Encoded, Method } from './method.ts';
import { checkSeats } from './seats.ts';
import { accumulateSums, countSums } from './sums.ts';

/** Score (range) voting by sums. Canonical text: 'position:score' by position, a score of 0 included: '0:5,2:0'. */
export const score: Method<ScoreSettings> = {
  id: 'score',
  figure: 'points',

  check(contest) {
    const { min, max, seats } = contest.settings;
    const digits = Math.max(String(min).length, String(max).length);
    return [...checkSeats(contest, seats), ...checkLength(contest, contest.options.length, digits + 2)];
  },

  encode(contest: Contest<ScoreSettings>, ballot: unknown): Encoded {
    const problems = new Problems();
    const { min, max } = contest.settings;
    const scores = readValues(contest, ballot, 'scores', wholeNumber(min, max), problems);
    return problems.list.length > 0 ? problems.refusal() : accepted(pairsText(scores));
  },

  decode(contest, ballot): ScoreBallot {
    return { scores: pairsObject(contest, ballot, (value) => value) };
  },

  accumulate(_contest, figures, pattern) {
    accumulateSums(figures, pattern);
  },

  count(contest, patterns) {
    return countSums(contest, patterns, contest.settings.seats, 'largest sum of scores');
  },
};
