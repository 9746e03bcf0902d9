import { z } from 'zod';
import type { FieldSentence } from './field-problems.ts';

/**
 * Why a text cannot be stored, or null. PostgreSQL has no U+0000 in text, and half a surrogate pair is not UTF-8:
 * either would fail a whole batch in the database, so both stop at the door.
 */
export function textProblem(text: string): FieldSentence | null {
  if (text.includes('\u0000')) return 'contains the character U+0000, which cannot be stored';
  if (!text.isWellFormed()) return 'contains half of a surrogate pair, which is not valid Unicode';
  return null;
}

/** Control characters that no text of people has: all of C0 and C1 but tab and line breaks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/**
 * A text that can be stored, `min` to `max` UTF-16 units long; surrounding blanks do not count. It may have several lines:
 * titles and names are plain lines (plain-line.ts).
 */
export function text(min: number, max: number) {
  return z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine((value) => textProblem(value) === null, 'contains characters that cannot be stored')
    .refine((value) => !CONTROL.test(value), 'contains a control character');
}

/** An id as the database knows it: a UUID in small letters. */
export const id = z.uuid().toLowerCase();

/** A moment in UTC or with an offset, e.g. 2026-11-21T18:00:00Z. */
export const moment = z.iso.datetime({ offset: true, abort: true });

const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
const LATEST = Date.parse('9000-01-01T00:00:00Z');

/** A moment that a person sets: of this age, since databases and calendars differ on the far ends of time. */
export const chosenMoment = moment.refine((text) => {
  const time = Date.parse(text);
  return time >= EARLIEST && time < LATEST;
}, 'is not between the years 2000 and 9000');
