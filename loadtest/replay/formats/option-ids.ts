import { ElectionFileError } from './election-file-error.ts';
import { type FileOption, MAX_OPTIONS } from './parsed-election.ts';

const VALID_ID = /^[A-Za-z0-9_-]{1,32}$/;
const MAX_TITLE_CHARACTERS = 500; // protocol/methods/option.ts

// A valid id, but as a key of a JSON object it would set the object's prototype and vanish.
const UNSAFE_ID = '__proto__';

interface NamedSource {
  readonly source: string;
  readonly title: string;
}

/**
 * Options of an election from what the file calls them (each once). What is a valid id stays it; another gets the
 * letters and digits of its name, made unique by a number, so that the same file always gives the same ids.
 * Throws ElectionFileError when there are none or more than an election takes. notes: receives what was changed.
 */
export function makeOptions(file: string, named: readonly NamedSource[], notes: string[]): FileOption[] {
  if (named.length === 0 || named.length > MAX_OPTIONS) {
    const problem = named.length === 0 ? 'nothing to vote for is named' : `${named.length} options are named`;
    throw new ElectionFileError(file, {}, problem, `an election takes 1 to ${MAX_OPTIONS} options`);
  }
  const taken = new Set(named.map((entry) => entry.source).filter(isUsableId));
  const renamed = named.filter((entry) => !isUsableId(entry.source)).length;
  if (renamed > 0) notes.push(`options that got an id of letters and digits: ${renamed} of ${named.length}`);
  const cut = named.filter((entry) => entry.title.length > MAX_TITLE_CHARACTERS).length;
  if (cut > 0) notes.push(`titles cut to ${MAX_TITLE_CHARACTERS} characters: ${cut}`);
  return named.map(({ source, title }) => ({
    id: isUsableId(source) ? source : freeId(title || source, taken),
    title: shortTitle(title) || source,
    source,
  }));
}

function isUsableId(source: string): boolean {
  return VALID_ID.test(source) && source !== UNSAFE_ID;
}

function freeId(name: string, taken: Set<string>): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = plain.slice(0, 32).replace(/-+$/, '') || 'option';
  let id = base;
  for (let number = 2; taken.has(id); number += 1) {
    id = `${base.slice(0, 31 - String(number).length)}-${number}`;
  }
  taken.add(id);
  return id;
}

function shortTitle(title: string): string {
  const trimmed = title.trim();
  return trimmed.length <= MAX_TITLE_CHARACTERS ? trimmed : `${trimmed.slice(0, MAX_TITLE_CHARACTERS - 1).trimEnd()}…`;
}
