import { MOTION_OPTIONS, type MotionBallot, type MotionSettings } from '../../../protocol/methods/motion.ts';
import { openBox } from './ballot-box.ts';
import { accepted, onlyField, Problems } from './ballot-text.ts';
import type { Contest, Encoded, Method } from './method.ts';
import { addFigure, byMost, countOnce, rankBy } from './seats.ts';

const YES = 0;
const NO = 1;
const TEXTS = ['yes', 'no', 'abstain'];

/** Yes, no or abstain. Canonical text: the choice itself. Whether the motion is carried is for the rules to say. */
export const motion: Method<MotionSettings> = {
  id: 'motion',
  figure: 'votes',

  check({ options }) {
    const fixed = MOTION_OPTIONS.map(({ id }) => id).join();
    return options.map(({ id }) => id).join() === fixed
      ? []
      : [{ path: 'options', problem: `the options of a motion are ${fixed}, in this order` }];
  },

  encode(_contest: Contest<MotionSettings>, ballot: unknown): Encoded {
    const problems = new Problems();
    const choice = onlyField(ballot, 'choice', problems);
    if (problems.list.length === 0) {
      if (typeof choice === 'string' && TEXTS.includes(choice)) return accepted(choice);
      problems.add('choice', `not one of ${TEXTS.join(', ')}`);
    }
    return problems.refusal();
  },

  decode(_contest, ballot): MotionBallot {
    return { choice: ballot as MotionBallot['choice'] };
  },

  accumulate(_contest, figures, pattern) {
    if (pattern.ballot === 'yes') addFigure(figures, YES, pattern, 1);
    else if (pattern.ballot === 'no') addFigure(figures, NO, pattern, 1);
  },

  count(contest, patterns) {
    const box = openBox(patterns, 'abstain');
    const totals = ['yes', 'no'].map((text) => box.valid.find(({ ballot }) => ballot === text)?.weight ?? 0n);
    const ranking = rankBy(contest, byMost(totals));
    return countOnce({ contest, box, seats: 1, ranking, totals, rule: 'more votes of yes and no' });
  },
};
