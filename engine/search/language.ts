import type { SearchLanguage } from './document.ts';
import { foldWord, type Word, wordsOf } from './words.ts';

/** Words that nearly every sentence of a language has and few of the others': they tell it, and say nothing themselves. */
const SMALL_WORDS: Readonly<Record<SearchLanguage, string>> = {
  en: 'the a an and or of to in on for with by from at is are be was were this that these it its as we our you your not shall should will',
  de: 'der die das den dem des ein eine einen einem einer eines und oder von vom zu zum zur im am für mit bei aus auf ist sind wird werden wir unser unsere nicht sowie über nach als dass soll sollen',
  es: 'el la los las un una unos unas y o de del en con por para al es son ser este esta estos estas que se su sus lo nuestro nuestra sobre entre debe',
  pl: 'i oraz lub w we z ze na do od dla o u przy po za przez jest są być nie się to ten ta te tego tej który która które jak nasz nasza czy pod nad',
};

/** Letters that only one of the four languages has. */
const LETTERS: readonly (readonly [RegExp, SearchLanguage])[] = [
  [/[äöüß]/i, 'de'],
  [/[ñ¿¡áíú]/i, 'es'],
  [/[ąćęłńśźż]/i, 'pl'],
];

const TOLD_BY = new Map<string, SearchLanguage[]>();
for (const [language, words] of Object.entries(SMALL_WORDS) as [SearchLanguage, string][]) {
  for (const word of new Set(words.split(' ').map(foldWord))) {
    TOLD_BY.set(word, [...(TOLD_BY.get(word) ?? []), language]);
  }
}

/** Which of the languages a text is in: that of its small words and letters, else the one of its organisation. */
export function languageOf(text: string, locale: string): SearchLanguage {
  const points: Record<SearchLanguage, number> = { en: 0, de: 0, es: 0, pl: 0 };
  for (const { word } of wordsOf(text)) {
    for (const language of TOLD_BY.get(word) ?? []) points[language] += 1;
  }
  for (const [letters, language] of LETTERS) if (letters.test(text)) points[language] += 2;
  const [best, second] = (Object.entries(points) as [SearchLanguage, number][]).sort((a, b) => b[1] - a[1]);
  if (best !== undefined && best[1] > (second?.[1] ?? 0)) return best[0];
  return locale === 'de' ? 'de' : 'en';
}

/** The words of a question that say something: small words are passed over, unless there are no others. */
export function tellingWords(text: string, maxWords: number): Word[] {
  const all = [...new Map(wordsOf(text).map((word) => [word.word, word])).values()];
  const telling = all.filter(({ word }) => !TOLD_BY.has(word));
  return (telling.length > 0 ? telling : all).slice(0, maxWords);
}
