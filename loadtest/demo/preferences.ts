import type { ElectionView } from '../../protocol/elections.ts';
import { SeededRandom } from '../fault/seeded-random.ts';

/** Camps of one meeting: who thinks alike votes alike, as people do. */
const CAMPS = [0.45, 0.35, 0.2] as const;
/** How far one person differs from the camp; camps themselves lie up to 100 apart. */
const OWN_MIND = 38;
/** Between these two a person neither likes nor dislikes a thing. */
const LUKEWARM = 8;

/** One simulated person's mind: the same seed gives the same opinions, about any election that comes up. */
export class Preferences {
  readonly #seed: number;
  readonly #person: number;
  readonly #camp: number;

  constructor(seed: number, person: number) {
    this.#seed = seed;
    this.#person = person;
    const die = new SeededRandom(seed, 'camp', person).int(1, 100) / 100;
    this.#camp = die <= CAMPS[0] ? 0 : die <= CAMPS[0] + CAMPS[1] ? 1 : 2;
  }

  /** -50 (never) to 50 (of course), and a little beyond for those who differ from their camp. */
  #liking(title: string, option: string): number {
    const camp = new SeededRandom(this.#seed, 'opinion', title, option, this.#camp).int(-50, 50);
    const own = new SeededRandom(this.#seed, 'own mind', title, option, this.#person).int(-OWN_MIND, OWN_MIND);
    return camp + own;
  }

  /** A ballot that says what this person thinks, in the form that the election's method takes. */
  ballotFor({ title, method, options }: Pick<ElectionView, 'title' | 'method' | 'options'>): unknown {
    const opinions = options
      .map(({ id }) => ({ id, liking: this.#liking(title, id) }))
      .sort((one, other) => other.liking - one.liking);
    switch (method.method) {
      case 'motion':
        return { choice: this.#choice(title) };
      case 'choose':
        return { options: marks(opinions, method.settings) };
      case 'points':
        return { points: shares(opinions, method.settings.total, method.settings.max_per_option) };
      case 'quadratic':
        return { votes: { [opinions[0]?.id ?? '']: 1 } };
      case 'score': {
        const { min, max } = method.settings;
        return { scores: Object.fromEntries(opinions.map(({ id, liking }) => [id, between(liking, min, max)])) };
      }
      case 'judgment': {
        const worst = (method.settings.grades?.length ?? 6) - 1;
        return {
          grades: Object.fromEntries(opinions.map(({ id, liking }) => [id, worst - between(liking, 0, worst)])),
        };
      }
      default:
        return { ranking: this.#ranking(title, opinions) };
    }
  }

  /** Most meetings carry most motions. */
  #choice(title: string): 'yes' | 'no' | 'abstain' {
    const liking = this.#liking(title, 'motion') + 12;
    return Math.abs(liking) < LUKEWARM / 2 ? 'abstain' : liking > 0 ? 'yes' : 'no';
  }

  /** Some rank everybody, some only whom they know; nobody ranks whom they cannot stand. */
  #ranking(title: string, opinions: readonly { id: string; liking: number }[]): string[] {
    const patience = new SeededRandom(this.#seed, 'patience', title, this.#person).int(2, opinions.length + 2);
    return opinions
      .filter(({ liking }, place) => place === 0 || (place < patience && liking > -45))
      .map(({ id }) => id);
  }
}

function marks(
  opinions: readonly { id: string; liking: number }[],
  { min, max }: { readonly min: number; readonly max: number },
): string[] {
  const liked = opinions.filter(({ liking }, place) => place < min || liking > LUKEWARM);
  return liked.slice(0, max).map(({ id }) => id);
}

/** Points in the proportion of how much one likes what one likes; what is left over goes to the first. */
function shares(
  opinions: readonly { id: string; liking: number }[],
  total: number,
  most = total,
): Record<string, number> {
  const liked = opinions.filter(({ liking }, place) => place === 0 || liking > LUKEWARM);
  const sum = liked.reduce((all, { liking }) => all + Math.max(1, liking), 0);
  const points = liked.map(
    ({ id, liking }) => [id, Math.min(most, Math.floor((total * Math.max(1, liking)) / sum))] as const,
  );
  const given = points.reduce((all, [, count]) => all + count, 0);
  return Object.fromEntries(
    points.map(([id, count], place) => [id, place === 0 ? Math.min(most, count + total - given) : count]),
  );
}

/** A liking as a whole number of a scale. */
function between(liking: number, min: number, max: number): number {
  const share = Math.min(1, Math.max(0, (liking + 60) / 120));
  return Math.round(min + share * (max - min));
}
