import type { z } from 'zod';
import type { CampaignMember } from '../../engine/index.ts';
import {
  type CampaignMemberView,
  campaignMemberChange,
  campaignMemberPage,
  campaignMemberQuery,
  campaignMemberView,
  campaignParams,
  invitationsMade,
  memberInvitations,
} from '../../protocol/campaigns.ts';
import { id } from '../../protocol/text.ts';
import { campaignInReach, managedCampaign, participantOf } from '../auth/campaign-reach.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Campaigns';
const memberParams = campaignParams.extend({ user_id: id });
/** 1,000 rows with an address of 254 characters each. */
const INVITATIONS_MAX_BYTES = 512 * 1024;

type Invited = z.output<typeof memberInvitations>[number];

function viewOf(member: CampaignMember): CampaignMemberView {
  return {
    user_id: member.userId,
    name: member.name,
    role: member.role,
    state: member.state,
    invited_at: member.invitedAt.toISOString(),
    joined_at: member.joinedAt?.toISOString() ?? null,
  };
}

/** The schema has seen to it that one of both is there. */
function invitationOf({ user_id: userId, email = '', role = 'member' }: Invited) {
  return userId === undefined ? { email, role } : { userId, role };
}

const invite = operation({
  id: 'inviteToCampaign',
  method: 'post',
  path: '/v1/campaigns/{campaign_id}/members',
  tag: TAG,
  summary: 'Invite members to a campaign',
  description:
    'Up to 1,000 members of the organisation, by id or by address. All of them or none: details.fields names the rows ' +
    'that are nobody’s. Who had asked to join is in at once; who is in or invited already stays as they are.',
  permission: 'campaigns.manage',
  params: campaignParams,
  body: memberInvitations,
  bodyMaxBytes: INVITATIONS_MAX_BYTES,
  success: { 200: { description: 'How many were changed.', schema: invitationsMade } },
  failures: ['campaign_unknown', 'campaign_inactive', 'invalid_input', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const invited = body.map(invitationOf);
    const outcome = await engine.campaignMembers.invite(identity.orgId, found.value.id, invited, identity.id);
    return replyWith(outcome, (made) => ({ status: 200, body: made }));
  },
});

const list = operation({
  id: 'listCampaignMembers',
  method: 'get',
  path: '/v1/campaigns/{campaign_id}/members',
  tag: TAG,
  summary: 'Who takes part in a campaign?',
  description: 'For its managers: who is invited, who asks to join, who has joined or left.',
  permission: 'campaigns.manage',
  params: campaignParams,
  query: campaignMemberQuery,
  success: {
    200: {
      description: 'A page, in the order in which they were invited, asked or joined.',
      schema: campaignMemberPage,
    },
  },
  failures: ['campaign_unknown', 'database_away'],
  handle: async ({ engine, identity, params, query: { state, cursor, limit } }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const asked = {
      ...(state === undefined ? {} : { state }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(limit === undefined ? {} : { limit }),
    };
    const page = await engine.campaignMembers.list(identity.orgId, found.value.id, asked);
    return replyWith(page, ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});

const change = operation({
  id: 'changeCampaignMember',
  method: 'patch',
  path: '/v1/campaigns/{campaign_id}/members/{user_id}',
  tag: TAG,
  summary: 'Admit a member to a campaign, give them a role, or take them out',
  permission: 'campaigns.manage',
  params: memberParams,
  body: campaignMemberChange,
  success: { 200: { description: 'The member.', schema: campaignMemberView } },
  failures: ['campaign_unknown', 'campaign_inactive', 'not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const { orgId, id: by } = identity;
    const outcome = await engine.campaignMembers.change(orgId, found.value.id, params.user_id, body, by);
    return replyWith(outcome, (member) => ({ status: 200, body: viewOf(member) }));
  },
});

const remove = operation({
  id: 'removeCampaignMember',
  method: 'delete',
  path: '/v1/campaigns/{campaign_id}/members/{user_id}',
  tag: TAG,
  summary: 'Take a member out of a campaign',
  description: 'Coins on ideas stay there; the purse is closed. The last manager stays.',
  permission: 'campaigns.manage',
  params: memberParams,
  success: { 204: { description: 'The member is not in it.' } },
  failures: ['campaign_unknown', 'not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const found = await managedCampaign(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const out = { state: 'left' as const };
    const { orgId, id: by } = identity;
    const outcome = await engine.campaignMembers.change(orgId, found.value.id, params.user_id, out, by);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

const join = operation({
  id: 'joinCampaign',
  method: 'post',
  path: '/v1/campaigns/{campaign_id}/join',
  tag: TAG,
  summary: 'Join a campaign',
  description:
    'Open: you are in, with the initial coins once it is active. Mediated: you have asked, a manager decides. Closed, or ' +
    'invited to any: the invitation is taken. Joining again changes nothing.',
  permission: 'campaigns.join',
  params: campaignParams,
  success: { 200: { description: 'Your part in it.', schema: campaignMemberView } },
  failures: ['campaign_unknown', 'campaign_inactive', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const userId = participantOf(identity);
    if (!userId.ok) return userId;
    const found = await campaignInReach(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const outcome = await engine.campaignMembers.join(identity.orgId, found.value.id, userId.value);
    return replyWith(outcome, (member) => ({ status: 200, body: viewOf(member) }));
  },
});

const leave = operation({
  id: 'leaveCampaign',
  method: 'post',
  path: '/v1/campaigns/{campaign_id}/leave',
  tag: TAG,
  summary: 'Leave a campaign',
  description: 'Or take a request back, or decline an invitation. Coins on ideas stay there; the purse is closed.',
  permission: 'campaigns.join',
  params: campaignParams,
  success: { 204: { description: 'You have no part in it.' } },
  failures: ['campaign_unknown', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const userId = participantOf(identity);
    if (!userId.ok) return userId;
    const found = await campaignInReach(engine, identity, params.campaign_id);
    if (!found.ok) return found;
    const outcome = await engine.campaignMembers.leave(identity.orgId, found.value.id, userId.value);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

export const campaignMemberOperations: readonly Operation[] = [invite, list, change, remove, join, leave];
