import type { ImportProblem } from '../../../protocol/member-imports.ts';
import type { ImportError } from '../import.ts';

const VALUE_MAX_CHARACTERS = 40;

/** What to do about each, in one sentence. */
const MESSAGES: Readonly<Record<ImportProblem, string>> = {
  missing: 'Something is missing here.',
  too_long: 'This is too long.',
  control_character: 'There is a line break, a tab or another control character in it. Write it on one line.',
  direction_override: 'A hidden character turns the direction of writing. Type the text anew.',
  not_an_email: 'This is no e-mail address, like ada@club.example.',
  not_a_weight: 'This is no number of votes, like 1 or 0.25, with at most six decimals and at most a million.',
  weight_of_zero: 'A weight is more than 0. Set the status to inactive for somebody who may not vote.',
  unknown_role: 'Roles are admin, sponsor, moderator, auditor and member; several are separated by | or ;',
  role_not_allowed: 'Only an admin gives or takes roles other than member, or changes members who have them.',
  unknown_status: 'A status is active, inactive or invited.',
  unknown_group: 'There is no such group. Make it first, or send the file with ?create_groups=true.',
  too_many_cells: 'The row has more cells than the heading. A text with the separator in it belongs in quotes.',
  too_few_cells: 'The row has fewer cells than the heading.',
  number_twice: 'Another row has this number.',
  email_twice: 'Another row has this e-mail address.',
  email_taken: 'Another member has this e-mail address.',
  account_taken:
    'A person has signed in as this member with another address: correct the number, or change the address at the member.',
  member_twice: 'Another row means the same member.',
  last_admin: 'Nobody else could administer the organisation. Make another admin first.',
};

/** An error of a row. `message` where the usual one can be put more exactly. */
export function problemAt(
  line: number,
  column: string | null,
  problem: ImportProblem,
  value: string,
  message: string = MESSAGES[problem],
): ImportError {
  const characters = [...value.toWellFormed().replaceAll('\0', '')];
  const shown =
    characters.length > VALUE_MAX_CHARACTERS
      ? `${characters.slice(0, VALUE_MAX_CHARACTERS).join('')}…`
      : characters.join('');
  return { line, column, problem, message, value: shown };
}
