import type { Contest } from './contest.ts';

/** A group of people who have given the same coins: what one of them has left of the share. */
interface Purse {
  readonly people: bigint;
  left: bigint;
  /** by how much `left` grows when every share grows by one unit and all decisions stay the same; kept up while it matters */
  growth: bigint;
  /** purchases that `left` is scaled for */
  scaledFor: number;
}

interface Backer {
  readonly purse: Purse;
  /** coins of one of them on the idea, in both of their types */
  readonly coins: bigint;
  readonly given: number;
}

/** Who has given what to what, made once for many runs. */
export interface Field {
  readonly people: bigint;
  readonly purses: readonly Purse[];
  readonly backed: readonly {
    readonly idea: number;
    readonly cost: bigint;
    readonly backers: readonly Backer[];
    readonly coins: bigint;
  }[];
}

/** Ideas that have a cost and coins, and the purses behind them. */
export function fieldOf({ ideas, givings }: Contest): Field {
  const backers = ideas.map((): Backer[] => []);
  const purses = givings.map((giving) => {
    const purse = { people: BigInt(giving.people), left: 0n, growth: 0n, scaledFor: 0 };
    for (const [at, idea] of giving.ideas.entries()) {
      const given = giving.coins[at] as number;
      backers[idea]?.push({ purse, coins: BigInt(given), given });
    }
    return purse;
  });
  const backed = ideas.flatMap(({ cost }, idea) => {
    const all = backers[idea] as Backer[];
    if (cost === null || all.length === 0) return [];
    const coins = all.reduce((sum, { purse, coins }) => sum + purse.people * coins, 0n);
    return [{ idea, cost: BigInt(cost), backers: all, coins }];
  });
  return { people: purses.reduce((sum, { people }) => sum + people, 0n), purses, backed };
}

/** What an idea costs its backers a coin: amount / parts, scaled as the purses are. parts: coins that can still pay it in full. */
interface Price {
  amount: bigint;
  growth: bigint;
  parts: bigint;
  scaledFor: number;
}

/** An idea that is still for sale. */
export interface Offer {
  readonly idea: number;
  readonly cost: bigint;
  /** who can pay the price for each of their coins */
  able: Backer[];
  /** who cannot, and pay what they have left */
  readonly short: Backer[];
  /** of some round before at the latest, which the present one is not below: prices never fall */
  price: Price;
}

/** More steps than any result is looked for. */
const NO_BOUND = 10n ** 18n;

/**
 * The people's shares of a budget while ideas are bought with them, exact: every amount is a whole number of 1/scale units,
 * and the scale grows with each purchase. Beside each amount goes its growth with the share, from which `steady` follows:
 * by how many units each share could be larger without any decision being another one.
 */
export class Shares {
  readonly offers: Offer[];
  /** so many units more a share, and all that was decided here is decided in the same way */
  steady = NO_BOUND;
  readonly #factors: bigint[] = [];
  /** since[v]: what brings an amount that is scaled for v purchases to the present scale */
  #since: bigint[] = [1n];
  #scale: bigint;

  /**
   * Begins a run; the purses of the field belong to it until the next one begins.
   * @param raise units by which each share is larger than an equal part of the budget
   */
  constructor({ people, purses, backed }: Field, budget: number, raise: bigint) {
    this.#scale = people;
    const share = BigInt(budget) + people * raise;
    for (const purse of purses) {
      purse.left = share;
      purse.growth = people;
      purse.scaledFor = 0;
    }
    this.offers = backed.map(({ idea, cost, backers, coins }) => {
      const price = { amount: cost * people, growth: 0n, parts: coins, scaledFor: 0 };
      return { idea, cost, able: [...backers], short: [], price };
    });
  }

