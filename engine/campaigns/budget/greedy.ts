import { type Contest, inDocumentedOrder, type RuleResult, type Total } from './contest.ts';

/**
 * The greedy rule, as most cities use it: ideas by their coins, most first; each is taken if it still fits into what is left
 * of the budget, and passed over if it does not. An idea without coins or without a cost is never taken.
 * Source: Talmon and Faliszewski, A Framework for Approval-Based Budgeting Methods (AAAI 2019), with coins in place of
 * approvals; the "utilitarian greedy" of pabulib.org.
 */
export function greedy(contest: Contest & { readonly budget: number }, totals: readonly Total[]): RuleResult {
  return { ...takeByCoins(contest, totals, [], contest.budget), completion: null };
}

/**
 * Goes on after the ideas in `taken`, with so much money left.
 * @returns what was taken in addition, and who was level in coins with whom when one of them was looked at
 */
export function takeByCoins(
  contest: Contest,
  totals: readonly Total[],
  taken: readonly number[],
  money: number,
): Pick<RuleResult, 'winners' | 'ties'> {
  const open = [...contest.ideas.keys()].filter((idea) => canBePaid(contest, totals, idea) && !taken.includes(idea));
  const order = open.sort(inDocumentedOrder(contest, totals));
  const winners: number[] = [];
  const ties = new Set<number>();
  let left = money;
  const fits = (idea: number) => (contest.ideas[idea]?.cost ?? Number.POSITIVE_INFINITY) <= left;
  for (const [at, idea] of order.entries()) {
    if (!fits(idea)) continue;
    for (let next = at + 1; totals[order[next] ?? -1]?.coins === totals[idea]?.coins; next += 1) {
      if (fits(order[next] as number)) ties.add(idea).add(order[next] as number);
    }
    winners.push(idea);
    left -= contest.ideas[idea]?.cost ?? 0;
  }
  return { winners, ties };
}

/** Somebody has given coins to it, and it has a cost. */
function canBePaid({ ideas }: Contest, totals: readonly Total[], idea: number): boolean {
  return ideas[idea]?.cost !== null && (totals[idea] as Total).coins > 0;
}
