import type { CampaignTag } from '../../engine/index.ts';
import { campaignParams, newTag, type TagView, tagChange, tagList, tagView } from '../../protocol/campaigns.ts';
import { id } from '../../protocol/text.ts';
import { campaignInReach, managedCampaign } from '../auth/campaign-reach.ts';
import { tagOf } from './members.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Campaigns';
const tagParams = campaignParams.extend({ tag_id: id });

function viewOf(tag: CampaignTag): TagView {
  return {
    id: tag.id,
    name: tag.name,
    description: tag.description,
    color: tag.color,
    ideas: tag.ideas,
    created_at: tag.createdAt.toISOString(),
  };
}

const create = operation({
  id: 'createCampaignTag',
  method: 'post',
  path: '/v1/campaigns/{campaign_id}/tags',
  tag: TAG,
  summary: 'Create a tag of a campaign',
  permission: 'campaigns.manage',
  params: campaignParams,
  body: newTag,
  creates: true,
  success: { 201: { description: 'The tag.', schema: tagView } },
  failures: ['campaign_unknown', 'campaign_inactive', 'conflict', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const values = { name: body.name, description: body.description ?? null, color: body.color ?? null };
    const outcome = await engine.campaignTags.create(identity.orgId, found.value.id, values, identity.id);
    return replyWith(outcome, (tag) => ({ status: 201, body: viewOf(tag) }));
  },
});

const list = operation({
  id: 'listCampaignTags',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/tags',
  tag: TAG,
  summary: 'List the tags of a campaign',
  permission: 'campaigns.read',
  params: campaignParams,
  success: { 200: { description: 'All of them, by name.', schema: tagList } },
  failures: ['campaign_unknown', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const found = await campaignInReach(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    return replyWith(await engine.campaignTags.list(identity.orgId, found.value.id), (tags) => {
      const body = { items: tags.map(viewOf) };
      return { status: 200, body, etag: tagOf(body) };
    });
  },
});

const change = operation({
  id: 'changeCampaignTag',
  method: 'patch',
  path: '/v1/campaigns/{campaign_id}/tags/{tag_id}',
  tag: TAG,
  summary: 'Change a tag of a campaign',
  permission: 'campaigns.manage',
  params: tagParams,
  body: tagChange,
  success: { 200: { description: 'The tag.', schema: tagView } },
  failures: ['campaign_unknown', 'campaign_inactive', 'not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const { orgId, id: by } = identity;
    const outcome = await engine.campaignTags.change(orgId, found.value.id, params.tag_id, body, by);
    return replyWith(outcome, (tag) => ({ status: 200, body: viewOf(tag) }));
  },
});

const remove = operation({
  id: 'deleteCampaignTag',
  method: 'delete',
  path: '/v1/campaigns/{campaign_id}/tags/{tag_id}',
  tag: TAG,
  summary: 'Delete a tag of a campaign',
  description: 'Ideas that bear it lose it.',
  permission: 'campaigns.manage',
  params: tagParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['campaign_unknown', 'campaign_inactive', 'not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const { orgId, id: by } = identity;
    const outcome = await engine.campaignTags.delete(orgId, found.value.id, params.tag_id, by);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

export const campaignTagOperations: readonly Operation[] = [create, list, change, remove];
