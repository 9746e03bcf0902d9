import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { attribute } from './attribution.ts';
import * as queries from './queries.ts';

/** What is counted, by organisation and month. */
export interface Amounts {
  readonly credentials: number;
  readonly ballots: number;
  readonly allocations: number;
}

/** Most of each in a month; null: as much as they like. */
export interface Quotas {
  readonly credentials: number | null;
  readonly ballots: number | null;
  readonly allocations: number | null;
}

export interface Use {
  /** e.g. '2026-11', UTC */
  readonly month: string;
  readonly used: Amounts;
  readonly quotas: Quotas;
}

export interface UsageRow extends Amounts {
  readonly orgId: string;
  readonly name: string;
  /** of everything that was counted in the month, 0 to 1 */
  readonly share: number;
  /** in the unit of the cost given; the rows add up to it. null where none was given */
  readonly cost: number | null;
}

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
