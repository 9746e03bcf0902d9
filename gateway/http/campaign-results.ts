import type { CampaignResult, Engine, Identity } from '../../engine/index.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { campaignParams } from '../../protocol/campaigns.ts';
import { type CampaignResultView, campaignResult } from '../../protocol/ideas.ts';
import { campaignInReach } from '../auth/campaign-reach.ts';
import { csvReply } from './csv.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Campaigns';
const CSV_COLUMNS = ['rank', 'wins', 'tie', 'title', 'cost', 'coins', 'givers', 'votes', 'idea_id'] as const;
const WHEN =
  'Whoever sees the campaign reads it at any time, as it stands; where totals are hidden, only once it is completed.';

function resultAsJson({ campaignId, rule, budget, spent, pos, ...result }: CampaignResult): CampaignResultView {
  return {
    campaign_id: campaignId,
    rule,
    budget,
    spent,
    pos,
    final: result.final,
    completion: result.completion,
    ideas: result.ideas.map(({ ideaId, ...idea }) => ({ idea_id: ideaId, ...idea })),
  };
}

interface Asked {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly params: { readonly campaign_id: string };
}

async function resultOf({ engine, identity, params }: Asked): Promise<Outcome<CampaignResult>> {
  const found = await campaignInReach(engine, identity, params.campaign_id);
  return found.ok ? engine.campaignResults.result(found.value) : found;
}

const etagOf = ({ pos, final }: CampaignResult) => `${pos}${final ? '-final' : ''}`;

const get = operation({
  id: 'getCampaignResult',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/result',
  tag: TAG,
  summary: 'Read which ideas win',
  description: `With a budget: whom its rule chooses, ties as ties, and how money that was left over was spent. Without one: the ranking. ${WHEN}`,
  permission: 'campaigns.read',
  params: campaignParams,
  success: { 200: { description: 'Winners first, then the others by coins.', schema: campaignResult } },
  failures: ['campaign_unknown', 'conflict', 'overloaded', 'database_away'],
  handle: async (call) => {
    return replyWith(await resultOf(call), (result) => ({
      status: 200,
      body: resultAsJson(result),
      etag: etagOf(result),
    }));
  },
});

const getCsv = operation({
  id: 'getCampaignResultCsv',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/result.csv',
  tag: TAG,
  summary: 'Read which ideas win as CSV',
  description: `Columns ${CSV_COLUMNS.join(', ')}; one row for each idea. ${WHEN}`,
  permission: 'campaigns.read',
  params: campaignParams,
  success: { 200: { description: 'The ideas.', mediaType: 'text/csv' } },
  failures: ['campaign_unknown', 'conflict', 'overloaded', 'database_away'],
  handle: async (call) => {
    return replyWith(await resultOf(call), (result) => ({
      ...csvReply(
        CSV_COLUMNS,
        resultAsJson(result).ideas.map((idea) =>
          CSV_COLUMNS.map((column) => {
            const value = idea[column];
            return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
          }),
        ),
      ),
      etag: `csv-${etagOf(result)}`,
    }));
  },
});

export const campaignResultOperations: readonly Operation[] = [get, getCsv];
