/** One movement of coins, as it was tapped: kept on this device until the gateway has answered it. */
export interface CoinAct {
  readonly requestId: string;
  /** the idea that the coins come from; null: the purse */
  readonly from: string | null;
  /** the idea that they go to; null: the purse */
  readonly to: string | null;
  /** whole coins, 1 or more */
  readonly amount: number;
  /** when it was changed last, in milliseconds since 1970 */
  readonly at: number;
  /** it was sent, and may be done: from here on it stays as it is */
  readonly sent?: boolean;
}

export type Movement = Pick<CoinAct, 'from' | 'to' | 'amount'>;

/** A purse, and where its coins lie. */
export interface PurseFigures {
  readonly available: number;
  readonly allocated: number;
  readonly expended: number;
  readonly expired: number;
  /** idea -> own coins on it; ideas without any are left out */
  readonly placed: ReadonlyMap<string, number>;
}

/** The purse as it is once these movements are done. */
export function afterMovements(figures: PurseFigures, movements: readonly Movement[]): PurseFigures {
  if (movements.length === 0) return figures;
  const placed = new Map(figures.placed);
  let { available } = figures;
  const add = (idea: string | null, coins: number) => {
    if (idea === null) available += coins;
    else placed.set(idea, (placed.get(idea) ?? 0) + coins);
  };
  for (const { from, to, amount } of movements) {
    add(from, -amount);
    add(to, amount);
  }
  for (const [idea, coins] of placed) if (coins <= 0) placed.delete(idea);
  return { ...figures, available, allocated: figures.allocated + figures.available - available, placed };
}

export function inverseOf({ from, to, amount }: Movement): Movement {
  return { from: to, to: from, amount };
}

/** What is left of a movement when another one follows at once: null where they cannot be one, 0 where nothing is left. */
export function merged(before: Movement, next: Movement): Movement | null {
  if (before.from === next.from && before.to === next.to) return { ...before, amount: before.amount + next.amount };
  if (before.from !== next.to || before.to !== next.from) return null;
  const amount = before.amount - next.amount;
  return amount >= 0 ? { ...before, amount } : { ...next, amount: -amount };
}

/** Votes that coins on an idea are worth where k of them cost k x k. */
export function votesOf(coins: number): number {
  return Math.floor(Math.sqrt(coins));
}

/**
 * Amounts that can be moved from an idea with `from` own coins to one with `to`: all up to `from`, and where votes cost
 * their square only those that leave whole votes on both.
 */
export function movableAmounts(from: number, to: number, quadratic: boolean): readonly number[] {
  const all = Array.from({ length: from }, (_, i) => i + 1);
  const isSquare = (coins: number) => votesOf(coins) ** 2 === coins;
  return quadratic ? all.filter((amount) => isSquare(from - amount) && isSquare(to + amount)) : all;
}
