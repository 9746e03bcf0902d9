import { placesOf } from './words.ts';

/** A piece of a text; `hit`: it is what was searched for. */
export interface Segment {
  readonly text: string;
  readonly hit: boolean;
}

/** Around the marks of a search server: private characters that no document has (they are taken out of it). */
export const MARK_BEGIN = '\uE000';
export const MARK_END = '\uE001';
const MARKS = /[\uE000\uE001]/g;

const EXCERPT_MAX_CHARACTERS = 180;
/** Shown before the first hit. */
const LEAD_MAX_CHARACTERS = 60;
/** Endings of one word differ in so many letters at most, past so many that agree. */
const ENDING_MAX_CHARACTERS = 3;
const STEM_MIN_CHARACTERS = 4;

export function withoutMarks(text: string): string {
  return text.replaceAll(MARKS, '');
}

/** A text of a search server with its marks, in pieces. */
export function segmentsOf(marked: string): Segment[] {
  return marked
    .split(/(\uE000[^\uE001]*\uE001)/)
    .filter((piece) => piece !== '')
    .map((piece) => ({ text: withoutMarks(piece), hit: piece.startsWith(MARK_BEGIN) }));
}

function isHit(word: string, wanted: readonly string[]): boolean {
  return wanted.some((want) => {
    if (word === want || (want.length > 2 && word.startsWith(want))) return true;
    let common = 0;
    while (common < word.length && word[common] === want[common]) common += 1;
    const ending = Math.max(word.length, want.length) - common;
    return common >= STEM_MIN_CHARACTERS && ending <= ENDING_MAX_CHARACTERS;
  });
}

/** A text in pieces, its words that begin like the wanted ones or differ from them by their ending alone marked. */
export function mark(text: string, wanted: readonly string[]): Segment[] {
  const pieces: Segment[] = [];
  let from = 0;
  for (const { word, start, end } of placesOf(text)) {
    if (!isHit(word, wanted)) continue;
    if (start > from) pieces.push({ text: text.slice(from, start), hit: false });
    pieces.push({ text: text.slice(start, end), hit: true });
    from = end;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hit: false });
  return pieces;
}

/** Paragraphs, and options of a vote, apart from each other in one line. */
export function inOneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*\n\s*/g, ' · ')
    .replaceAll(/\s+/g, ' ');
}

/** The part of a text around its first hit, marked; its beginning where it has none. */
export function excerpt(text: string, wanted: readonly string[]): Segment[] {
  const plain = inOneLine(text);
  const first = placesOf(plain).find(({ word }) => isHit(word, wanted));
  let begin = Math.max(0, (first?.start ?? 0) - LEAD_MAX_CHARACTERS);
  if (begin > 0) begin = plain.indexOf(' ', begin) + 1;
  let end = Math.min(plain.length, begin + EXCERPT_MAX_CHARACTERS);
  if (end < plain.length) end = Math.max(plain.lastIndexOf(' ', end), first?.end ?? 0);
  const cut = `${begin > 0 ? '… ' : ''}${plain.slice(begin, end)}${end < plain.length ? ' …' : ''}`;
  return mark(cut, wanted);
}
