import type { Organisation } from '../../engine/index.ts';
import {
  newOrganisation,
  type OrganisationView,
  organisationChange,
  organisationChoice,
  organisationChosen,
  organisationList,
  organisationView,
} from '../../protocol/organisations.ts';
import { membershipViewOf } from './account.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Organisations';

function viewOf(organisation: Organisation, roles: readonly string[]): OrganisationView {
  return {
    org_id: organisation.orgId,
    name: organisation.name,
    locale: organisation.locale,
    time_zone: organisation.timeZone,
    created_at: organisation.createdAt.toISOString(),
    roles: [...roles],
  };
}

const create = operation({
  id: 'createOrganisation',
  method: 'post',
  path: '/v1/organisations',
  tag: TAG,
  summary: 'Found an organisation',
  description: 'You become its first member and administrator, and your session goes on in it.',
  permission: 'organisations.create',
  body: newOrganisation,
  creates: true,
  success: { 201: { description: 'The organisation.', schema: organisationView } },
  failures: ['over_quota'],
  handle: async ({ engine, person, body }) => {
    const { name, locale, time_zone: timeZone } = body;
    return replyWith(await engine.organisations.create(person, { name, locale, timeZone }), (made) => ({
      status: 201,
      body: viewOf(made, ['admin', 'member']),
      headers: { location: '/v1/organisation' },
    }));
  },
});

const list = operation({
  id: 'listOrganisations',
  method: 'get',
  path: '/v1/organisations',
  tag: TAG,
  summary: 'List your organisations',
  permission: 'account.manage',
  success: { 200: { description: 'Those that you are a member of, with your roles.', schema: organisationList } },
  failures: [],
  handle: async ({ engine, person }) =>
    replyWith(await engine.organisations.list(person), (memberships) => ({
      status: 200,
      body: { items: memberships.map(membershipViewOf), next_cursor: null },
    })),
});

const choose = operation({
  id: 'chooseOrganisation',
  method: 'post',
  path: '/v1/auth/organisation',
  tag: TAG,
  summary: 'Choose the organisation of your session',
  description:
    'Requests without X-Org-Id are about it from now on. The old access token may be about the one before for another ' +
    'second: go on with the new one.',
  permission: 'account.manage',
  body: organisationChoice,
  secret: true,
  success: { 200: { description: 'A new access token.', schema: organisationChosen } },
  failures: ['not_found'],
  handle: async ({ engine, person, body }) =>
    replyWith(await engine.sessions.chooseOrganisation(person, body.org_id), ({ accessToken }) => ({
      status: 200,
      body: { org_id: body.org_id, access_token: accessToken },
    })),
});

const get = operation({
  id: 'getOrganisation',
  method: 'get',
  path: '/v1/organisation',
  tag: TAG,
  summary: 'Read the organisation',
  description: 'The one of your key or session, or that X-Org-Id names.',
  permission: 'organisation.read',
  success: { 200: { description: 'The organisation.', schema: organisationView } },
  failures: [],
  handle: async ({ engine, identity }) =>
    replyWith(await engine.organisations.get(identity.orgId), (found) => ({
      status: 200,
      body: viewOf(found, identity.roles),
    })),
});

const change = operation({
  id: 'changeOrganisation',
  method: 'patch',
  path: '/v1/organisation',
  tag: TAG,
  summary: 'Change the organisation',
  permission: 'organisation.manage',
  body: organisationChange,
  success: { 200: { description: 'As it is now.', schema: organisationView } },
  failures: [],
  handle: async ({ engine, identity, body }) => {
    const { name, locale, time_zone: timeZone } = body;
    return replyWith(await engine.organisations.change(identity.orgId, { name, locale, timeZone }), (found) => ({
      status: 200,
      body: viewOf(found, identity.roles),
    }));
  },
});

export const organisationOperations: readonly Operation[] = [create, list, choose, get, change];
