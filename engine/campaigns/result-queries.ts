import type { Transaction } from '../db/index.ts';
import type { BudgetRule, CampaignPreset, CampaignStatus } from './campaign.ts';
import type { ResultSnapshot } from './result.ts';

/** SQL of results. */

/** Whether anything was said of a campaign in the log after a position, its coins and ideas included. */
export async function hasChanged(tx: Transaction, orgId: string, id: string, afterPos: number): Promise<boolean> {
  const [row] = await tx<{ changed: boolean }[]>`SELECT EXISTS (SELECT FROM app.log
    WHERE org_id = ${orgId} AND pos > ${afterPos} AND topic = ${id}) AS changed`;
  return row?.changed === true;
}

interface SnapshotRow {
  pos: bigint | null;
  status: CampaignStatus;
  preset: CampaignPreset;
  budget: bigint | null;
  budget_rule: BudgetRule | null;
  ideas: string;
  givings: string;
}

/**
 * Ideas, costs and coins of a campaign at one log position: one statement, one snapshot, and positions are taken in the
 * transactions that change any of it. People who gave the same are one row, and nobody is named. undefined where there is none.
 */
export async function selectSnapshot(tx: Transaction, orgId: string, id: string): Promise<ResultSnapshot | undefined> {
  const [row] = await tx<SnapshotRow[]>`
    WITH competing AS MATERIALIZED (
      SELECT i.id, i.title, i.cost, i.submitted_at, i.status <> 'competing' AS accepted,
             row_number() OVER (ORDER BY i.submitted_at, i.id) - 1 AS place
      FROM app.ideas i
      WHERE i.org_id = ${orgId} AND i.campaign_id = ${id} AND i.status IN ('competing', 'accepted', 'in_progress', 'complete')
    ), givings AS (
      SELECT g.places, g.coins, count(*) AS people FROM (
        SELECT array_agg(k.place ORDER BY k.place) AS places, array_agg(a.amount ORDER BY k.place) AS coins
        FROM app.coin_allocations a JOIN competing k ON k.id = a.idea_id
        WHERE a.org_id = ${orgId} AND a.campaign_id = ${id} AND a.amount > 0 GROUP BY a.user_id) g
      GROUP BY g.places, g.coins
    )
    SELECT h.pos, c.status, c.preset, c.budget, c.budget_rule,
      (SELECT coalesce(json_agg(json_build_array(k.id, k.title, k.cost, floor(extract(epoch FROM k.submitted_at) * 1000), k.accepted)
        ORDER BY k.place), '[]')::text FROM competing k) AS ideas,
      (SELECT coalesce(json_agg(json_build_array(g.people, g.places, g.coins)), '[]')::text FROM givings g) AS givings
    FROM app.campaigns c LEFT JOIN app.log_head h ON h.org_id = c.org_id
    WHERE c.org_id = ${orgId} AND c.id = ${id}`;
  if (row === undefined) return undefined;
  return {
    campaignId: id,
    pos: Number(row.pos ?? 0),
    final: row.status === 'completed' || row.status === 'archived',
    preset: row.preset,
    budget: row.budget === null ? null : Number(row.budget),
    budgetRule: row.budget_rule,
    ideas: row.ideas,
    givings: row.givings,
  };
}
