import type { Amounts, UsageRow } from './amounts.ts';

/** Each thing that is counted is one write: an organisation's share is its part of them all. */
function unitsOf({ credentials, ballots, allocations }: Amounts): number {
  return credentials + ballots + allocations;
}

/**
 * Splits a cost by use. Whole units of money, by largest remainder, so that the rows add up to the cost; equal remainders
 * go by the order of the rows. Where nothing was used, all bear the same.
 * @param cost whole number of the smallest unit, e.g. cents; null: shares alone
 */
export function attribute<Row extends Amounts & { readonly orgId: string; readonly name: string }>(
  rows: readonly Row[],
  cost: number | null,
): readonly UsageRow[] {
  const total = rows.reduce((sum, row) => sum + unitsOf(row), 0);
  const shares = rows.map((row) => (total === 0 ? 1 / rows.length : unitsOf(row) / total));
  const costs = cost === null ? rows.map(() => null) : apportion(cost, rows.map(unitsOf), total);
  return rows.map((row, i) => ({
    ...row,
    share: total === 0 ? 0 : (shares[i] as number),
    cost: costs[i] ?? null,
  }));
}

function apportion(cost: number, units: readonly number[], total: number): number[] {
  const parts = units.map((own) =>
    total === 0 ? { own: 1n, all: BigInt(units.length) } : { own: BigInt(own), all: BigInt(total) },
  );
  const floors = parts.map(({ own, all }) => Number((BigInt(cost) * own) / all));
  const remainders = parts.map(({ own, all }) => (BigInt(cost) * own) % all);
  const order = [...units.keys()].sort((a, b) => {
    const difference = (remainders[b] as bigint) - (remainders[a] as bigint);
    return difference === 0n ? a - b : difference > 0n ? 1 : -1;
  });
  const left = cost - floors.reduce((sum, floor) => sum + floor, 0);
  for (const i of order.slice(0, left)) floors[i] = (floors[i] as number) + 1;
  return floors;
}
