import { z } from 'zod';
import { bordaBallot, bordaSettings } from './borda.ts';
import { chooseBallot, chooseSettings } from './choose.ts';
import { irvBallot, irvSettings } from './irv.ts';
import { judgmentBallot, judgmentSettings } from './judgment.ts';
import { motionBallot, motionSettings } from './motion.ts';
import { pointsBallot, pointsSettings } from './points.ts';
import { quadraticBallot, quadraticSettings } from './quadratic.ts';
import { schulzeBallot, schulzeSettings } from './schulze.ts';
import { scoreBallot, scoreSettings } from './score.ts';
import { stvBallot, stvSettings } from './stv.ts';

/** Every voting method: what an election sets, and the shape of its ballot (its options and limits come on top). */
export const methods = {
  motion: { settings: motionSettings, ballot: motionBallot },
  choose: { settings: chooseSettings, ballot: chooseBallot },
  score: { settings: scoreSettings, ballot: scoreBallot },
  judgment: { settings: judgmentSettings, ballot: judgmentBallot },
  points: { settings: pointsSettings, ballot: pointsBallot },
  quadratic: { settings: quadraticSettings, ballot: quadraticBallot },
  irv: { settings: irvSettings, ballot: irvBallot },
  stv: { settings: stvSettings, ballot: stvBallot },
  borda: { settings: bordaSettings, ballot: bordaBallot },
  schulze: { settings: schulzeSettings, ballot: schulzeBallot },
} as const;

export type MethodId = keyof typeof methods;
export const METHOD_IDS = Object.keys(methods) as readonly MethodId[];

/** A method and its settings as an election carries them. */
export const electionMethod = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('motion'), settings: motionSettings }),
  z.strictObject({ method: z.literal('choose'), settings: chooseSettings }),
  z.strictObject({ method: z.literal('score'), settings: scoreSettings }),
  z.strictObject({ method: z.literal('judgment'), settings: judgmentSettings }),
  z.strictObject({ method: z.literal('points'), settings: pointsSettings }),
  z.strictObject({ method: z.literal('quadratic'), settings: quadraticSettings }),
  z.strictObject({ method: z.literal('irv'), settings: irvSettings }),
  z.strictObject({ method: z.literal('stv'), settings: stvSettings }),
  z.strictObject({ method: z.literal('borda'), settings: bordaSettings }),
  z.strictObject({ method: z.literal('schulze'), settings: schulzeSettings }),
]);
export type ElectionMethod = z.infer<typeof electionMethod>;
