import { wordsOf } from './words.ts';

/** Sequences of three letters in the words of a text, as pg_trgm cuts them. */
function trigrams(text: string): Set<string> {
  const found = new Set<string>();
  for (const { word } of wordsOf(text)) {
    const padded = `  ${word} `;
    for (let i = 0; i + 3 <= padded.length; i += 1) found.add(padded.slice(i, i + 3));
  }
  return found;
}

/** How alike two titles are: 0 (nothing in common) to 1 (the same words). A title that is being typed counts as what it has so far. */
export function likeness(typed: string, title: string): number {
  const a = trigrams(typed);
  const b = trigrams(title);
  if (a.size === 0 || b.size === 0) return 0;
  const common = [...a].filter((three) => b.has(three)).length;
  // the share of all, and of what is typed so far: a beginning should find what it may become
  return Math.max(common / (a.size + b.size - common), (0.8 * common) / a.size);
}
