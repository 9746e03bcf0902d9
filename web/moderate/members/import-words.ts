import type { PsephosError } from '../../../client/index.ts';
import type { MemberImportView } from '../../../protocol/member-imports.ts';
import { t } from '../texts.ts';

type Problem = MemberImportView['errors'][number]['problem'];

/** What is wrong with one cell or row of a file of members. */
export function importProblem(problem: Problem): string {
  const words: Readonly<Record<Problem, string>> = {
    missing: t('wrong.missing'),
    too_long: t('wrong.tooLong'),
    control_character: t('wrong.character'),
    direction_override: t('wrong.character'),
    not_an_email: t('members.emailWrong'),
    not_a_weight: t('members.weightWrong'),
    weight_of_zero: t('wrong.weightOfZero'),
    unknown_role: t('wrong.unknownRole'),
    role_not_allowed: t('wrong.roleNotAllowed'),
    unknown_status: t('wrong.unknownStatus'),
    unknown_group: t('wrong.unknownGroup'),
    too_many_cells: t('wrong.tooManyCells'),
    too_few_cells: t('wrong.tooFewCells'),
    number_twice: t('wrong.numberTwice'),
    email_twice: t('wrong.emailTwice'),
    email_taken: t('members.emailTaken'),
    account_taken: t('wrong.accountTaken'),
    member_twice: t('wrong.memberTwice'),
    last_admin: t('members.lastAdmin'),
  };
  return words[problem];
}

/** Why a whole file cannot be read; undefined where the server's own words are all there is. */
export function fileProblem({ details }: PsephosError): string | undefined {
  const words: Readonly<Record<string, string>> = {
    encoding: t('wrong.encoding'),
    quotes: t('wrong.quotes'),
    csv: t('wrong.quotes'),
    row_too_long: t('wrong.quotes'),
    too_many_rows: t('wrong.tooManyRows'),
    empty: t('wrong.empty'),
    columns: t('wrong.heading'),
    columns_missing: t('wrong.heading'),
    columns_twice: t('wrong.columns'),
    too_many_columns: t('wrong.columns'),
  };
  return words[String(details.reason)];
}
