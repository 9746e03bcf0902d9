import { describe, expect, test } from 'vitest';
import { runEqualShares } from '../../../engine/campaigns/budget/equal-shares.ts';
import { budgetRules, type Contest, ranking, totalsOf } from '../../../engine/campaigns/budget/index.ts';
import { fieldOf } from '../../../engine/campaigns/budget/shares.ts';

type Funded = Contest & { readonly budget: number };

/** Ideas by name and cost; one entry of `coins` a person. */
function contest(
  budget: number,
  costs: Record<string, number | null>,
  coins: readonly Record<string, number>[],
): Funded {
  const names = Object.keys(costs);
  return {
    budget,
    ideas: names.map((id, submittedMs) => ({ id, cost: costs[id] ?? null, submittedMs })),
    givings: coins.map((given) => ({
      people: 1,
      ideas: Object.keys(given).map((name) => names.indexOf(name)),
      coins: Object.values(given),
    })),
  };
}

function outcome(given: Funded, rule: keyof typeof budgetRules) {
  const { winners, ties, completion } = budgetRules[rule](given, totalsOf(given));
  const names = (ideas: Iterable<number>) => [...ideas].map((idea) => given.ideas[idea]?.id);
  return { winners: names(winners), ties: names(ties).sort(), completion };
}

/** Each purchase with its price a coin, as "idea amount/coins". */
function purchases(given: Funded, raise = 0n): string[] {
  return runEqualShares(given, totalsOf(given), fieldOf(given), raise).purchases.map(
    ({ idea, price }) => `${given.ideas[idea]?.id} ${price.amount}/${price.parts}`,
  );
}

/**
 * The example of https://equalshares.net/explanation: 11 voters, 1,100 to spend, approval ballots. There a voter's utility of a
 * project is its cost, so whoever approves gives as many coins as the project costs.
 */
const COSTS = { bike: 700, gym: 400, park: 250, playground: 200, library: 100 };
function approvals(last: keyof typeof COSTS) {
  const ballots: (keyof typeof COSTS)[][] = [
    ['bike', 'gym'],
    ['bike', 'gym', 'park'],
    ['bike', 'gym'],
    ['bike', 'gym', 'park'],
    ['bike', 'gym', 'park'],
    ['bike', 'gym'],
    ['park', 'playground', 'library'],
    ['playground'],
    ['playground', 'library'],
    ['park', 'playground', 'library'],
    [last],
  ];
  return contest(
    1_100,
    COSTS,
    ballots.map((ballot) => Object.fromEntries(ballot.map((name) => [name, COSTS[name]]))),
  );
}

describe('the published example', () => {
  test('step by step: bike path at 100 each, playground at 50 each, library at 33.33 each', () => {
    const given = approvals('bike');
    // 7 people pay 100 of 700 coins, 4 pay 50 of 200, 3 pay 33 1/3 of 100
    expect(purchases(given)).toEqual(['bike 1/7', 'playground 1/4', 'library 1/3']);
    expect(outcome(given, 'equal_shares')).toEqual({
      winners: ['bike', 'playground', 'library'],
      ties: [],
      completion: 'None: money that the shares do not reach is not spent.',
    });
  });

  test('the complicated one: who has 42.86 left pays that, the others 60.71 for the park', () => {
    const given = approvals('gym');
    // gym: 400/7 of 400 coins. park: (250 - 3 x 300/7) / 2 = 425/7 of 250 coins. playground: (200 - 2 x 275/7) / 2 = 425/7 of 200
    expect(purchases(given)).toEqual(['gym 1/7', 'park 17/70', 'playground 17/56']);
    expect(outcome(given, 'equal_shares').winners).toEqual(['gym', 'park', 'playground']);
  });

  test('its greedy rule spends everything on sports', () => {
    const votes = approvals('bike');
    const oneEach = {
      ...votes,
      givings: votes.givings.map((giving) => ({ ...giving, coins: giving.coins.map(() => 1) })),
    };
    expect(outcome(oneEach, 'greedy').winners).toEqual(['bike', 'gym']);
  });
});

/** The example of docs/guides/participatory-budget.md. */
const village = contest(12_000, { Stage: 9_000, Garden: 3_000, Library: 3_500, 'Bike racks': 1_000 }, [
  { Stage: 10 },
  { Stage: 10 },
  { Stage: 6, Garden: 4 },
  { Stage: 4, Garden: 6 },
  { Library: 10 },
  { Library: 7, 'Bike racks': 3 },
]);

