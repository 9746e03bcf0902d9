import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attribute } from '../../engine/usage/attribution.ts';

const row = (name: string, ballots: number, credentials = 0) => ({
  ...{ orgId: name, name, ballots, credentials, allocations: 0 },
});

test('a cost is split by what was used', () => {
  const split = attribute([row('a', 600, 150), row('b', 150, 100), row('c', 0)], 1_000);
  expect(split.map(({ share, cost }) => [share, cost])).toEqual([
    [0.75, 750],
    [0.25, 250],
    [0, 0],
  ]);
});

test('cents that are left over go to the largest remainders, equal ones by order', () => {
  const split = attribute([row('a', 1), row('b', 1), row('c', 1)], 100);
  expect(split.map(({ cost }) => cost)).toEqual([34, 33, 33]);
});

test('without a cost there are shares alone; where nothing was used all bear the same', () => {
  expect(attribute([row('a', 3), row('b', 1)], null).map(({ share, cost }) => [share, cost])).toEqual([
    [0.75, null],
    [0.25, null],
  ]);
  expect(attribute([row('a', 0), row('b', 0)], 5).map(({ share, cost }) => [share, cost])).toEqual([
    [0, 3],
    [0, 2],
  ]);
  expect(attribute([], 5)).toEqual([]);
});

test('whatever the figures, the rows add up to the cost and nobody is a cent off the own share', () => {
  const used = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(used, fc.nat(1_000_000_000), (amounts, cost) => {
      const rows = amounts.map(([ballots, credentials], i) => row(String(i), ballots, credentials));
      const split = attribute(rows, cost);
      expect(split.reduce((sum, each) => sum + (each.cost ?? 0), 0)).toBe(cost);
      const total = amounts.reduce((sum, [a, b]) => sum + a + b, 0);
      if (total === 0) return;
      for (const each of split) expect(Math.abs((each.cost ?? 0) - each.share * cost)).toBeLessThan(1.001);
    }),
  );
});
