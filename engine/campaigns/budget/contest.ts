/** An idea as the rules see it. */
export interface Contender {
  readonly id: string;
  /** whole units of the budget's currency; null: not known, so that a budget cannot pay for it */
  readonly cost: number | null;
  /** milliseconds since 1970 */
  readonly submittedMs: number;
}

/** So many people who have each given just these coins. */
export interface Giving {
  readonly people: number;
  /** positions in `ideas`, each once */
  readonly ideas: readonly number[];
  /** coins of one of these people on each of them, 1 or more */
  readonly coins: readonly number[];
}

/** All that a result follows from. */
export interface Contest {
  /** whole units; null where no budget is spent */
  readonly budget: number | null;
  readonly ideas: readonly Contender[];
  readonly givings: readonly Giving[];
}

/** What lies on an idea. votes: the sum of the whole roots of each giver's coins, as a quadratic campaign counts. */
export interface Total {
  readonly coins: number;
  readonly givers: number;
  readonly votes: number;
}

/** What a rule comes to; ideas by their position. */
export interface RuleResult {
  /** in the order in which they were chosen */
  readonly winners: readonly number[];
  /** ideas that were level with another one when the documented rule chose between them */
  readonly ties: ReadonlySet<number>;
  /** how money that was left over was spent, in words; null where the rule has no such part */
  readonly completion: string | null;
}

/** Chooses the ideas that a budget pays for. */
export type BudgetRule = (contest: Contest & { readonly budget: number }, totals: readonly Total[]) => RuleResult;

/** Coins, givers and votes of each idea, in the order of `ideas`. Whole numbers far below 2^53. */
export function totalsOf({ ideas, givings }: Contest): Total[] {
  const totals = ideas.map(() => ({ coins: 0, givers: 0, votes: 0 }));
  for (const { people, ideas: given, coins } of givings) {
    given.forEach((idea, at) => {
      const total = totals[idea] as (typeof totals)[number];
      const amount = coins[at] as number;
      total.coins += people * amount;
      total.givers += people;
      total.votes += people * Math.floor(Math.sqrt(amount));
    });
  }
  return totals;
}

/**
 * The documented order of ideas that are level in what the rule looks at: more coins first, then more givers, then the
 * earlier submission, then the smaller id. It never leaves two level.
 */
export function inDocumentedOrder({ ideas }: Contest, totals: readonly Total[]): (a: number, b: number) => number {
  return (a, b) => {
    const [one, other] = [ideas[a] as Contender, ideas[b] as Contender];
    const [more, less] = [totals[a] as Total, totals[b] as Total];
    return (
      less.coins - more.coins ||
      less.givers - more.givers ||
      one.submittedMs - other.submittedMs ||
      (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
    );
  };
}
