import type { CampaignChange, CampaignShown } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import {
  type CampaignChangeBody,
  type CampaignView,
  campaignChange,
  campaignPage,
  campaignParams,
  campaignPictureQuery,
  campaignQuery,
  campaignStatusChange,
  campaignView,
  newCampaign,
} from '../../protocol/campaigns.ts';
import { PICTURE_MAX_BYTES, PICTURE_MEDIA_TYPES, pictureView } from '../../protocol/pictures.ts';
import { managedCampaign, viewerOf } from '../auth/campaign-reach.ts';
import { tagOf } from './members.ts';
import { type Call, type Operation, operation, type Reply, replyWith } from './operation.ts';
import { addressOf, pictureAsJson } from './pictures.ts';

const TAG = 'Campaigns';

const isoOrNull = (moment: Date | null) => moment?.toISOString() ?? null;
const dateOrNull = (moment: string | null | undefined) => (moment == null ? moment : new Date(moment));
const urlOrNull = (pictureId: string | null) => (pictureId === null ? null : addressOf(pictureId));

export function campaignAsJson(campaign: CampaignShown): CampaignView {
  const { coinPolicy, membership } = campaign;
  return {
    id: campaign.id,
    campaign_id: campaign.campaignId,
    title: campaign.title,
    description: campaign.description,
    campaign_type: campaign.campaignType,
    status: campaign.status,
    preset: campaign.preset,
    budget: campaign.budget,
    budget_rule: campaign.budgetRule,
    hide_totals: campaign.hideTotals,
    embeddable: campaign.embeddable,
    start_date: isoOrNull(campaign.startDate),
    end_date: isoOrNull(campaign.endDate),
    banner_image_url: urlOrNull(campaign.bannerId),
    icon_url: urlOrNull(campaign.iconId),
    created_at: campaign.createdAt.toISOString(),
    activated_at: isoOrNull(campaign.activatedAt),
    completed_at: isoOrNull(campaign.completedAt),
    coin_policy: {
      initial_allocation: coinPolicy.initialAllocation,
      idea_submission_reward: coinPolicy.ideaSubmissionReward,
      allow_reallocation: coinPolicy.allowReallocation,
      allow_recycling: coinPolicy.allowRecycling,
      coin_expiry: coinPolicy.coinExpiry,
      coins_expire_at: isoOrNull(coinPolicy.coinsExpireAt),
      coins_expired_at: isoOrNull(coinPolicy.coinsExpiredAt),
    },
    members: campaign.members,
    ideas: campaign.ideas,
    pending_ideas: campaign.pendingIdeas,
    membership: membership === null ? null : { role: membership.role, state: membership.state },
    can_manage: campaign.canManage,
  };
}

function changeOf(body: CampaignChangeBody): CampaignChange {
  const policy = body.coin_policy;
  return {
    title: body.title,
    description: body.description,
    campaignType: body.campaign_type,
    preset: body.preset,
    budget: body.budget,
    budgetRule: body.budget_rule,
    hideTotals: body.hide_totals,
    embeddable: body.embeddable,
    startDate: dateOrNull(body.start_date),
    endDate: dateOrNull(body.end_date),
    bannerId: body.banner_id,
    iconId: body.icon_id,
    coinPolicy: policy && {
      initialAllocation: policy.initial_allocation,
      ideaSubmissionReward: policy.idea_submission_reward,
      allowReallocation: policy.allow_reallocation,
      allowRecycling: policy.allow_recycling,
      coinExpiry: policy.coin_expiry,
      coinsExpireAt: dateOrNull(policy.coins_expire_at),
    },
  };
}

function shown(campaign: CampaignShown): Reply {
  return { status: 200, body: campaignAsJson(campaign) };
}

const create = operation({
  id: 'createCampaign',
  method: 'post',
  path: '/v1/campaigns',
  tag: TAG,
  summary: 'Create a campaign',
  description: 'A draft. Its creator becomes its manager; a key has no part in it and manages by its role.',
  permission: 'campaigns.create',
  body: newCampaign,
  creates: true,
  success: { 201: { description: 'The campaign.', schema: campaignView } },
  failures: ['conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const { title, campaign_type: campaignType, campaign_id: campaignId } = body;
    const input = { ...changeOf(body), title, campaignType, campaignId };
    return replyWith(await engine.campaigns.create(identity.orgId, input, viewerOf(identity)), (campaign) => ({
      status: 201,
      body: campaignAsJson(campaign),
      headers: { location: `/v1/campaigns/${campaign.campaignId}` },
    }));
  },
});

const list = operation({
  id: 'listCampaigns',
  method: 'get',
  path: '/v1/campaigns',
  tag: TAG,
  summary: 'List the campaigns',
  description:
    'Those that the caller sees: drafts are for who runs them, admins and sponsors; closed ones for who is invited.',
  permission: 'campaigns.read',
  query: campaignQuery,
  success: { 200: { description: 'A page of campaigns, newest first.', schema: campaignPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const { cursor, limit, status, mine } = query;
    const asked = {
      mine: mine === 'true',
      ...(status === undefined ? {} : { status }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(limit === undefined ? {} : { limit }),
    };
    const page = await engine.campaigns.list(identity.orgId, viewerOf(identity), asked);
    return replyWith(page, ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(campaignAsJson), next_cursor: nextCursor },
    }));
  },
});

