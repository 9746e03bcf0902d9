import type { FieldSentence } from '../../../protocol/field-problems.ts';
import { limits } from '../../limits.ts';
import type { BallotProblem, Contest, Encoded } from './method.ts';

/** Enough to mend a ballot by; a hostile one of thousands of keys must not buy an answer larger than itself. */
const PROBLEMS_MAX = 16;
const SHOWN_KEY_CHARACTERS = 40;

export class Problems {
  readonly list: BallotProblem[] = [];

  get full(): boolean {
    return this.list.length >= PROBLEMS_MAX;
  }

  add(path: string, problem: FieldSentence): void {
    if (!this.full) this.list.push({ path, problem });
  }

  refusal(): Encoded {
    return { ok: false, problems: this.list };
  }
}

export function accepted(ballot: string): Encoded {
  return { ok: true, ballot };
}

/** `field.key` for a problem; the key is the voter's own text, so it is shortened. */
function keyPath(field: string, key: string): string {
  return `${field}.${key.length > SHOWN_KEY_CHARACTERS ? `${key.slice(0, SHOWN_KEY_CHARACTERS)}…` : key}`;
}

/** The value of a ballot's one field; whatever else is wrong with the ballot is added to `problems`. */
export function onlyField(ballot: unknown, field: string, problems: Problems): unknown {
  if (typeof ballot !== 'object' || ballot === null || Array.isArray(ballot)) {
    problems.add('', `the ballot is not an object with the field ${field}`);
    return undefined;
  }
  let value: unknown;
  let found = false;
  for (const key of Object.keys(ballot)) {
    if (key === field) {
      value = (ballot as Record<string, unknown>)[key];
      found = true;
    } else {
      problems.add(keyPath('', key).slice(1), 'unknown field');
      if (problems.full) return undefined;
    }
  }
  if (!found) problems.add(field, 'missing');
  return value;
}

/** Reads one value of a ballot: the number it stands for, or what is wrong with it. */
export type ReadValue = (value: unknown) => number | FieldSentence;

export function wholeNumber(min: number, max: number): ReadValue {
  return (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return 'not a whole number';
    if (value < min) return `less than ${min}`;
    if (value > max) return `more than ${max}`;
    return value;
  };
}

/** An object of option id -> value as numbers by option position; undefined where the ballot says nothing. */
export function readValues(
  contest: Contest,
  ballot: unknown,
  field: string,
  read: ReadValue,
  problems: Problems,
): (number | undefined)[] {
  const values = new Array<number | undefined>(contest.options.length).fill(undefined);
  const given = onlyField(ballot, field, problems);
  if (problems.list.length > 0) return values;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    problems.add(field, 'not an object of option ids');
    return values;
  }
  for (const key of Object.keys(given)) {
    const position = contest.position.get(key);
    if (position === undefined) {
      problems.add(keyPath(field, key), 'no such option');
    } else {
      const value = read((given as Record<string, unknown>)[key]);
      if (typeof value === 'string') problems.add(keyPath(field, key), value);
      else values[position] = value;
    }
    if (problems.full) break;
  }
  return values;
}

/** '0:5,3:-1': position:value of every option that has one, by position. */
export function pairsText(values: readonly (number | undefined)[]): string {
  let text = '';
  for (let position = 0; position < values.length; position++) {
    const value = values[position];
    if (value !== undefined) text += `${text === '' ? '' : ','}${position}:${value}`;
  }
  return text;
}

/** The inverse of pairsText: [position, value] of every pair. */
export function parsePairs(text: string): [number, number][] {
  if (text === '') return [];
  return text.split(',').map((pair) => {
    const colon = pair.indexOf(':');
    return [Number(pair.slice(0, colon)), Number(pair.slice(colon + 1))];
  });
}

/** Pairs as an object of option id -> what `show` makes of the value. */
export function pairsObject<T>(contest: Contest, text: string, show: (value: number) => T): Record<string, T> {
  return Object.fromEntries(parsePairs(text).map(([position, value]) => [optionIdAt(contest, position), show(value)]));
}

export function optionIdAt(contest: Contest, position: number): string {
  const option = contest.options[position];
  if (option === undefined) throw new Error(`canonical ballot names option ${position} of ${contest.options.length}`);
  return option.id;
}

/**
 * Refuses, before any ballot is cast, an election whose longest canonical ballot would not be stored:
 * `entries` options, each as its position and `extraCharacters` more.
 */
export function checkLength(contest: Contest, entries: number, extraCharacters: number): BallotProblem[] {
  let characters = 0;
  const options = contest.options.length;
  for (let position = Math.max(0, options - entries); position < options; position++) {
    characters += String(position).length + extraCharacters;
  }
  return characters <= limits.ballotMaxCharacters
    ? []
    : [{ path: 'options', problem: `a ballot could need ${characters} of ${limits.ballotMaxCharacters} characters` }];
}
