import { ElectionFileError, shown } from './election-file-error.ts';

export type OrderType = 'soc' | 'soi' | 'toc' | 'toi';
export const ORDER_TYPES: readonly string[] = ['soc', 'soi', 'toc', 'toi'];

/** A number the header promises, and the line that promises it. */
interface Promised {
  readonly value: number;
  readonly line: number;
  readonly words: string;
}

export interface PreflibHeader {
  /** alternative number (no leading zeros) -> name, in the order of the file */
  readonly alternatives: ReadonlyMap<string, string>;
  /** what the counts must add up to (the old form says it twice: voters and sum) */
  readonly voters: readonly Promised[];
  readonly uniqueOrders?: Promised;
  readonly fields: ReadonlyMap<string, string>;
  /** between count and order: ':' in the form of September 2022, ',' in the older one */
  readonly separator: ':' | ',';
  /** index of the first line after the header */
  readonly firstOrder: number;
}

const FORM_HINT = 'a PrefLib file begins with "# …" lines, or (before September 2022) with the number of alternatives';

/** The header of either form. lines: of the whole file. Throws ElectionFileError with the line. */
export function readHeader(file: string, lines: readonly string[]): PreflibHeader {
  const first = lines.findIndex((line) => line.trim() !== '');
  const text = lines[first]?.trim() ?? '';
  if (text.startsWith('#')) return readModernHeader(file, lines, first);
  if (/^\d+$/.test(text)) return readOldHeader(file, lines, first);
  throw new ElectionFileError(file, { line: first + 1 }, `${shown(text)} begins no PrefLib header`, FORM_HINT);
}

function readModernHeader(file: string, lines: readonly string[], first: number): PreflibHeader {
  const fields = new Map<string, string>();
  const lineOf = new Map<string, number>();
  let index = first;
  for (; index < lines.length; index += 1) {
    const text = lines[index]?.trim() ?? '';
    if (text === '') continue;
    if (!text.startsWith('#')) break;
    const match = /^#\s*([^:]+?)\s*:(.*)$/.exec(text);
    if (match === null) {
      const problem = `${shown(text)} is no header line "# NAME: value"`;
      throw new ElectionFileError(file, { line: index + 1 }, problem, 'write one field on each line');
    }
    const key = (match[1] ?? '').replace(/\s+/g, ' ').toLowerCase();
    if (fields.has(key)) {
      const problem = `"${key.toUpperCase()}" stands twice in the header (first on line ${lineOf.get(key)})`;
      throw new ElectionFileError(file, { line: index + 1 }, problem, 'remove one of the two lines');
    }
    fields.set(key, (match[2] ?? '').trim());
    lineOf.set(key, index + 1);
  }
  const promised = (key: string): Promised | undefined => {
    const line = lineOf.get(key);
    return line === undefined ? undefined : readPromise(file, line, fields.get(key) ?? '', key.toUpperCase());
  };
  const size = promised('number alternatives');
  if (size === undefined) {
    throw new ElectionFileError(file, { line: index }, 'the header has no NUMBER ALTERNATIVES', FORM_HINT);
  }
  const voters = promised('number voters');
  const uniqueOrders = promised('number unique orders');
  return {
    alternatives: modernAlternatives(file, fields, lineOf, size),
    voters: voters === undefined ? [] : [voters],
    ...(uniqueOrders === undefined ? {} : { uniqueOrders }),
    fields,
    separator: ':',
    firstOrder: index,
  };
}

function modernAlternatives(
  file: string,
  fields: ReadonlyMap<string, string>,
  lineOf: ReadonlyMap<string, number>,
  size: Promised,
): Map<string, string> {
  const alternatives = new Map<string, string>();
  for (const [key, name] of fields) {
    const match = /^alternative name (.*)$/.exec(key);
    if (match === null) continue;
    const line = lineOf.get(key);
    const number = Number(match[1]);
    if (!Number.isSafeInteger(number) || number < 1 || number > size.value) {
      const problem = `alternative ${match[1]} is named, but the header announces 1 to ${size.value}`;
      throw new ElectionFileError(file, { line }, problem, 'alternatives are numbered from 1');
    }
    refuseEmptyName(file, line ?? 0, String(number), name);
    alternatives.set(String(number), name);
  }
  if (alternatives.size < size.value) {
    let missing = 1;
    while (alternatives.has(String(missing))) missing += 1;
    const problem = `the header announces ${size.value} alternatives and does not name alternative ${missing}`;
    throw new ElectionFileError(file, { line: size.line }, problem, `add "# ALTERNATIVE NAME ${missing}: …"`);
  }
  return alternatives;
}

function readOldHeader(file: string, lines: readonly string[], first: number): PreflibHeader {
  const size = readPromise(file, first + 1, lines[first]?.trim() ?? '', 'number of alternatives');
  const alternatives = new Map<string, string>();
  let index = first + 1;
  for (; alternatives.size < size.value; index += 1) {
    const match = /^\s*(\d{1,9})\s*,(.*)$/.exec(lines[index] ?? '');
    if (match === null) {
      const problem = `expected "number,name" of alternative ${alternatives.size + 1} of ${size.value}`;
      throw new ElectionFileError(file, { line: index + 1 }, problem, FORM_HINT);
    }
    const number = String(Number(match[1]));
    if (alternatives.has(number)) {
      const problem = `alternative ${number} is named a second time`;
      throw new ElectionFileError(file, { line: index + 1 }, problem, 'give each alternative its own number');
    }
    const name = (match[2] ?? '').trim().replace(/^"(.*)"$/, '$1');
    refuseEmptyName(file, index + 1, number, name);
    alternatives.set(number, name);
  }
  const totals = (lines[index] ?? '').split(',').map((cell) => cell.trim());
  if (totals.length !== 3) {
    const problem = 'expected the line "voters,sum of counts,unique orders" after the names';
    throw new ElectionFileError(file, { line: index + 1 }, problem, FORM_HINT);
  }
  const promised = (cell: number, words: string) => readPromise(file, index + 1, totals[cell] ?? '', words);
  return {
    alternatives,
    voters: [promised(0, 'number of voters'), promised(1, 'sum of counts')],
    uniqueOrders: promised(2, 'number of unique orders'),
    fields: new Map(),
    separator: ',',
    firstOrder: index + 1,
  };
}

function readPromise(file: string, line: number, text: string, words: string): Promised {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return { value, line, words };
  throw new ElectionFileError(file, { line }, `${words} is ${shown(text)}, not a whole number`, 'write digits only');
}

function refuseEmptyName(file: string, line: number, number: string, name: string): void {
  if (name !== '') return;
  throw new ElectionFileError(file, { line }, `alternative ${number} has no name`, 'write its name on this line');
}
