import { z } from 'zod';

/**
 * Option ids are the election's own short names; they stand in ballots and results. The first character is a letter or
 * digit: a record drops the key __proto__ without a word, and a spreadsheet takes a cell that begins with - for a formula.
 */
export const optionId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/,
    'an option id is 1 to 32 letters, digits, _ or -, a letter or digit first',
  );

export const option = z.strictObject({
  id: optionId,
  title: z.string().trim().min(1).max(500),
  description: z.string().max(5000).optional(),
});
export type Option = z.infer<typeof option>;

/** How many options the election takes. */
export const seats = z.int().min(1).max(1000).default(1);
