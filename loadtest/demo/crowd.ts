import type { PsephosError, PsephosHttp } from '../../client/index.ts';
import { SeededRandom } from '../fault/seeded-random.ts';
import { Attendee } from './attendee.ts';
import type { Clock } from './clock.ts';
import type { Figures } from './figures.ts';
import { nameOf } from './names.ts';
import { Preferences } from './preferences.ts';

/** Shares of the crowd by when they come, of the time that the doors take: the punctual, the many, the late. */
const WAVES = [
  { share: 0.3, from: 0, to: 0.25 },
  { share: 0.55, from: 0.35, to: 0.7 },
  { share: 0.15, from: 0.75, to: 1 },
] as const;

export interface CrowdOptions {
  readonly httpUrl: string;
  readonly joinCode: string;
  readonly attendees: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly figures: Figures;
  /** within this time everybody has come */
  readonly doorsMs: number;
  readonly thinkMaxMs: number;
}

/** Everybody with a phone. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #people: Attendee[] = [];
  /** why people are missing who came to the door */
  readonly turnedAway: string[] = [];

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  /** Resolves when everybody has come in, or was turned away. */
  async arrive(): Promise<void> {
    const { attendees, doorsMs, clock, seed } = this.#options;
    const arrivals = Array.from({ length: attendees }, async (_, person) => {
      const random = new SeededRandom(seed, 'person', person);
      await clock.pause(arrivalShare(random) * doorsMs);
      if (clock.isOver) return;
      const someone = this.#person(person, random);
      this.#people.push(someone);
      await someone.attend().catch(({ code, message }: PsephosError) => clock.isOver || this.#sendAway(code, message));
    });
    await Promise.all(arrivals);
  }

  /** Somebody who is here, for what one person does alone. */
  someone(random: SeededRandom): PsephosHttp | undefined {
    return this.#people.length === 0 ? undefined : random.pick(this.#people).http;
  }

  leave(): void {
    for (const person of this.#people) person.leave();
  }

  #sendAway(code: string, message: string): void {
    this.turnedAway.push(`${message} (${code})`);
  }

  #person(person: number, random: SeededRandom): Attendee {
    const { httpUrl, joinCode, clock, figures, thinkMaxMs, seed } = this.#options;
    return new Attendee({
      ...{ httpUrl, joinCode, random, clock, thinkMaxMs },
      name: nameOf(seed, person),
      preferences: new Preferences(seed, person),
      log: figures,
    });
  }
}

function arrivalShare(random: SeededRandom): number {
  let die = random.int(0, 999) / 1_000;
  for (const { share, from, to } of WAVES) {
    if (die < share) return from + (die / share) * (to - from);
    die -= share;
  }
  return 1;
}