describe("the guide's example", () => {
  test('greedy: stage, then garden; the library no longer fits', () => {
    expect(outcome(village, 'greedy')).toEqual({ winners: ['Stage', 'Garden'], ties: [], completion: null });
  });

  test('equal shares: library at 214.29 a coin, garden at 300', () => {
    expect(purchases(village)).toEqual(['Library 1500/7', 'Garden 300/1']);
  });

  test('add1: 442 more a share pay for the bike racks too', () => {
    expect(purchases(village, 441n)).toEqual(['Library 3500/17', 'Garden 300/1']);
    expect(outcome(village, 'equal_shares_add1')).toEqual({
      winners: ['Library', 'Garden', 'Bike racks'],
      ties: [],
      completion: 'Every share was raised by 442 (add1): then no further idea fitted.',
    });
  });
});

describe('ties, the documented order, and what nobody can pay', () => {
  test('more givers, then the earlier submission, then the smaller id', () => {
    const twins = [
      { a: 2, b: 1, c: 1 },
      { b: 1, c: 1 },
    ];
    const given = contest(10, { a: 10, c: 10, b: 10 }, twins);
    expect(outcome(given, 'greedy')).toEqual({ winners: ['c'], ties: ['a', 'b', 'c'], completion: null });
    const together = { ...given, ideas: given.ideas.map((idea) => ({ ...idea, submittedMs: 0 })) };
    expect(outcome(together, 'greedy').winners).toEqual(['b']);
    expect(outcome(together, 'equal_shares')).toMatchObject({ winners: ['b'], ties: ['b', 'c'] }); // nobody can pay a alone
  });

  test('an idea that is level but does not fit has no part in a tie', () => {
    const given = contest(10, { a: 10, b: 11 }, [{ a: 1, b: 1 }]);
    expect(outcome(given, 'greedy')).toMatchObject({ winners: ['a'], ties: [] });
  });

  test('without a cost, without coins, and without anybody', () => {
    const given = contest(10, { unknown: null, ignored: 1, paid: 4 }, [{ unknown: 5, paid: 1 }]);
    for (const rule of ['greedy', 'equal_shares', 'equal_shares_add1'] as const) {
      expect(outcome(given, rule)).toMatchObject({ winners: ['paid'], ties: [] });
      expect(outcome(contest(10, { paid: 4 }, []), rule)).toMatchObject({ winners: [], ties: [] });
    }
  });

  test('a share that has to grow by a million million is no search of years', () => {
    const given = contest(1_000_000_000_000, { huge: 999_999_999_990, small: 5 }, [
      { huge: 1 },
      { small: 1 },
      { small: 1 },
    ]);
    const { winners, completion } = outcome(given, 'equal_shares_add1');
    expect(winners).toEqual(['small', 'huge']);
    // a third of the budget is 333,333,333,333 1/3: what is missing to the cost, rounded up
    expect(completion).toBe('Every share was raised by 666666666657 (add1): then no further idea fitted.');
  });

  test('amounts are exact where floating point is not', () => {
    // a tenth of each share three times: 0.1 + 0.1 + 0.1 is more than 0.3 in floating point, and the last idea would not be paid
    const given = contest(
      3,
      { a: 1, b: 1, c: 1 },
      Array.from({ length: 10 }, () => ({ a: 1, b: 1, c: 1 })),
    );
    expect(outcome(given, 'equal_shares')).toMatchObject({ winners: ['a', 'b', 'c'], ties: ['a', 'b', 'c'] });
  });
});

test('rankings: by coins, or by votes where four coins are two votes', () => {
  const given = contest(1, { a: null, b: null, c: null }, [{ a: 16 }, { b: 4, c: 4 }, { b: 4, c: 9 }]);
  const totals = totalsOf(given);
  const named = ({ order, ties }: ReturnType<typeof ranking>) => [order, [...ties]];
  expect(totals.map(({ coins, givers, votes }) => [coins, givers, votes])).toEqual([
    [16, 1, 4],
    [8, 2, 4],
    [13, 2, 5],
  ]);
  expect(named(ranking(given, totals, 'coins'))).toEqual([[0, 2, 1], []]);
  expect(named(ranking(given, totals, 'votes'))).toEqual([
    [2, 0, 1],
    [0, 1],
  ]);
});