  /**
   * Finds the price at which the backers of an idea can pay it: the smallest one at which those who have less than the price
   * for their coins pay all that they have, and the others the price. False where they cannot pay it together.
   */
  quote(offer: Offer): boolean {
    const price = this.#priceNow(offer);
    offer.price = price;
    for (;;) {
      const before = offer.able.length;
      const due = duesAt(price); // of this round: whoever turns out to be short makes it dearer for the others
      offer.able = offer.able.filter((backer) => {
        const { purse, coins } = backer;
        if (this.#bring(purse).left >= due(backer)) return true;
        offer.short.push(backer);
        price.amount -= purse.people * purse.left;
        price.growth -= purse.people * purse.growth;
        price.parts -= purse.people * coins;
        return false;
      });
      if (offer.able.length === 0) {
        this.#keepShort(price);
        return false;
      }
      if (offer.able.length === before) {
        this.#keepPrice(offer);
        return true;
      }
    }
  }

  /** Below zero where the first is cheaper a coin, by the prices last quoted. */
  compare(one: Offer, other: Offer): number {
    const [a, b] = [this.#present(one.price), this.#present(other.price)];
    const difference = a.amount * b.parts - b.amount * a.parts;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  /** Notes that `cheaper` was found below `dearer`: for how long that stays so. */
  keepOrder(cheaper: Offer, dearer: Offer): void {
    if (this.steady === 0n) return;
    const [a, b] = [this.#present(cheaper.price), this.#present(dearer.price)];
    this.#keep(b.amount * a.parts - a.amount * b.parts - 1n, b.growth * a.parts - a.growth * b.parts);
  }

  /** Notes that two were level: a share of one unit more may end that. */
  keepLevel(one: Offer, other: Offer): void {
    const [a, b] = [this.#present(one.price), this.#present(other.price)];
    if (b.growth * a.parts !== a.growth * b.parts) this.steady = 0n;
  }

  /** The backers pay for the idea at the price that was quoted now. Answers that price: units of money a coin. */
  buy(offer: Offer): { readonly amount: bigint; readonly parts: bigint } {
    const { amount, growth, parts } = this.#present(offer.price);
    const common = commonDivisor(commonDivisor(amount, parts), growth);
    const [cut, cutGrowth, factor] = [amount / common, growth / common, parts / common];
    const whole = commonDivisor(amount, parts * this.#scale);
    const paid = { amount: amount / whole, parts: (parts * this.#scale) / whole };
    const next = this.#factors.length + 1;
    for (const { purse, coins } of offer.able) {
      this.#bring(purse);
      purse.left = purse.left * factor - cut * coins;
      if (this.steady > 0n) purse.growth = purse.growth * factor - cutGrowth * coins;
      purse.scaledFor = next;
    }
    for (const { purse } of offer.short) {
      purse.left = 0n;
      purse.growth = 0n;
      purse.scaledFor = next;
    }
    this.#scale *= factor;
    this.#factors.push(factor);
    this.#since = [];
    this.#since[next] = 1n;
    return paid;
  }

  #priceNow({ cost, short, price: { parts } }: Offer): Price {
    let amount = cost * this.#scale;
    let growth = 0n;
    for (const { purse } of short) {
      if (purse.left === 0n && purse.growth === 0n) continue; // all of it was spent
      const { left, growth: more } = this.#bring(purse);
      amount -= purse.people * left;
      growth -= purse.people * more;
    }
    return { amount, growth, parts, scaledFor: this.#factors.length };
  }

  /** What is missing when all have paid all that they have. */
  #keepShort({ amount, growth }: Price): void {
    this.#keep(amount - 1n, growth);
  }

  #keepPrice({ able, short, price }: Offer): void {
    for (const { purse, coins } of able) {
      if (this.steady === 0n) return;
      this.#keep(purse.left * price.parts - price.amount * coins, purse.growth * price.parts - price.growth * coins);
    }
    for (const { purse, coins } of short) {
      if (this.steady === 0n) return;
      this.#keep(price.amount * coins - purse.left * price.parts, price.growth * coins - purse.growth * price.parts);
    }
  }

  /** What is not below zero now, and changes by `growth` a unit, must not come below zero. */
  #keep(value: bigint, growth: bigint): void {
    if (this.steady > 0n && growth < 0n && value + growth * this.steady < 0n) this.steady = value / -growth;
  }

  #bring(purse: Purse): Purse {
    const now = this.#factors.length;
    if (purse.scaledFor !== now) {
      const factor = this.#factorSince(purse.scaledFor);
      purse.left *= factor;
      if (this.steady > 0n) purse.growth *= factor;
      purse.scaledFor = now;
    }
    return purse;
  }

  #present(price: Price): Price {
    const now = this.#factors.length;
    if (price.scaledFor !== now) {
      const factor = this.#factorSince(price.scaledFor);
      price.amount *= factor;
      price.growth *= factor;
      price.scaledFor = now;
    }
    return price;
  }

  #factorSince(purchases: number): bigint {
    let factor = this.#since[purchases];
    if (factor === undefined) {
      factor = this.#factorSince(purchases + 1) * (this.#factors[purchases] as bigint);
      this.#since[purchases] = factor;
    }
    return factor;
  }
}

/** What somebody has to have left, at least, to pay a price for so many coins: amount x coins / parts, rounded up. */
function duesAt({ amount, parts }: Price): (backer: Backer) => bigint {
  const known = new Map<number, bigint>();
  return ({ given, coins }) => {
    let due = known.get(given);
    if (due === undefined) {
      due = (amount * coins + parts - 1n) / parts;
      known.set(given, due);
    }
    return due;
  };
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
