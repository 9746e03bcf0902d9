import { z } from 'zod';
import type { Invitation } from '../../engine/index.ts';
import {
  type InvitationView,
  invitationPage,
  invitationQuery,
  invitationRedeemed,
  invitationShown,
  invitationsMade,
  invitationToken,
  invitationView,
  newInvitations,
  resending,
} from '../../protocol/invitations.ts';
import { id } from '../../protocol/text.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Invitations';
const invitationParams = z.strictObject({ invitation_id: id });
/** 10,000 ids of 39 bytes, and room. */
const CALL_MAX_BYTES = 512 * 1024;

function viewOf(invitation: Invitation): InvitationView {
  return {
    invitation_id: invitation.invitationId,
    member_id: invitation.memberId,
    campaign: invitation.campaign,
    email: invitation.email,
    state: invitation.state,
    sent: invitation.sent,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
    used_at: invitation.usedAt?.toISOString() ?? null,
    revoked_at: invitation.revokedAt?.toISOString() ?? null,
  };
}

const invite = operation({
  id: 'inviteMembers',
  method: 'post',
  path: '/v1/member-invitations',
  tag: TAG,
  summary: 'Invite members by e-mail',
  description:
    'Each gets a link that joins the account they sign in with to their membership. A member gets one mail for each ' +
    'campaign, however often this is sent. At most 10,000 mails a call: send it again while remaining is not 0.',
  permission: 'invitations.manage',
  body: newInvitations,
  bodyMaxBytes: CALL_MAX_BYTES,
  creates: true,
  success: { 200: { description: 'How many were invited.', schema: invitationsMade } },
  failures: ['not_found', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const { locale, ...input } = body;
    return replyWith(await engine.invitations.invite(identity.orgId, input, locale, identity.id), (made) => ({
      status: 200,
      body: {
        invited: made.invited,
        repeated: made.repeated,
        without_email: made.withoutEmail,
        with_account: made.withAccount,
        inactive: made.inactive,
        remaining: made.remaining,
      },
    }));
  },
});

const list = operation({
  id: 'listInvitations',
  method: 'get',
  path: '/v1/member-invitations',
  tag: TAG,
  summary: 'List the invitations',
  permission: 'invitations.manage',
  query: invitationQuery,
  success: { 200: { description: 'A page of invitations, newest first.', schema: invitationPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    return replyWith(await engine.invitations.list(identity.orgId, query), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});

const get = operation({
  id: 'getInvitation',
  method: 'get',
  path: '/v1/member-invitations/{invitation_id}',
  tag: TAG,
  summary: 'Read an invitation',
  description: 'Its link stands in the mail alone.',
  permission: 'invitations.manage',
  params: invitationParams,
  success: { 200: { description: 'The invitation.', schema: invitationView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await engine.invitations.get(identity.orgId, params.invitation_id), (invitation) => ({
      status: 200,
      body: viewOf(invitation),
      etag: `${invitation.state}-${invitation.sent}`,
    }));
  },
});

const resend = operation({
  id: 'resendInvitation',
  method: 'post',
  path: '/v1/member-invitations/{invitation_id}/resend',
  tag: TAG,
  summary: 'Send an invitation again',
  description:
    'To the address that the member has now, with a new link; the one before is worthless. Ten mails at most.',
  permission: 'invitations.manage',
  params: invitationParams,
  body: resending,
  bodyOptional: true,
  success: { 200: { description: 'The invitation.', schema: invitationView } },
  failures: ['not_found', 'conflict', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    // without a body the handler gets undefined, which the type of an optional body does not say
    const locale = (body as { locale: 'en' | 'de' } | undefined)?.locale ?? 'en';
    const outcome = await engine.invitations.resend(identity.orgId, params.invitation_id, locale);
    return replyWith(outcome, (invitation) => ({ status: 200, body: viewOf(invitation) }));
  },
});

const revoke = operation({
  id: 'revokeInvitation',
  method: 'post',
  path: '/v1/member-invitations/{invitation_id}/revoke',
  tag: TAG,
  summary: 'Take an invitation back',
  permission: 'invitations.manage',
  params: invitationParams,
  success: { 200: { description: 'The invitation.', schema: invitationView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const outcome = await engine.invitations.revoke(identity.orgId, params.invitation_id);
    return replyWith(outcome, (invitation) => ({ status: 200, body: viewOf(invitation) }));
  },
});

const REASONS = 'details.reason: used, expired, revoked, member_inactive, linked';

const look = operation({
  id: 'lookAtInvitation',
  method: 'post',
  path: '/v1/invitations/look',
  tag: TAG,
  summary: 'See who invites, before signing in',
  description: `Changes nothing. Refused with ${REASONS}.`,
  permission: null,
  limit: 'token',
  body: invitationToken,
  success: { 200: { description: 'Organisation and member.', schema: invitationShown } },
  failures: ['not_found', 'conflict', 'rate_limited', 'database_away'],
  handle: async ({ engine, body }) => {
    return replyWith(await engine.invitations.look(body.token), ({ organisation, name, expiresAt }) => ({
      status: 200,
      body: { organisation, name, expires_at: expiresAt.toISOString() },
    }));
  },
});

const redeem = operation({
  id: 'redeemInvitation',
  method: 'post',
  path: '/v1/invitations/redeem',
  tag: TAG,
  summary: 'Accept an invitation',
  description: `The account that is signed in becomes the member. Again answers the same. Refused with ${REASONS}, member_already.`,
  permission: 'invitations.redeem',
  limit: 'token',
  body: invitationToken,
  success: { 200: { description: 'The membership.', schema: invitationRedeemed } },
  failures: ['not_found', 'conflict', 'rate_limited', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, person, body }) => {
    return replyWith(await engine.invitations.redeem(body.token, person.accountId), (redeemed) => ({
      status: 200,
      body: { org_id: redeemed.orgId, organisation: redeemed.organisation, member_id: redeemed.memberId },
    }));
  },
});

export const invitationOperations: readonly Operation[] = [invite, list, get, resend, revoke, look, redeem];
