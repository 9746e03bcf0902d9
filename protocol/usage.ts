import { z } from 'zod';
import { id, moment } from './text.ts';

/** What an organisation uses of the platform, counted where it is written. */
export const METRICS = ['credentials', 'ballots', 'allocations'] as const;

const month = z
  .string()
  .regex(/^20[0-9]{2}-(?:0[1-9]|1[0-2])$/, 'is no month; write it like 2026-11')
  .meta({ description: 'A month of UTC.', example: '2026-11' });

export const monthQuery = z.strictObject({
  month: month.optional().meta({ description: 'The present month if left out.' }),
});

const count = z.int().nonnegative();
const most = z.int().min(0).max(1_000_000_000_000).nullable();

/** Most of each in a month; null: as much as they like. */
export const quotas = z
  .strictObject({
    credentials: most.meta({ description: 'Credentials issued in a month; null: no quota.' }),
    ballots: most.meta({ description: 'Ballots cast in a month; null: no quota.' }),
    allocations: most.meta({ description: 'Coins allocated in a month; null: no quota.' }),
  })
  .meta({ id: 'Quotas', example: { credentials: 50_000, ballots: 200_000, allocations: null } });

export const organisationQuotas = z
  .strictObject({ org_id: id, quotas, changed_at: moment.nullable().meta({ description: 'null: never set.' }) })
  .meta({ id: 'OrganisationQuotas' });

const used = z.strictObject({ used: count, quota: most });

export const usageView = z.strictObject({ month, credentials: used, ballots: used, allocations: used }).meta({
  id: 'Usage',
  example: {
    month: '2026-11',
    credentials: { used: 3_000, quota: 50_000 },
    ballots: { used: 20_117, quota: 200_000 },
    allocations: { used: 0, quota: null },
  },
});

/** Money in the smallest unit of whichever currency: 1250 = 12.50. */
const COST_MAX = 1_000_000_000;

export const usageReportQuery = monthQuery.extend({
  cost: z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,9})$/, 'is no whole number')
    .transform(Number)
    .refine((cost) => cost <= COST_MAX, `is more than ${COST_MAX}`)
    .optional()
    .meta({ description: 'What the month has cost, in cents: split among the organisations.', example: '1250' }),
});

const reportRow = z.strictObject({
  org_id: id,
  name: z.string(),
  credentials: count,
  ballots: count,
  allocations: count,
  share: z.number().min(0).max(1).meta({ description: 'Of everything counted on the platform that month.' }),
  cost: count.nullable().meta({ description: 'This share of the cost, in cents; the rows add up to the whole.' }),
});

export const usageReport = z
  .strictObject({ month, cost: count.nullable(), items: z.array(reportRow) })
  .meta({ id: 'UsageReport', description: 'Cost attribution: who used how much of the platform in a month.' });
