import { z } from 'zod';
import { optionId, seats } from './option.ts';

/** A whole number from min to max against each option; the largest sum wins. An option without a score adds nothing. */
export const scoreSettings = z
  .strictObject({
    min: z.int().min(-1000).max(1000).default(0),
    max: z.int().min(-1000).max(1000).default(5),
    seats,
  })
  .refine((settings) => settings.min < settings.max, { path: ['min'], error: 'min is not less than max' });
export type ScoreSettings = z.infer<typeof scoreSettings>;

/** A score of 0 is a score; no scores at all is the blank ballot. */
export const scoreBallot = z.strictObject({ scores: z.record(optionId, z.int()) });
export type ScoreBallot = z.infer<typeof scoreBallot>;
