import { z } from 'zod';
import type { Quotas, Use } from '../../engine/index.ts';
import { id } from '../../protocol/text.ts';
import {
  METRICS,
  monthQuery,
  organisationQuotas,
  quotas,
  usageReport,
  usageReportQuery,
  usageView,
} from '../../protocol/usage.ts';
import { csvReply } from './csv.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Usage and quotas';
const organisationParams = z.strictObject({ org_id: id });

function usageOf({ month, used, quotas: most }: Use) {
  const of = (metric: (typeof METRICS)[number]) => ({ used: used[metric], quota: most[metric] });
  return { month, credentials: of('credentials'), ballots: of('ballots'), allocations: of('allocations') };
}

function quotasReply(orgId: string, value: { readonly quotas: Quotas; readonly changedAt: Date | null }) {
  return {
    status: 200,
    body: { org_id: orgId, quotas: value.quotas, changed_at: value.changedAt?.toISOString() ?? null },
  };
}

const read = operation({
  id: 'getUsage',
  method: 'get',
  path: '/v1/usage',
  tag: TAG,
  summary: 'What your organisation used in a month',
  description: 'Counted in the same transaction as what is counted: never more nor less than is there.',
  permission: 'usage.read',
  query: monthQuery,
  success: { 200: { description: 'Amounts and quotas.', schema: usageView } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) =>
    replyWith(await engine.usage.use(identity.orgId, query.month), (use) => ({ status: 200, body: usageOf(use) })),
});

const readCsv = operation({
  id: 'getUsageCsv',
  method: 'get',
  path: '/v1/usage.csv',
  tag: TAG,
  summary: 'What your organisation used in a month, as CSV',
  description: 'Columns month, metric, used, quota (empty: none).',
  permission: 'usage.read',
  query: monthQuery,
  success: { 200: { description: 'A row for each thing that is counted.', mediaType: 'text/csv' } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) =>
    replyWith(await engine.usage.use(identity.orgId, query.month), ({ month, used, quotas: most }) =>
      csvReply(
        ['month', 'metric', 'used', 'quota'],
        METRICS.map((metric) => [month, metric, used[metric], most[metric]]),
      ),
    ),
});

const getQuotas = operation({
  id: 'getQuotas',
  method: 'get',
  path: '/v1/organisations/{org_id}/quotas',
  tag: TAG,
  summary: 'Read the quotas of an organisation',
  permission: 'organisations.manage',
  params: organisationParams,
  success: { 200: { description: 'Most of each in a month.', schema: organisationQuotas } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, params }) =>
    replyWith(await engine.usage.quotas(params.org_id), (value) => quotasReply(params.org_id, value)),
});

const putQuotas = operation({
  id: 'setQuotas',
  method: 'put',
  path: '/v1/organisations/{org_id}/quotas',
  tag: TAG,
  summary: 'Set the quotas of an organisation',
  description:
    'Holds from the next ballot on. What is over a quota is answered QUOTA_001 and not written; what was used stays used.',
  permission: 'organisations.manage',
  params: organisationParams,
  body: quotas,
  success: { 200: { description: 'The quotas as they are now.', schema: organisationQuotas } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, params, body }) =>
    replyWith(await engine.usage.setQuotas(params.org_id, body), (value) => quotasReply(params.org_id, value)),
});

const report = operation({
  id: 'getUsageReport',
  method: 'get',
  path: '/v1/usage-report',
  tag: TAG,
  summary: 'Who used how much of the platform in a month',
  description: 'Cost attribution over all organisations. With a cost, each gets its share of it.',
  permission: 'usage.report',
  query: usageReportQuery,
  success: { 200: { description: 'Every organisation, by name.', schema: usageReport } },
  failures: ['database_away'],
  handle: async ({ engine, query }) =>
    replyWith(await engine.usage.report(query.month, query.cost ?? null), ({ month, rows }) => ({
      status: 200,
      body: { month, cost: query.cost ?? null, items: rows.map(({ orgId, ...row }) => ({ org_id: orgId, ...row })) },
    })),
});

const reportCsv = operation({
  id: 'getUsageReportCsv',
  method: 'get',
  path: '/v1/usage-report.csv',
  tag: TAG,
  summary: 'Who used how much of the platform in a month, as CSV',
  description: 'Columns month, org_id, name, credentials, ballots, allocations, share, cost (empty: none given).',
  permission: 'usage.report',
  query: usageReportQuery,
  success: { 200: { description: 'Every organisation, by name.', mediaType: 'text/csv' } },
  failures: ['database_away'],
  handle: async ({ engine, query }) =>
    replyWith(await engine.usage.report(query.month, query.cost ?? null), ({ month, rows }) =>
      csvReply(
        ['month', 'org_id', 'name', 'credentials', 'ballots', 'allocations', 'share', 'cost'],
        rows.map((row) => [
          ...[month, row.orgId, row.name, row.credentials, row.ballots, row.allocations],
          ...[row.share, row.cost],
        ]),
      ),
    ),
});

export const usageOperations: readonly Operation[] = [read, readCsv, getQuotas, putQuotas, report, reportCsv];
