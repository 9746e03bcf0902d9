import type { QuadraticBallot, QuadraticSettings } from '../../../protocol/methods/quadratic.ts';
import { accepted, checkLength, Problems, pairsObject, pairsText, readValues, wholeNumber } from './ballot-text.ts';
import type { Contest, Encoded, Method } from './method.ts';
import { checkSeats } from './seats.ts';
import { accumulateSums, countSums } from './sums.ts';

/** Quadratic voting. Canonical text: 'position:votes' by position, zeros left out: '0:3,2:1' (10 credits). */
export const quadratic: Method<QuadraticSettings> = {
  id: 'quadratic',
  figure: 'votes',

  check(contest) {
    const { credits, seats } = contest.settings;
    const digits = String(Math.floor(Math.sqrt(credits))).length;
    const entries = Math.min(contest.options.length, credits);
    return [...checkSeats(contest, seats), ...checkLength(contest, entries, digits + 2)];
  },

  encode(contest: Contest<QuadraticSettings>, ballot: unknown): Encoded {
    const problems = new Problems();
    const { credits } = contest.settings;
    // more than `credits` votes for one option are too dear whatever else; so squares stay exact
    const votes = readValues(contest, ballot, 'votes', wholeNumber(0, credits), problems);
    if (problems.list.length > 0) return problems.refusal();
    let cost = 0;
    for (let position = 0; position < votes.length; position++) {
      const value = votes[position] ?? 0;
      cost += value * value;
      if (value === 0) votes[position] = undefined;
    }
    if (cost > credits) problems.add('votes', `costs ${cost} credits, at most ${credits}`);
    return problems.list.length > 0 ? problems.refusal() : accepted(pairsText(votes));
  },

  decode(contest, ballot): QuadraticBallot {
    return { votes: pairsObject(contest, ballot, (value) => value) };
  },

  accumulate(_contest, figures, pattern) {
    accumulateSums(figures, pattern);
  },

  count(contest, patterns) {
    return countSums(contest, patterns, contest.settings.seats, 'most votes bought with credits');
  },
};
