import { z } from 'zod';
import type { Group } from '../../engine/index.ts';
import { type GroupView, groupChange, groupChanged, groupPage, groupView, newGroup } from '../../protocol/groups.ts';
import { pageQuery } from '../../protocol/page.ts';
import { id } from '../../protocol/text.ts';
import { tagOf } from './members.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Groups';
const groupParams = z.strictObject({ group_id: id });
const groupMemberParams = z.strictObject({ group_id: id, member_id: id });
/** Two lists of 10,000 ids of 39 bytes. */
const CHANGE_MAX_BYTES = 1024 * 1024;

function viewOf(group: Group): GroupView {
  return {
    group_id: group.groupId,
    name: group.name,
    members: group.members,
    created_at: group.createdAt.toISOString(),
  };
}

const create = operation({
  id: 'createGroup',
  method: 'post',
  path: '/v1/groups',
  tag: TAG,
  summary: 'Create a group of members',
  permission: 'members.manage',
  body: newGroup,
  creates: true,
  success: { 201: { description: 'The group.', schema: groupView } },
  failures: ['conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, body }) => {
    return replyWith(await engine.groups.create(identity.orgId, body, identity.id), (group) => ({
      status: 201,
      body: viewOf(group),
      headers: { location: `/v1/groups/${group.groupId}` },
    }));
  },
});

const list = operation({
  id: 'listGroups',
  method: 'get',
  path: '/v1/groups',
  tag: TAG,
  summary: 'List the groups',
  permission: 'members.read',
  query: pageQuery,
  success: { 200: { description: 'A page of groups, by name.', schema: groupPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const { cursor, limit } = query;
    const page = { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) };
    return replyWith(await engine.groups.list(identity.orgId, page), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(viewOf), next_cursor: nextCursor },
    }));
  },
});

const get = operation({
  id: 'getGroup',
  method: 'get',
  path: '/v1/groups/{group_id}',
  tag: TAG,
  summary: 'Read a group',
  description: 'Who is in it: the list of members with group.',
  permission: 'members.read',
  params: groupParams,
  success: { 200: { description: 'The group.', schema: groupView } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await engine.groups.get(identity.orgId, params.group_id), (group) => {
      const body = viewOf(group);
      return { status: 200, body, etag: tagOf(body) };
    });
  },
});

const rename = operation({
  id: 'renameGroup',
  method: 'patch',
  path: '/v1/groups/{group_id}',
  tag: TAG,
  summary: 'Rename a group',
  permission: 'members.manage',
  params: groupParams,
  body: newGroup,
  success: { 200: { description: 'The group.', schema: groupView } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const outcome = await engine.groups.rename(identity.orgId, params.group_id, body.name, identity.id);
    return replyWith(outcome, (group) => ({ status: 200, body: viewOf(group) }));
  },
});

const remove = operation({
  id: 'deleteGroup',
  method: 'delete',
  path: '/v1/groups/{group_id}',
  tag: TAG,
  summary: 'Delete a group',
  description: 'Its members stay members. Refused while an election has it for its roll.',
  permission: 'members.manage',
  params: groupParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['not_found', 'conflict', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await engine.groups.delete(identity.orgId, params.group_id, identity.id), () => ({ status: 204 }));
  },
});

const changeMembers = operation({
  id: 'changeGroupMembers',
  method: 'post',
  path: '/v1/groups/{group_id}/members',
  tag: TAG,
  summary: 'Put members into a group and take members out',
  description: 'Up to 10,000 of each. All of them or none: an id that is no member’s changes nothing.',
  permission: 'members.manage',
  params: groupParams,
  body: groupChange,
  bodyMaxBytes: CHANGE_MAX_BYTES,
  success: { 200: { description: 'How many were changed.', schema: groupChanged } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const outcome = await engine.groups.changeMembers(identity.orgId, params.group_id, body, identity.id);
    return replyWith(outcome, (changed) => ({ status: 200, body: changed }));
  },
});

const put = operation({
  id: 'putGroupMember',
  method: 'put',
  path: '/v1/groups/{group_id}/members/{member_id}',
  tag: TAG,
  summary: 'Put a member into a group',
  permission: 'members.manage',
  params: groupMemberParams,
  success: { 204: { description: 'The member is in it.' } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const add = [params.member_id];
    const outcome = await engine.groups.changeMembers(identity.orgId, params.group_id, { add }, identity.id);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

const take = operation({
  id: 'removeGroupMember',
  method: 'delete',
  path: '/v1/groups/{group_id}/members/{member_id}',
  tag: TAG,
  summary: 'Take a member out of a group',
  permission: 'members.manage',
  params: groupMemberParams,
  success: { 204: { description: 'The member is not in it.' } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const gone = [params.member_id];
    const outcome = await engine.groups.changeMembers(identity.orgId, params.group_id, { remove: gone }, identity.id);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

export const groupOperations: readonly Operation[] = [create, list, get, rename, remove, changeMembers, put, take];
