import { SeededRandom } from '../fault/seeded-random.ts';

/** First and last names spread like people's: a few are common, most are rare. */
const FIRST = [
  ...['Anna', 'Maria', 'Jürgen', 'Peter', 'Jan', 'Sofia', 'Lukas', 'Zoë', 'Thomas', 'Michał', 'Élodie', 'José'],
  ...['Andreas', 'Birgit', 'Claudia', 'Dieter', 'Emma', 'Felix', 'Greta', 'Hannah', 'Ingrid', 'Jonas', 'Katharina'],
  ...['Leonie', 'Marlene', 'Niklas', 'Oskar', 'Paula', 'Quirin', 'Rosa', 'Søren', 'Theresa', 'Ulrike', 'Valentin'],
];
const SYLLABLES = [
  ...[
    'ber',
    'dorf',
    'fel',
    'gen',
    'hau',
    'kel',
    'lan',
    'mei',
    'mül',
    'ner',
    'pet',
    'rich',
    'sen',
    'schu',
    'tho',
    'wal',
  ],
  ...[
    'wer',
    'win',
    'zie',
    'stein',
    'berg',
    'mann',
    'feld',
    'hoff',
    'bach',
    'ko',
    'wal',
    'ski',
    'nie',
    'dö',
    'rö',
    'ster',
  ],
];

export interface Person {
  readonly number: string;
  readonly name: string;
  readonly first: string;
  readonly last: string;
  readonly email: string;
}

/** The same people for the same seed. Small numbers come up more often, so that some names are common. */
export function makePeople(count: number, seed: string, firstNumber = 1): Person[] {
  const random = new SeededRandom('members', seed);
  const skewed = (below: number) => Math.floor((random.word() / 2 ** 32) * (random.word() / 2 ** 32) * below);
  const pick = (list: readonly string[]) => list[skewed(list.length)] ?? '';
  return Array.from({ length: count }, (_, i) => {
    const first = pick(FIRST);
    const syllables = Array.from({ length: 2 + (random.word() % 2) }, () => pick(SYLLABLES)).join('');
    const last = syllables.charAt(0).toUpperCase() + syllables.slice(1);
    const number = String(firstNumber + i);
    return { number, first, last, name: `${first} ${last}`, email: `mail${number}@${last.length}.club.example` };
  });
}
