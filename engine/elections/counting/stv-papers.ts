/** Transfer values have five decimals, further ones are cut off (Scottish Order 2007, rule 48(3)). */
const VALUE_ONE = 100_000n;

interface Paper {
  readonly ranking: readonly number[];
  /** micro-units */
  readonly weight: bigint;
  /** index in `ranking` of the option that holds the paper */
  at: number;
}

/** Papers that came to their holder in one transfer from one parcel, so that all have the same value. */
interface Parcel {
  readonly papers: readonly Paper[];
  /** micro-units, before the value is applied */
  readonly weight: bigint;
  /** of one vote on these papers, in 1/100,000 */
  readonly value: bigint;
}

/** What one transfer moved, micro-units by receiving position. */
export type Flows = ReadonlyMap<number, bigint>;

/**
 * The papers of an STV count by the option that holds them.
 * A parcel is credited with its weight times its value, cut to micro-units. Its parts are cut the same way when it is
 * passed on, so that no transfer can give out more than there was; what is cut counts as rounding loss. With whole
 * votes (or tenths of one) nothing is ever cut but the transfer values themselves.
 */
export class Papers {
  readonly #parcels: Parcel[][];

  constructor(options: number) {
    this.#parcels = Array.from({ length: options }, () => []);
  }

  /** Deals the ballots out by first preference, one parcel for each option. */
  deal(ballots: readonly { readonly ranking: readonly number[]; readonly weight: bigint }[]): Flows {
    const papers = ballots.map(({ ranking, weight }) => ({ ranking, weight, at: -1 }));
    return this.#passOn(
      [{ papers, weight: 0n, value: VALUE_ONE }],
      () => true,
      (value) => value,
    );
  }

  /** Passes on all papers of an eliminated option, each at the value at which it came. */
  releaseAll(from: number, isContinuing: (position: number) => boolean): Flows {
    return this.#passOn(this.#take(from), isContinuing, (value) => value);
  }

  /**
   * Passes on all papers of an elected option at a part of their value: surplus / total of the papers' values
   * (weighted inclusive Gregory). The total is taken before cutting, so that the parts never exceed the surplus.
   */
  releaseSurplus(from: number, surplus: bigint, isContinuing: (position: number) => boolean): Flows {
    const parcels = this.#take(from);
    const total = parcels.reduce((sum, { weight, value }) => sum + weight * value, 0n);
    return this.#passOn(parcels, isContinuing, (value) => (surplus * VALUE_ONE * value) / total);
  }

  #take(from: number): readonly Parcel[] {
    const parcels = this.#parcels[from] ?? [];
    this.#parcels[from] = [];
    return parcels;
  }

  #passOn(
    parcels: readonly Parcel[],
    isContinuing: (position: number) => boolean,
    newValue: (value: bigint) => bigint,
  ): Flows {
    const flows = new Map<number, bigint>();
    for (const parcel of parcels) {
      const value = newValue(parcel.value);
      for (const [to, papers] of sortByNext(parcel.papers, isContinuing)) {
        const weight = papers.reduce((sum, paper) => sum + paper.weight, 0n);
        this.#parcels[to]?.push({ papers, weight, value });
        flows.set(to, (flows.get(to) ?? 0n) + (weight * value) / VALUE_ONE);
      }
    }
    return flows;
  }
}

/** Papers by their next continuing preference; those without one are left out. */
function sortByNext(papers: readonly Paper[], isContinuing: (position: number) => boolean): Map<number, Paper[]> {
  const piles = new Map<number, Paper[]>();
  for (const paper of papers) {
    let next: number | undefined;
    do {
      paper.at++;
      next = paper.ranking[paper.at];
    } while (next !== undefined && !isContinuing(next));
    if (next === undefined) continue;
    const pile = piles.get(next);
    if (pile === undefined) piles.set(next, [paper]);
    else pile.push(paper);
  }
  return piles;
}
