import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome } from '../outcome.ts';
import type { AnalyticsFigures, AnalyticsQuery, TopIdea } from './analytics-figures.ts';
import { selectAnalytics, selectIdeaRows } from './analytics-queries.ts';
import type { Campaign } from './campaign.ts';

/** Whether nobody is to see how many coins lie where. */
export function hidesTotals({ hideTotals, status }: Pick<Campaign, 'hideTotals' | 'status'>): boolean {
  return hideTotals && (status === 'draft' || status === 'active');
}

/** Figures for those who run campaigns, from what is counted already: an answer scans neither allocations nor the ledger. */
export class CampaignAnalytics {
  readonly #database: Pick<Database, 'management'>;

  constructor(database: Pick<Database, 'management'>) {
    this.#database = database;
  }

  /** Figures that are hidden are in it: whoever shows them asks `hidesTotals`. */
  async of(
    campaign: Pick<Campaign, 'orgId' | 'id' | 'hideTotals' | 'status'>,
    query: AnalyticsQuery,
  ): Promise<Outcome<AnalyticsFigures>> {
    return guarded(async () =>
      accept(
        await this.#database.management.withOrg(campaign.orgId, (tx) =>
          selectAnalytics(tx, campaign, query, hidesTotals(campaign)),
        ),
      ),
    );
  }

  /** Every idea that everyone sees, most coins first; the first 10,000. */
  async ideas({ orgId, id }: Pick<Campaign, 'orgId' | 'id'>): Promise<Outcome<readonly TopIdea[]>> {
    return guarded(async () =>
      accept(
        await this.#database.management.withOrg(orgId, (tx) => selectIdeaRows(tx, orgId, id, limits.analyticsMaxRows)),
      ),
    );
  }
}
