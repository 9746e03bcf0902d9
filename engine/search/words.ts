/** A word of a text: as it is compared, and as it was written. */
export interface Word {
  readonly word: string;
  readonly raw: string;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** Longer ones are no words of a language. */
const WORD_MAX_CHARACTERS = 64;
/** What tsvector keeps of one word, and the last position it knows. */
const POSITIONS_MAX = 16;
const POSITION_MAX = 16_383;

/** Letters that decomposition leaves whole. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};
const WHOLE = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/**
 * A word as searches compare it: small letters, no accents, and German umlauts alike however they are written (Müller,
 * Mueller, Muller). The last rule is that of Lucene's german_normalization, so both search engines take the same words for
 * the same.
 */
export function foldWord(raw: string): string {
  const plain = raw
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(WHOLE, (letter) => LETTERS[letter] ?? letter);
  return plain.replaceAll(/ae|oe|(?<![aeiouq])ue/g, (pair) => pair.charAt(0)).slice(0, WORD_MAX_CHARACTERS);
}

/** The words of a text in their order. */
export function wordsOf(text: string): Word[] {
  return Array.from(text.normalize('NFC').matchAll(WORD), ([raw]) => ({ word: foldWord(raw), raw })).filter(
    ({ word }) => word !== '',
  );
}

/** Where the words of a text stand, for marking them. */
export function placesOf(text: string): { readonly word: string; readonly start: number; readonly end: number }[] {
  return Array.from(text.matchAll(WORD), (match) => ({
    word: foldWord(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * Title and body as PostgreSQL's tsvector reads them, with weights A and B, and their words, each once.
 * Words are letters and digits alone, so nothing in them needs an escape.
 */
export function lexemesOf(
  title: string,
  body: string,
): { readonly lexemes: string; readonly title_lexemes: string; readonly words: string[] } {
  const positions = new Map<string, string[]>();
  let position = 0;
  const add = (text: string, weight: 'A' | 'B') => {
    for (const { word } of wordsOf(text)) {
      position = Math.min(position + 1, POSITION_MAX);
      const at = positions.get(word) ?? [];
      if (at.length < POSITIONS_MAX) at.push(`${position}${weight}`);
      positions.set(word, at);
    }
  };
  const written = () => Array.from(positions, ([word, at]) => `'${word}':${at.join(',')}`).join(' ');
  add(title, 'A');
  const title_lexemes = written();
  add(body, 'B');
  return { lexemes: written(), title_lexemes, words: [...positions.keys()].sort() };
}
