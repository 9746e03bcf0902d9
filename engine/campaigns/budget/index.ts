import type { BudgetRule } from './contest.ts';
import { equalShares, equalSharesAddOne } from './equal-shares.ts';
import { greedy } from './greedy.ts';

export type { Contest, Total } from './contest.ts';
export { totalsOf } from './contest.ts';
export { ranking } from './ranking.ts';

/** Each rule by its name in the protocol. */
export const budgetRules = {
  greedy,
  equal_shares: equalShares,
  equal_shares_add1: equalSharesAddOne,
} as const satisfies Record<string, BudgetRule>;
