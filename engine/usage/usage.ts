import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Quotas, UsageRow, Use } from './amounts.ts';
import { attribute } from './attribution.ts';
import * as queries from './queries.ts';

const NO_ORGANISATION = refuse('not_found', 'There is no such organisation. Check its id.', {
  details: { resource: 'organisation' },
});

function thisMonth(): string {
  return new Date().toISOString().slice(0, '2026-11'.length);
}

/** The room of metering: what organisations use, what they may, and what that cost. Counting itself happens in the urn. */
export class Usage {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async quotas(orgId: string): Promise<Outcome<{ quotas: Quotas; changedAt: Date | null }>> {
    return guarded(async () =>
      this.#database.management.withOrg(orgId, async (tx) =>
        (await queries.organisationExists(tx, orgId)) ? accept(await queries.selectQuotas(tx, orgId)) : NO_ORGANISATION,
      ),
    );
  }

  /** Holds from the next batch of ballots and the next credentials on; what was used stays used. */
  async setQuotas(orgId: string, quotas: Quotas): Promise<Outcome<{ quotas: Quotas; changedAt: Date | null }>> {
    return guarded(async () =>
      this.#database.management.withOrg(orgId, async (tx) =>
        (await queries.upsertQuotas(tx, orgId, quotas))
          ? accept(await queries.selectQuotas(tx, orgId))
          : NO_ORGANISATION,
      ),
    );
  }

  /** @param month e.g. '2026-11'; the present one if left out */
  async use(orgId: string, month = thisMonth()): Promise<Outcome<Use>> {
    return guarded(async () =>
      this.#database.management.withOrg(orgId, async (tx) => {
        const used = await queries.selectUsage(tx, orgId, `${month}-01`);
        return accept({ month, used, quotas: (await queries.selectQuotas(tx, orgId)).quotas });
      }),
    );
  }

  /** Every organisation, by name; with a cost its share of it. For platform administrators. */
  async report(
    month = thisMonth(),
    cost: number | null = null,
  ): Promise<Outcome<{ month: string; rows: readonly UsageRow[] }>> {
    return guarded(async () => {
      const rows = await this.#database.management.call((sql) => queries.selectReport(sql, `${month}-01`));
      return accept({ month, rows: attribute(rows, cost) });
    });
  }
}
