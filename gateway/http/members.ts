import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Identity, Member, MembersActor } from '../../engine/index.ts';
import {
  type MemberView,
  memberChange,
  memberCounts,
  memberPage,
  memberQuery,
  memberView,
  newMember,
} from '../../protocol/members.ts';
import { id } from '../../protocol/text.ts';
import { microOfVotes, votesOfMicro } from '../../protocol/weight.ts';
import { permits } from '../auth/permissions.ts';
import { type Call, type Operation, operation, type Reply, replyWith } from './operation.ts';

const TAG = 'Members';
const memberParams = z.strictObject({ member_id: id });

/** Who acts on members: the permission table says whether also on those with other roles than member. */
export function membersActor(identity: Identity): MembersActor {
  return { id: identity.id, givesRoles: permits(identity, 'members.roles') };
}

function viewOf(member: Member): MemberView {
  return {
    member_id: member.memberId,
    number: member.number,
    name: member.name,
    email: member.email,
    roles: [...member.roles],
    status: member.status,
    weight: votesOfMicro(member.weight),
    groups: member.groups.map(({ groupId, name }) => ({ group_id: groupId, name })),
    note: member.note,
    has_account: member.hasAccount,
    created_at: member.createdAt.toISOString(),
    changed_at: member.changedAt.toISOString(),
  };
}

/** An ETag of all that is shown: groups change without their members' rows, and the other way round. */
export function tagOf(body: unknown): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('base64url');
}

function shown(member: Member): Reply {
  const body = viewOf(member);
  return { status: 200, body, etag: tagOf(body) };
}

const create = operation({
  id: 'createMember',
  method: 'post',
  path: '/v1/members',
  tag: TAG,
  summary: 'Create a member',
  description: 'Roles other than member are an admin’s to give.',
  permission: 'members.manage',
  body: newMember,
  creates: true,
  success: { 201: { description: 'The member.', schema: memberView } },
  failures: ['not_found', 'conflict', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    const input = { ...body, weight: microOfVotes(body.weight) };
    return replyWith(await engine.members.create(identity.orgId, input, membersActor(identity)), (member) => ({
      status: 201,
      body: viewOf(member),
      headers: { location: `/v1/members/${member.memberId}` },
    }));
  },
});

const list = operation({
  id: 'listMembers',
  method: 'get',
  path: '/v1/members',
  tag: TAG,
  summary: 'List or search the members',
  description: 'By name. With q those are found of whom every word fits; more than six words make no difference.',
  permission: 'members.read',
  query: memberQuery,
  success: { 200: { description: 'A page of members.', schema: memberPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    return replyWith(await engine.members.list(identity.orgId, query), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});

const counts = operation({
  id: 'countMembers',
  method: 'get',
  path: '/v1/member-counts',
  tag: TAG,
  summary: 'How many members there are, by status',
  permission: 'members.read',
  success: { 200: { description: 'The numbers.', schema: memberCounts } },
  failures: ['database_away'],
  handle: async ({ engine, identity }) => {
    return replyWith(await engine.members.counts(identity.orgId), (counted) => ({
      status: 200,
      body: {
        invited: counted.invited,
        active: counted.active,
        inactive: counted.inactive,
        without_email: counted.withoutEmail,
        without_account: counted.withoutAccount,
        active_weight: votesOfMicro(counted.activeWeight),
      },
    }));
  },
});

const get = operation({
  id: 'getMember',
  method: 'get',
  path: '/v1/members/{member_id}',
  tag: TAG,
  summary: 'Read a member',
  permission: 'members.read',
  params: memberParams,
  success: { 200: { description: 'The member.', schema: memberView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await engine.members.get(identity.orgId, params.member_id), shown);
  },
});

const change = operation({
  id: 'changeMember',
  method: 'patch',
  path: '/v1/members/{member_id}',
  tag: TAG,
  summary: 'Change a member',
  description: 'Whoever gets other roles is signed out everywhere and signs in with the new ones.',
  permission: 'members.manage',
  params: memberParams,
  body: memberChange,
  success: { 200: { description: 'The member as it is now.', schema: memberView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const { weight, ...rest } = body;
    const input = { ...rest, ...(weight === undefined ? {} : { weight: microOfVotes(weight) }) };
    const outcome = await engine.members.change(identity.orgId, params.member_id, input, membersActor(identity));
    return replyWith(outcome, shown);
  },
});

/** Acts without a body that change what a member is. */
function act(name: 'deactivate' | 'reactivate', summary: string, description: string): Operation {
  return operation({
    id: `${name}Member`,
    method: 'post',
    path: `/v1/members/{member_id}/${name}`,
    tag: TAG,
    summary,
    description,
    permission: 'members.manage',
    params: memberParams,
    success: { 200: { description: 'The member as it is now.', schema: memberView } },
    failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
    handle: async ({
      engine,
      identity,
      params,
    }: Call<'members.manage', { member_id: string }, undefined, undefined>) => {
      const outcome = await engine.members[name](identity.orgId, params.member_id, membersActor(identity));
      return replyWith(outcome, shown);
    },
  });
}

export const memberOperations: readonly Operation[] = [
  create,
  list,
  counts,
  get,
  change,
  act(
    'deactivate',
    'Deactivate a member',
    'The member is cut off within a second and stands on no roll made from now on. The last admin stays.',
  ),
  act('reactivate', 'Reactivate a member', 'Also makes an invited member active.'),
];
