import { z } from 'zod';
import { optionId, seats } from './option.ts';

/** The six grades of Balinski and Laraki's experiments (Orsay 2007), best first. */
export const USUAL_GRADES = ['Excellent', 'Very good', 'Good', 'Acceptable', 'Poor', 'To reject'];

/**
 * Majority judgment: a grade for each option, the best median wins.
 * An option without a grade on a ballot that is not blank has the worst one, as in Orsay 2007.
 */
export const judgmentSettings = z
  .strictObject({
    /** best first */
    grades: z
      .array(z.string().trim().min(1).max(60))
      .min(2)
      .max(20)
      .refine((grades) => new Set(grades).size === grades.length, 'two grades have the same name')
      .default(USUAL_GRADES)
      .meta({
        description: '2 to 20 names, best first. An option that a ballot leaves out gets the last, the worst.',
      }),
    seats,
  })
  .meta({
    description:
      'A ballot takes at most 4,096 characters in its canonical form, place:grade for each option; that bounds the options: ' +
      '701 with up to ten grades, 600 with more.',
  });
export type JudgmentSettings = z.infer<typeof judgmentSettings>;

/** A grade is its name, or its place in the settings' list (0 = best); no grades at all is the blank ballot. */
export const judgmentBallot = z.strictObject({ grades: z.record(optionId, z.union([z.int().min(0), z.string()])) });
export type JudgmentBallot = z.infer<typeof judgmentBallot>;
