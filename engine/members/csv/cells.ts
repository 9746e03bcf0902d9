import type { ImportProblem } from '../../../protocol/member-imports.ts';
import {
  EMAIL_MAX_CHARACTERS,
  isEmail,
  NAME_MAX_CHARACTERS,
  NOTE_MAX_CHARACTERS,
  NUMBER_MAX_CHARACTERS,
} from '../../../protocol/members.ts';
import { lineProblem } from '../../../protocol/plain-line.ts';
import { textProblem } from '../../../protocol/text.ts';
import { microOfVotes } from '../../../protocol/weight.ts';
import { limits } from '../../limits.ts';
import type { MemberRole, MemberStatus } from '../member.ts';

/** What a cell says, or what is wrong with it; `message` where the usual one can be put more exactly. */
export type Cell<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: ImportProblem; readonly message?: string };

const wrong = (problem: ImportProblem, message?: string): Cell<never> => ({
  ok: false,
  problem,
  ...(message === undefined ? {} : { message }),
});

const ROLES: Readonly<Record<MemberRole, string>> = {
  admin: 'admin administrator administratorin verwaltung',
  sponsor: 'sponsor sponsorin förderer fördermitglied',
  moderator: 'moderator moderatorin versammlungsleitung versammlungsleiter versammlungsleiterin',
  auditor: 'auditor auditorin prüfer prüferin kassenprüfer kassenprüferin revisor revisorin',
  member: 'member mitglied',
};
const STATUSES: Readonly<Record<MemberStatus, string>> = {
  active: 'active aktiv',
  inactive: 'inactive inaktiv',
  invited: 'invited eingeladen',
};

function wordsOf<T extends string>(table: Readonly<Record<T, string>>): ReadonlyMap<string, T> {
  return new Map(
    (Object.entries(table) as [T, string][]).flatMap(([meaning, words]) =>
      words.split(' ').map((word) => [word, meaning] as const),
    ),
  );
}
const ROLE_OF = wordsOf(ROLES);
const STATUS_OF = wordsOf(STATUSES);

/** What stands between several roles or groups in one cell. */
const BETWEEN = /[|;]/;

/** A spreadsheet's guard against formulas, which our own export writes as well. */
function withoutGuard(cell: string): string {
  return /^'[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u.test(cell) ? cell.slice(1) : cell;
}

/** As people read it: composed, without the guard and without blanks around it. */
export function cleaned(cell: string): string {
  return withoutGuard(cell).normalize('NFC').trim();
}

function lineOf(cell: string, maxCharacters: number): Cell<string> {
  const problem = lineProblem(cell) ?? (textProblem(cell) === null ? null : 'control_character');
  if (problem !== null) return wrong(problem);
  if (cell.length <= maxCharacters) return { ok: true, value: cell };
  return wrong('too_long', `This is too long: at most ${maxCharacters} characters.`);
}

export const numberOf = (cell: string) => lineOf(cell, NUMBER_MAX_CHARACTERS);
export const nameOf = (cell: string) => lineOf(cell, NAME_MAX_CHARACTERS);

export function emailOf(cell: string): Cell<string> {
  const line = lineOf(cell, EMAIL_MAX_CHARACTERS);
  if (!line.ok) return line;
  const email = cell.toLowerCase();
  return isEmail(email) ? { ok: true, value: email } : wrong('not_an_email');
}

/** Notes may have several lines. */
export function noteOf(cell: string): Cell<string> {
  if (textProblem(cell) !== null) return wrong('control_character');
  if (cell.length <= NOTE_MAX_CHARACTERS) return { ok: true, value: cell };
  return wrong('too_long', `This is too long: at most ${NOTE_MAX_CHARACTERS} characters.`);
}

export function rolesOf(cell: string): Cell<readonly MemberRole[]> {
  const roles = new Set<MemberRole>();
  for (const part of cell.split(/[|;,]/).map((each) => each.trim().toLowerCase())) {
    if (part === '') continue;
    const role = ROLE_OF.get(part);
    if (role === undefined) return wrong('unknown_role');
    roles.add(role);
  }
  return roles.size === 0 ? wrong('unknown_role') : { ok: true, value: [...roles].sort() };
}

export function statusOf(cell: string): Cell<MemberStatus> {
  const status = STATUS_OF.get(cell.toLowerCase());
  return status === undefined ? wrong('unknown_status') : { ok: true, value: status };
}

/** Micro-units. Decimals stand behind a dot or a comma. */
export function weightOf(cell: string): Cell<bigint> {
  if (/^[1-9][0-9]{0,2}[.,][0-9]{3}$/.test(cell)) {
    const [whole = '', rest = ''] = cell.split(/[.,]/);
    return wrong(
      'not_a_weight',
      `This may mean ${whole}${rest} or ${whole} and a fraction. Write ${whole}${rest}, or leave out zeros at the end.`,
    );
  }
  const votes = cell.replace(',', '.');
  if (/^0+(?:\.0*)?$/.test(votes)) return wrong('weight_of_zero');
  if (!/^(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,6})?$/.test(votes)) return wrong('not_a_weight');
  const micro = microOfVotes(votes);
  return micro <= limits.weightMaxMicro ? { ok: true, value: micro } : wrong('not_a_weight');
}

const GROUP_MAX_CHARACTERS = 100;

/** Names of groups, each once whatever its capitals. */
export function groupNamesOf(cell: string): Cell<readonly string[]> {
  const names = new Map<string, string>();
  for (const name of cell.split(BETWEEN).map((each) => each.trim())) {
    if (name === '') continue;
    const line = lineOf(name, GROUP_MAX_CHARACTERS);
    if (!line.ok) return line;
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  return { ok: true, value: [...names.values()] };
}
