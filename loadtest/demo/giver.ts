import { PsephosError } from '../../client/index.ts';
import type { RunCampaign } from '../campaigns/campaign.ts';
import type { Participant } from '../campaigns/ground.ts';
import { type Move, type Place, Purse } from '../campaigns/purse.ts';
import type { SeededRandom } from '../fault/seeded-random.ts';
import type { CampaignFigures } from './campaign-figures.ts';
import type { Clock } from './clock.ts';

/** Of a hundred decisions so many are second thoughts. */
const HABITS = { moves: 0.25, takesBack: 0.12, rests: 0.2 } as const;
/** A person taps no faster, and looks at the board in between. */
const THINKING_MS = { min: 1_200, max: 9_000 } as const;

export interface GiverParts {
  readonly place: Place;
  readonly campaign: RunCampaign;
  readonly person: Participant;
  /** points that a voter of the file gave, by option */
  readonly wishes: ReadonlyMap<string, number>;
  /** option -> idea */
  readonly ideaOf: ReadonlyMap<string, string>;
  readonly random: SeededRandom;
  readonly clock: Clock;
  readonly figures: CampaignFigures;
  /** so long a person thinks at most; less than usual in a short demo */
  readonly thinkMaxMs: number;
}

/** One simulated person with a purse: joins, gives what a real voter gave, has second thoughts, and stays to the end. */
export class Giver {
  readonly #parts: GiverParts;
  /** coins of this person by idea, as acknowledged */
  readonly #placed = new Map<string, number>();
  #purse: Purse | undefined;

  constructor(parts: GiverParts) {
    this.#parts = parts;
  }

  /** Resolves when the demo is over. A refusal is counted and ends this person's part in it. */
  async takePart(): Promise<void> {
    const { campaign, place, person, clock, figures } = this.#parts;
    try {
      await campaign.join(person);
      figures.joined += 1;
      this.#purse = await Purse.open(place, person);
      figures.here += 1;
      while (!clock.isOver) {
        await clock.pause(this.#thinkingMs());
        if (!clock.isOver) await this.#act(this.#purse);
      }
    } catch (error) {
      if (!clock.isOver) figures.refused(error instanceof PsephosError ? error.code : 'UNKNOWN');
    }
  }

  leave(): void {
    if (this.#purse === undefined) return;
    this.#purse.close();
    this.#purse = undefined;
    this.#parts.figures.here -= 1;
  }

  async #act(purse: Purse): Promise<void> {
    const { random, figures } = this.#parts;
    if (random.chance(HABITS.rests)) return;
    const move = this.#decide();
    if (move === null) return;
    figures.acknowledged(await purse.move(move));
    if (move.from !== undefined) this.#place(move.from, -move.amount);
    if (move.to !== undefined) this.#place(move.to, move.amount);
    if (move.from === undefined) figures.given += 1;
    else if (move.to === undefined) figures.takenBack += 1;
    else figures.moved += 1;
  }

  /** What was wished for and not given yet, a few coins at a time; or a second thought; null: content with how it is. */
  #decide(): Move | null {
    const { wishes, ideaOf, random } = this.#parts;
    const held = [...this.#placed.keys()];
    if (held.length > 0) {
      const from = random.pick(held);
      const amount = random.int(1, this.#placed.get(from) as number);
      const others = [...ideaOf.values()].filter((idea) => idea !== from);
      if (others.length > 0 && random.chance(HABITS.moves)) return { from, to: random.pick(others), amount };
      if (random.chance(HABITS.takesBack)) return { from, amount };
    }
    const inPurse = total(wishes.values()) - total(this.#placed.values());
    const wanted = [...wishes].flatMap(([option, points]) => {
      const idea = ideaOf.get(option);
      const open = idea === undefined ? 0 : Math.min(inPurse, points - (this.#placed.get(idea) ?? 0));
      return open > 0 ? [{ to: idea as string, open }] : [];
    });
    if (wanted.length === 0) return null;
    const { to, open } = random.pick(wanted);
    return { to, amount: random.int(1, open) };
  }

  #place(idea: string, change: number): void {
    const now = (this.#placed.get(idea) ?? 0) + change;
    if (now === 0) this.#placed.delete(idea);
    else this.#placed.set(idea, now);
    this.#parts.figures.coins += change;
  }

  #thinkingMs(): number {
    const { random, thinkMaxMs } = this.#parts;
    const most = Math.min(THINKING_MS.max, thinkMaxMs);
    return random.int(Math.round(Math.min(THINKING_MS.min, most / 2)), Math.round(most));
  }
}

function total(amounts: Iterable<number>): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum;
}