const get = operation({
  id: 'getCampaign',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}',
  tag: TAG,
  summary: 'Read a campaign',
  permission: 'campaigns.read',
  params: campaignParams,
  success: { 200: { description: 'The campaign.', schema: campaignView } },
  failures: ['campaign_unknown', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    const found = await engine.campaigns.show(identity.orgId, params.campaign_id, viewerOf(identity));
    return replyWith(found, (campaign) => {
      const body = campaignAsJson(campaign);
      return { status: 200, body, etag: tagOf(body) };
    });
  },
});

/** The requirement says PUT; both mean: what is left out stays. */
function change(id: string, method: 'put' | 'patch'): Operation {
  return operation({
    id,
    method,
    path: '/v1/campaigns/{campaign_id}',
    tag: TAG,
    summary: 'Change a campaign',
    description:
      'PUT and PATCH do the same: what is left out stays. Once it is active, its preset and initial allocation stay; ' +
      'once it is completed, all but its title, description and pictures.',
    permission: 'campaigns.manage',
    params: campaignParams,
    body: campaignChange,
    success: { 200: { description: 'The campaign.', schema: campaignView } },
    failures: [
      'campaign_unknown',
      'campaign_inactive',
      'coins_expired',
      'conflict',
      'database_away',
      'outcome_unknown',
    ],
    handle: async ({
      engine,
      identity,
      params,
      body,
    }: Call<'campaigns.manage', { campaign_id: string }, undefined, CampaignChangeBody>) => {
      const found = await managedCampaign(engine, identity, params.campaign_id);
      if (!found.ok) return found;
      const viewer = viewerOf(identity);
      return replyWith(await engine.campaigns.change(identity.orgId, found.value.id, changeOf(body), viewer), shown);
    },
  });
}

const changeStatus = operation({
  id: 'changeCampaignStatus',
  method: 'post',
  path: '/v1/campaigns/{campaign_id}/status',
  tag: TAG,
  summary: 'Start, complete or archive a campaign',
  description:
    'active: purses are opened, approved ideas compete. completed: no coin moves any more; coins in purses expire where ' +
    'the policy says at_end. archived: nothing changes any more.',
  permission: 'campaigns.manage',
  params: campaignParams,
  body: campaignStatusChange,
  timeoutMs: limits.campaignChangeTimeoutMs,
  success: { 200: { description: 'The campaign.', schema: campaignView } },
  failures: ['campaign_unknown', 'campaign_inactive', 'campaign_ended', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const viewer = viewerOf(identity);
    return replyWith(await engine.campaigns.changeStatus(identity.orgId, found.value.id, body.status, viewer), shown);
  },
});

const remove = operation({
  id: 'deleteCampaign',
  method: 'delete',
  path: '/v1/campaigns/{campaign_id}',
  tag: TAG,
  summary: 'Delete a draft of a campaign',
  description: 'With its tags, members and ideas. A campaign that has started is completed and archived instead.',
  permission: 'campaigns.manage',
  params: campaignParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['campaign_unknown', 'campaign_inactive', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const outcome = await engine.campaigns.delete(identity.orgId, found.value.id, identity.id);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

const upload = operation({
  id: 'uploadCampaignPicture',
  method: 'post',
  path: '/v1/campaigns/{campaign_id}/pictures',
  tag: TAG,
  summary: 'Upload the banner or icon of a campaign',
  description:
    'PNG, JPEG or WebP. It is made anew without anything that the file carried beside it: a banner at most 1,600 pixels ' +
    'wide and high, an icon 800. Then name its picture_id as banner_id or icon_id of the campaign.',
  permission: 'campaigns.manage',
  params: campaignParams,
  query: campaignPictureQuery,
  file: { mediaTypes: PICTURE_MEDIA_TYPES, maxBytes: PICTURE_MAX_BYTES, description: 'The picture, at most 2 MiB.' },
  creates: true,
  success: { 201: { description: 'The picture.', schema: pictureView } },
  failures: ['campaign_unknown', 'invalid_input', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, query, file }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const edgePixels = query.for === 'banner' ? limits.bannerEdgePixels : limits.pictureEdgePixels;
    const bytes = file?.bytes ?? new Uint8Array();
    const outcome = await engine.pictures.add(identity.orgId, bytes, identity.id, edgePixels);
    return replyWith(outcome, (picture) => ({
      status: 201,
      body: pictureAsJson(picture),
      headers: { location: addressOf(picture.pictureId) },
    }));
  },
});

export const campaignOperations: readonly Operation[] = [
  create,
  list,
  get,
  change('updateCampaign', 'put'),
  change('changeCampaign', 'patch'),
  changeStatus,
  remove,
  upload,
];
