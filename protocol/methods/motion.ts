import { z } from 'zod';
import type { Option } from './option.ts';

/** A motion has these two options, in this order; an abstention is counted apart and is no option. */
export const MOTION_OPTIONS: readonly Option[] = [
  { id: 'yes', title: 'Yes' },
  { id: 'no', title: 'No' },
];

export const motionSettings = z.strictObject({});
export type MotionSettings = z.infer<typeof motionSettings>;

/** There is no blank motion ballot: who wants neither abstains. */
export const motionBallot = z.strictObject({ choice: z.enum(['yes', 'no', 'abstain']) });
export type MotionBallot = z.infer<typeof motionBallot>;
