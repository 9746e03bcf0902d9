import { SeededRandom } from '../fault/seeded-random.ts';

const FIRST =
  'Ada Amir Anna Ben Bruno Carla Chen Clara David Dilek Elena Emil Eva Fatima Felix Finn Grace Hanna Hugo Ines Ivan Jana Jonas Julia Karim Lara Leo Lena Luca Maja Mara Mats Mia Milan Nadia Nils Nora Olga Omar Paul Petra Rahel Rosa Samir Sofia Theo Tuva Vera Yara Zoe';
const LAST =
  'Adler Bauer Berg Bianchi Brandt Costa Demir Dubois Eriksen Falk Fischer Garcia Haas Horvat Ivanova Jansen Kaya Keller Kim Klein Kovac Krause Lang Larsen Lind Lopez Maier Marino Moreau Nagy Novak Okafor Olsen Petrov Popescu Reyes Rossi Sato Schmid Silva Sokolov Tanaka Vogel Wagner Weber Wolf Yilmaz Zimmer';

/** A name for each person, the same for the same seed; two may share one, as in life. */
export function nameOf(seed: number, person: number): string {
  const random = new SeededRandom(seed, 'name', person);
  return `${random.pick(FIRST.split(' '))} ${random.pick(LAST.split(' '))}`;
}
