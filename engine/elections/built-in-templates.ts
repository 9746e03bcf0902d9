import type { ElectionPattern, Template } from './template.ts';

const HALF = { numerator: 1, denominator: 2 } as const;

/** One for each method and for the majorities that assemblies ask for, each with rules that stand in usual statutes. */
const PATTERNS: Readonly<Record<string, readonly [name: string, description: string, election: ElectionPattern]>> = {
  motion: [
    'Motion',
    'Yes, no or abstain. Carried by more yes than no.',
    { method: { method: 'motion', settings: {} }, visibility: 'live', durationSeconds: 120 },
  ],
  'statute-change': [
    'Change of the statutes',
    'Two thirds of the valid votes, and half of the roll must vote.',
    {
      method: { method: 'motion', settings: {} },
      rules: { majority: { base: 'valid', threshold: 'two_thirds' }, quorum: { share: HALF } },
      visibility: 'count',
      durationSeconds: 300,
    },
  ],
  'roll-call': [
    'Roll call',
    'A motion on which everybody can read afterwards who voted how.',
    { method: { method: 'motion', settings: {} }, secrecy: 'named', visibility: 'live', durationSeconds: 180 },
  ],
  'single-choice': [
    'Choose one',
    'One mark each; the most marks win.',
    { method: { method: 'choose', settings: { min: 1, max: 1, seats: 1 } }, visibility: 'count', durationSeconds: 180 },
  ],
  approval: [
    'Approval',
    'As many marks as one likes; the most marks win. Set max to the number of options.',
    { method: { method: 'choose', settings: { min: 1, max: 2, seats: 1 } }, visibility: 'count', durationSeconds: 180 },
  ],
  'ranked-single': [
    'Ranked, one seat',
    'Instant runoff: the last falls out until somebody has more than half of the votes that are left.',
    { method: { method: 'irv', settings: {} }, visibility: 'hidden', durationSeconds: 300 },
  ],
  board: [
    'Board, ranked',
    'Single transferable vote for several seats; minorities get their share.',
    { method: { method: 'stv', settings: { seats: 3 } }, visibility: 'hidden', durationSeconds: 600 },
  ],
  condorcet: [
    'Ranked, pair by pair',
    'Whoever beats every other option one against one wins (Schulze).',
    { method: { method: 'schulze', settings: { seats: 1 } }, visibility: 'hidden', durationSeconds: 300 },
  ],
  borda: [
    'Ranked, by points of rank',
    'Of n options the first gets n-1 points, the last none.',
    { method: { method: 'borda', settings: { seats: 1 } }, visibility: 'hidden', durationSeconds: 300 },
  ],
  score: [
    'Score',
    '0 to 5 points for each option; the largest sum wins.',
    { method: { method: 'score', settings: { min: 0, max: 5, seats: 1 } }, visibility: 'count', durationSeconds: 300 },
  ],
  grades: [
    'Grades',
    'Majority judgment: a grade for each option, the best median wins.',
    {
      method: {
        method: 'judgment',
        settings: { grades: ['Excellent', 'Very good', 'Good', 'Acceptable', 'Poor', 'To reject'], seats: 1 },
      },
      visibility: 'hidden',
      durationSeconds: 300,
    },
  ],
  dots: [
    'Dots',
    'Ten dots to spread over the options as one likes.',
    {
      method: { method: 'points', settings: { total: 10, min_total: 1, seats: 1 } },
      visibility: 'live',
      durationSeconds: 300,
    },
  ],
  quadratic: [
    'Quadratic',
    'A hundred credits; n votes for an option cost n times n of them.',
    {
      method: { method: 'quadratic', settings: { credits: 100, seats: 1 } },
      visibility: 'count',
      durationSeconds: 300,
    },
  ],
};

export const BUILT_IN_TEMPLATES: readonly Template[] = Object.entries(PATTERNS).map(
  ([templateId, [name, description, election]]) => ({
    templateId,
    name,
    description,
    election,
    builtIn: true,
    createdAt: null,
  }),
);
