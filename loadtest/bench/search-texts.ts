import { SeededRandom } from '../fault/seeded-random.ts';

/** Words that titles of associations and councils share, of four languages; what is rare comes from the syllables. */
const COMMON = [
  ...['Haushalt', 'Satzung', 'Änderung', 'Wahl', 'Vorstand', 'Antrag', 'Beitrag', 'Erhöhung', 'Entlastung', 'Bericht'],
  ...['Sanierung', 'Spielplatz', 'Radweg', 'Schule', 'Bücherei', 'Verkehr', 'Grünfläche', 'Sitzbänke', 'Beleuchtung'],
  ...[
    'budget',
    'election',
    'president',
    'treasurer',
    'amendment',
    'statutes',
    'benches',
    'library',
    'bicycle',
    'racks',
  ],
  ...[
    'playground',
    'renovation',
    'lighting',
    'station',
    'school',
    'garden',
    'water',
    'traffic',
    'assembly',
    'committee',
  ],
  ...['presupuesto', 'votación', 'asociación', 'elección', 'presidencia', 'parque', 'escuela', 'biblioteca', 'jardín'],
  ...[
    'głosowanie',
    'budżet',
    'obywatelski',
    'wybory',
    'szkoła',
    'biblioteka',
    'ścieżka',
    'rowerowa',
    'zieleń',
    'remont',
  ],
];
const SYLLABLES = [
  ...['ber', 'dor', 'fel', 'gen', 'hau', 'kel', 'lan', 'mei', 'mul', 'ner', 'pet', 'ric', 'sen', 'schu', 'tho', 'wal'],
  ...['wer', 'win', 'zie', 'ste', 'ka', 'mo', 'ra', 'ti', 'vo', 'lo', 'pra', 'sku', 'niw', 'oz', 'ia', 'ent'],
];
const SMALL = ['der', 'die', 'für', 'und', 'the', 'of', 'for', 'and', 'de', 'la', 'para', 'w', 'na', 'i'];
/** Mandelbrot's constant of Zipf's law: the commonest word of meaning stands in some 10 % of such texts, not in all. */
const HEAD = 50;
/** Rare words that all texts together have. */
const RARE_WORDS = 40_000;

export interface Text {
  readonly title: string;
  readonly body: string;
}

/** The same texts for the same seed: 4 to 8 words of a title, 15 to 40 of a text, of which the commonest stand in a tenth of them all. */
export class TextMaker {
  readonly #random: SeededRandom;
  readonly #rare: readonly string[];

  constructor(seed: string) {
    this.#random = new SeededRandom('search texts', seed);
    const words = new SeededRandom('search words');
    this.#rare = Array.from({ length: RARE_WORDS }, () =>
      Array.from({ length: 2 + (words.word() % 3) }, () => SYLLABLES[words.word() % SYLLABLES.length]).join(''),
    );
  }

  text(): Text {
    return { title: this.#words(4, 8), body: this.#words(15, 40) };
  }

  #words(min: number, max: number): string {
    const words = Array.from({ length: this.#random.int(min, max) }, () => this.#word());
    return words.join(' ');
  }

  #word(): string {
    const kind = this.#random.int(1, 10);
    if (kind <= 3) return SMALL[this.#random.int(0, SMALL.length - 1)] ?? '';
    if (kind === 4) return COMMON[this.#skewed(COMMON.length)] ?? '';
    return this.#rare[this.#skewed(RARE_WORDS)] ?? '';
  }

  /** The n-th as often as 1/(n + 50): as in language, once its small words are set aside. */
  #skewed(below: number): number {
    return Math.floor(HEAD * ((below + HEAD) / HEAD) ** (this.#random.word() / 2 ** 32)) - HEAD;
  }
}

/** A letter left out, doubled, another, or exchanged with the next; the first one stays. */
export function misspelt(word: string, random: SeededRandom): string {
  const at = random.int(1, Math.max(1, word.length - 2));
  const before = word.slice(0, at);
  switch (random.int(0, 3)) {
    case 0:
      return before + word.slice(at + 1);
    case 1:
      return before + word.slice(at - 1);
    case 2:
      return `${before}x${word.slice(at + 1)}`;
    default:
      return (
        before +
        word
          .slice(at, at + 2)
          .split('')
          .reverse()
          .join('') +
        word.slice(at + 2)
      );
  }
}

export const wordsIn = (text: string) => text.split(' ').filter((word) => word.length > 3);
