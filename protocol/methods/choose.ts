import { z } from 'zod';
import { optionId, seats } from './option.ts';

/**
 * Marks against options, one vote each. max 1: plurality; max = seats: block vote; max = all options: approval.
 * min and max bound the marks of a ballot that is not blank.
 */
export const chooseSettings = z
  .strictObject({ min: z.int().min(1).max(1000).default(1), max: z.int().min(1).max(1000).default(1), seats })
  .refine((settings) => settings.min <= settings.max, { path: ['min'], error: 'min is greater than max' });
export type ChooseSettings = z.infer<typeof chooseSettings>;

/** An empty list is the blank ballot. */
export const chooseBallot = z.strictObject({ options: z.array(optionId) });
export type ChooseBallot = z.infer<typeof chooseBallot>;
