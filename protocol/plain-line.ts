import { text } from './text.ts';

/** Line breaks, tabs and other control characters, which no name has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** Characters that turn the direction of what follows: with them one name can be made to look like another. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/;

/** Why a text cannot stand on one line of a list, or null. */
export function lineProblem(value: string): 'control_character' | 'direction_override' | null {
  if (CONTROL.test(value)) return 'control_character';
  return TURNING.test(value) ? 'direction_override' : null;
}

/** A text of one line as people read it in lists: names, titles of groups. */
export function plainLine(min: number, max: number) {
  return text(min, max)
    .refine((value) => lineProblem(value) !== 'control_character', 'contains a line break or another control character')
    .refine(
      (value) => lineProblem(value) !== 'direction_override',
      'contains a character that turns the direction of writing',
    );
}
