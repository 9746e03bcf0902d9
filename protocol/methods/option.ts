import { z } from 'zod';
import { plainLine } from '../plain-line.ts';
import { text } from '../text.ts';

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
  title: plainLine(1, 500),
  description: text(0, 5_000).optional(),
  picture: z
    .uuid()
    .toLowerCase()
    .optional()
    .meta({ description: 'picture_id of an uploaded picture; it is shown from /v1/pictures/{picture_id}.' }),
  picture_alt: plainLine(0, 200).optional().meta({
    description: 'What the picture shows, for those who do not see it. Left out or empty: the title says it all.',
  }),
});
export type Option = z.infer<typeof option>;

/** How many options the election takes. */
export const seats = z.int().min(1).max(1000).default(1);
