import { type Contender, type Contest, inDocumentedOrder, type RuleResult, type Total } from './contest.ts';
import { takeByCoins } from './greedy.ts';
import { type Field, fieldOf, type Offer, Shares } from './shares.ts';

type Funded = Contest & { readonly budget: number };

/** An idea that was bought, and what its backers paid a coin: amount / parts units of money, in lowest terms. */
export interface Purchase {
  readonly idea: number;
  readonly price: { readonly amount: bigint; readonly parts: bigint };
  /** ideas that cost exactly as much a coin at that moment */
  readonly level: readonly number[];
}

/** One run of the method, with shares of one size. */
export interface Run {
  readonly purchases: readonly Purchase[];
  readonly spent: number;
  /** by how many units more a share the purchases stay the same */
  readonly steady: bigint;
}

/**
 * The method of equal shares with cardinal utilities. Everybody who has given coins gets an equal share of the budget. A
 * person's utility of an idea is the number of their coins on it. An idea can be bought at the price p a coin if its backers
 * can pay its cost together when each pays p for each of their coins, or all that is left of their share where that is less:
 * sum over people of min(left, p x coins) = cost. Of all ideas that can be bought the one with the lowest p is bought, until
 * none can be.
 * Source: Peters, Pierczyński and Skowron, Proportional Participatory Budgeting with Additive Utilities (NeurIPS 2021,
 * arXiv:2008.13276), section 3: p is their rho, an idea is rho-affordable; explained on https://equalshares.net.
 */
export function equalShares(contest: Funded, totals: readonly Total[]): RuleResult {
  const { purchases } = runEqualShares(contest, totals, fieldOf(contest), 0n);
  return {
    winners: purchases.map(({ idea }) => idea),
    ties: tiesOf(purchases),
    completion: 'None: money that the shares do not reach is not spent.',
  };
}

/**
 * The same with its usual completion. Add1: all shares are raised by one unit again and again; the last run before one that
 * would cost more than the budget counts, or the first after which no further idea would fit. What is left then goes to ideas
 * by their coins, most first, as long as they fit (utilitarian completion).
 * Source: https://equalshares.net/implementation/completion and the code on https://equalshares.net/implementation/computation.
 * Raises between which no decision changes are passed over at once (Kraiczy, Robinson and Elkind, Streamlining Equal Shares,
 * arXiv:2502.11797, look for such budgets too).
 */
export function equalSharesAddOne(contest: Funded, totals: readonly Total[]): RuleResult {
  const field = fieldOf(contest);
  let raise = 0n;
  let run = runEqualShares(contest, totals, field, raise);
  let dearer = false;
  while (anotherFits(contest, totals, run) && !dearer) {
    const further = raise + run.steady + 1n;
    const next = runEqualShares(contest, totals, field, further);
    dearer = next.spent > contest.budget;
    raise = dearer ? further - 1n : further;
    // of the same purchases the last ones: who is level may have changed since they were made first
    run = dearer ? runEqualShares(contest, totals, field, raise) : next;
  }
  const bought = run.purchases.map(({ idea }) => idea);
  const rest = takeByCoins(contest, totals, bought, contest.budget - run.spent);
  return {
    winners: [...bought, ...rest.winners],
    ties: new Set([...tiesOf(run.purchases), ...rest.ties]),
    completion: completionText(raise, dearer, rest.winners.length),
  };
}

/** @param raise units by which each share is larger than an equal part of the budget. Stops where more is spent than the budget. */
export function runEqualShares(contest: Funded, totals: readonly Total[], field: Field, raise: bigint): Run {
  const shares = new Shares(field, contest.budget, raise);
  const order = inDocumentedOrder(contest, totals);
  const purchases: Purchase[] = [];
  let spent = 0;
  let offers = shares.offers;
  while (spent <= contest.budget) {
    const { cheapest, left } = cheapestOf(shares, offers);
    const best = cheapest.sort((a, b) => order(a.idea, b.idea))[0];
    if (best === undefined) break;
    const level = cheapest.filter((offer) => offer !== best);
    purchases.push({ idea: best.idea, price: shares.buy(best), level: level.map(({ idea }) => idea) });
    spent += (contest.ideas[best.idea] as Contender).cost ?? 0;
    offers = left.filter((offer) => offer !== best);
  }
  return { purchases, spent, steady: shares.steady };
}

/**
 * The ideas with the lowest price a coin, all of them where several are level. Prices never fall during a run: whoever was
 * dearer before than the cheapest is now need not be asked again.
 */
function cheapestOf(shares: Shares, offers: readonly Offer[]): { cheapest: Offer[]; left: Offer[] } {
  const queue = [...offers].sort((a, b) => shares.compare(a, b));
  const unpayable = new Set<Offer>();
  let cheapest: Offer[] = [];
  const dearer: Offer[] = [];
  for (const [at, offer] of queue.entries()) {
    const [best] = cheapest;
    if (best !== undefined && shares.compare(offer, best) > 0) {
      dearer.push(...queue.slice(at));
      break;
    }
    if (!shares.quote(offer)) {
      unpayable.add(offer);
      continue;
    }
    const order = best === undefined ? -1 : shares.compare(offer, best);
    if (order < 0) {
      dearer.push(...cheapest);
      cheapest = [offer];
    } else if (order === 0) cheapest.push(offer);
    else dearer.push(offer);
  }
  const [best, ...others] = cheapest;
  if (best !== undefined) {
    for (const offer of dearer) shares.keepOrder(best, offer);
    for (const offer of others) shares.keepLevel(best, offer);
  }
  return { cheapest, left: offers.filter((offer) => !unpayable.has(offer)) };
}

function anotherFits({ ideas, budget }: Funded, totals: readonly Total[], { purchases, spent }: Run): boolean {
  const bought = new Set(purchases.map(({ idea }) => idea));
  return ideas.some(
    ({ cost }, idea) => cost !== null && totals[idea]?.coins !== 0 && !bought.has(idea) && spent + cost <= budget,
  );
}

function tiesOf(purchases: readonly Purchase[]): Set<number> {
  return new Set(purchases.flatMap(({ idea, level }) => (level.length === 0 ? [] : [idea, ...level])));
}

function completionText(raise: bigint, dearer: boolean, further: number): string {
  const raised = raise === 0n ? 'The shares were not raised' : `Every share was raised by ${raise}`;
  const why = dearer ? 'one more would have cost more than the budget' : 'then no further idea fitted';
  const rest = further === 0 ? '' : `; ${further} more were taken by most coins, as long as they fitted`;
  return `${raised} (add1): ${why}${rest}.`;
}
