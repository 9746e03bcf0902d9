import fc from 'fast-check';
import type { Contest } from '../../engine/campaigns/budget/index.ts';
import { readElectionFile } from '../../loadtest/replay/formats/index.ts';
import type { Ballot, Budgeting, Project } from './references/budget.ts';

/** What the product's rules are given for a budget as references are given it. */
export function contestOf({ budget, projects, ballots }: Budgeting): Contest & { readonly budget: number } {
  return {
    budget,
    ideas: projects.map(({ id, cost, place }) => ({ id, cost, submittedMs: place })),
    givings: ballots.map(({ voters, coins }) => {
      const given = [...projects.entries()].filter(([, { id }]) => (coins[id] ?? 0) > 0);
      return { people: voters, ideas: given.map(([at]) => at), coins: given.map(([, { id }]) => coins[id] as number) };
    }),
  };
}

/**
 * A small participatory budget: costs of a few sizes, so that some are level and some do not fit; some not known; people who give
 * to one idea or to many, and some with the same ballot.
 */
export const randomBudgeting: fc.Arbitrary<Budgeting> = fc
  .record({
    projects: fc.array(
      fc.record({
        cost: fc.oneof(
          { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) },
          { weight: 5, arbitrary: fc.integer({ min: 1, max: 400 }) },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
        place: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    budget: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 900 })),
    ballots: fc.array(
      fc.record({
        voters: fc.integer({ min: 1, max: 4 }),
        coins: fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 6 })), {
          minLength: 7,
          maxLength: 7,
        }),
      }),
      { maxLength: 9 },
    ),
  })
  .map(({ projects, budget, ballots }) => {
    const named = projects.map((project, at): Project => ({ ...project, id: `p${at}` }));
    return {
      budget,
      projects: named,
      ballots: ballots
        .map(({ voters, coins }): Ballot => {
          return { voters, coins: Object.fromEntries(named.map(({ id }, at) => [id, coins[at] as number])) };
        })
        .filter(({ coins }) => Object.values(coins).some((amount) => amount > 0)),
    };
  });

/** A Pabulib file of cumulative votes, its projects in the file's order. */
export async function budgetingOfFile(file: string): Promise<Budgeting> {
  const parsed = await readElectionFile(file);
  if (parsed.kind !== 'points' || parsed.budget === undefined) throw new Error(`${file} is no budget with points`);
  const { budget, options } = parsed;
  const ballots = new Map<string, { voters: number; readonly coins: Readonly<Record<string, number>> }>();
  for (const { ballot, count } of parsed.ballots) {
    const coins = Object.fromEntries([...ballot.points].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (ballot.points.size === 0) continue; // whoever gave nothing has no part in a budget
    const same = ballots.get(JSON.stringify(coins)) ?? { voters: 0, coins };
    same.voters += count;
    ballots.set(JSON.stringify(coins), same);
  }
  return {
    budget: budget.total,
    projects: options.map(({ id }, place) => ({ id, place, cost: budget.costs.get(id) ?? null })),
    ballots: [...ballots.values()],
  };
}
