import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetRules, totalsOf } from '../../engine/campaigns/budget/index.ts';
import { budgetingOfFile, contestOf, randomBudgeting } from '../harness/budgets.ts';
import {
  addOneWinners,
  type Budgeting,
  equalSharesWinners,
  greedyWinners,
  type Project,
  raisedWinners,
} from '../harness/references/budget.ts';

// FC_SEED=<the printed number> repeats a run.
const seed = Number(process.env.FC_SEED ?? fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31);
process.stdout.write(`budget properties: FC_SEED=${seed}\n`);
const INSTANCES = { seed, numRuns: 500 };

function counted(budgeting: Budgeting, rule: keyof typeof budgetRules) {
  const contest = contestOf(budgeting);
  const result = budgetRules[rule](contest, totalsOf(contest));
  return { ...result, winners: result.winners.map((at) => contest.ideas[at]?.id) };
}

const ids = (projects: readonly Project[]) => projects.map(({ id }) => id);
const costOf = ({ projects }: Budgeting, winners: readonly (string | undefined)[]) =>
  projects.reduce((sum, { id, cost }) => sum + (winners.includes(id) ? (cost as number) : 0), 0);

describe('500 random budgets', () => {
  test.each([
    ['greedy', (budgeting: Budgeting) => greedyWinners(budgeting)],
    ['equal_shares', (budgeting: Budgeting) => equalSharesWinners(budgeting)],
    ['equal_shares_add1', (budgeting: Budgeting) => addOneWinners(budgeting).winners],
  ] as const)('%s chooses what the reference chooses, in the same order', (rule, reference) => {
    fc.assert(
      fc.property(randomBudgeting, (budgeting) => {
        expect(counted(budgeting, rule).winners).toEqual(ids(reference(budgeting)));
      }),
      INSTANCES,
    );
  });

  test.each(Object.keys(budgetRules) as (keyof typeof budgetRules)[])(
    '%s spends no more than there is, on ideas that somebody gave coins to, whatever the order of people and ideas',
    (rule) => {
      fc.assert(
        fc.property(randomBudgeting, (budgeting) => {
          const { winners, ties } = counted(budgeting, rule);
          expect(costOf(budgeting, winners)).toBeLessThanOrEqual(budgeting.budget);
          for (const id of winners) {
            expect(budgeting.ballots.some(({ coins }) => (coins[id ?? ''] ?? 0) > 0)).toBe(true);
          }
          const turned = {
            ...budgeting,
            ballots: budgeting.ballots.toReversed(),
            projects: budgeting.projects.toReversed(),
          };
          const again = counted(turned, rule);
          expect(again.winners).toEqual(winners);
          expect([...again.ties].map((at) => turned.projects[at]?.id).sort()).toEqual(
            [...ties].map((at) => budgeting.projects[at]?.id).sort(),
          );
        }),
        INSTANCES,
      );
    },
  );

  test('add1 tells by how much every share was raised', () => {
    fc.assert(
      fc.property(randomBudgeting, (budgeting) => {
        const { raises } = addOneWinners(budgeting);
        const told = /raised by (\d+)/.exec(counted(budgeting, 'equal_shares_add1').completion ?? '')?.[1] ?? '0';
        expect(Number(told)).toBe(raises);
      }),
      INSTANCES,
    );
  });
});

describe('Częstochowa 2020, 16,978 voters and 90 projects', async () => {
  const city = await budgetingOfFile('loadtest/elections/czestochowa-2020.pb');

  test('greedy and equal shares choose what the references choose', { timeout: 60_000 }, () => {
    expect(counted(city, 'greedy').winners).toEqual(ids(greedyWinners(city)));
    expect(counted(city, 'equal_shares').winners).toEqual(ids(equalSharesWinners(city)));
  });

  test('add1 stops where the reference says that one raise more costs too much', { timeout: 120_000 }, () => {
    const { winners, completion } = counted(city, 'equal_shares_add1');
    expect(completion).toMatch(/raised by 414 .+; 3 more/);
    const last = raisedWinners(city, 414);
    expect(winners).toEqual(ids(greedyWinners(city, last)));
    expect(costOf(city, ids(raisedWinners(city, 415)))).toBeGreaterThan(city.budget);
  });

  test('150 different ballots of it, every raise tried by the reference', { timeout: 120_000 }, () => {
    const few = { ...city, budget: 400_000, ballots: city.ballots.slice(0, 150) };
    expect(counted(few, 'equal_shares_add1').winners).toEqual(ids(addOneWinners(few).winners));
  });
});
