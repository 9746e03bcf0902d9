import { type Contest, inDocumentedOrder, type Total } from './contest.ts';

/**
 * Ideas by what was given to them, most first: coins, which is support in a campaign of ideas and weight in one of priorities;
 * or votes, where k votes of one person cost k x k coins (quadratic voting: Lalley and Weyl, AEA Papers and Proceedings 108,
 * 2018). Who is level in that comes in the documented order.
 */
export function ranking(
  contest: Contest,
  totals: readonly Total[],
  by: 'coins' | 'votes',
): { readonly order: readonly number[]; readonly ties: ReadonlySet<number> } {
  const documented = inDocumentedOrder(contest, totals);
  const figure = (idea: number | undefined) => totals[idea ?? -1]?.[by] ?? 0;
  const order = [...contest.ideas.keys()].sort((a, b) => figure(b) - figure(a) || documented(a, b));
  const level = order.filter((idea, at) => {
    return figure(idea) > 0 && [order[at - 1], order[at + 1]].some((next) => figure(next) === figure(idea));
  });
  return { order, ties: new Set(level) };
}
