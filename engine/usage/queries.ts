import type { Sql, Transaction } from '../db/index.ts';
import type { Amounts, Quotas } from './amounts.ts';

/** SQL of metering and quotas. */

const METRICS = ['credentials', 'ballots', 'allocations'] as const;

function numberOrNull(value: bigint | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export async function selectQuotas(
  tx: Transaction,
  orgId: string,
): Promise<{ readonly quotas: Quotas; readonly changedAt: Date | null }> {
  const [row] = await tx<
    { credentials: bigint | null; ballots: bigint | null; allocations: bigint | null; at: Date }[]
  >`
    SELECT credentials, ballots, allocations, changed_at AS at FROM app.quotas WHERE org_id = ${orgId}`;
  return {
    quotas: {
      credentials: numberOrNull(row?.credentials),
      ballots: numberOrNull(row?.ballots),
      allocations: numberOrNull(row?.allocations),
    },
    changedAt: row?.at ?? null,
  };
}

/** False where there is no such organisation. */
export async function upsertQuotas(tx: Transaction, orgId: string, quotas: Quotas): Promise<boolean> {
  const { credentials, ballots, allocations } = quotas;
  const rows = await tx`
    INSERT INTO app.quotas (org_id, credentials, ballots, allocations)
    SELECT o.org_id, ${credentials}::bigint, ${ballots}::bigint, ${allocations}::bigint
    FROM app.organisations o WHERE o.org_id = ${orgId}
    ON CONFLICT (org_id) DO UPDATE SET credentials = excluded.credentials, ballots = excluded.ballots,
      allocations = excluded.allocations, changed_at = clock_timestamp()
    RETURNING org_id`;
  return rows.length > 0;
}

export async function organisationExists(tx: Transaction, orgId: string): Promise<boolean> {
  const rows = await tx`SELECT FROM app.organisations WHERE org_id = ${orgId}`;
  return rows.length > 0;
}

/** @param month first day, e.g. '2026-11-01' */
export async function selectUsage(tx: Transaction, orgId: string, month: string): Promise<Amounts> {
  const rows = await tx<{ metric: keyof Amounts; amount: bigint }[]>`
    SELECT metric, amount FROM app.usage WHERE org_id = ${orgId} AND month = ${month}::text::date`;
  const amounts = new Map(rows.map(({ metric, amount }) => [metric, Number(amount)]));
  return Object.fromEntries(METRICS.map((metric) => [metric, amounts.get(metric) ?? 0])) as unknown as Amounts;
}

/** By name. */
export async function selectReport(
  sql: Sql,
  month: string,
): Promise<(Amounts & { readonly orgId: string; readonly name: string })[]> {
  const rows = await sql<
    { org_id: string; name: string; credentials: bigint; ballots: bigint; allocations: bigint }[]
  >`SELECT * FROM door.usage_report(${month}::text::date)`;
  return rows.map((row) => ({
    orgId: row.org_id,
    name: row.name,
    credentials: Number(row.credentials),
    ballots: Number(row.ballots),
    allocations: Number(row.allocations),
  }));
}
