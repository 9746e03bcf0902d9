import type { Account, Membership } from '../../engine/index.ts';
import {
  type AccountView,
  accountChange,
  accountExport,
  accountView,
  confirmation,
  emailChange,
  mailOnItsWay,
  passwordChange,
} from '../../protocol/accounts.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Account';

export function membershipViewOf(one: Membership) {
  return {
    org_id: one.orgId,
    name: one.name,
    member_id: one.memberId,
    number: one.number,
    roles: [...one.roles],
    status: one.status,
  };
}

function viewOf(account: Account): AccountView {
  return {
    account_id: account.accountId,
    email: account.email,
    name: account.name,
    locale: account.locale,
    has_password: account.hasPassword,
    totp: account.totp,
    recovery_codes_left: account.recoveryCodesLeft,
    platform_admin: account.platformAdmin,
    created_at: account.createdAt.toISOString(),
    session_id: account.sessionId,
    current_org_id: account.currentOrgId,
    memberships: account.memberships.map(membershipViewOf),
  };
}

const get = operation({
  id: 'getAccount',
  method: 'get',
  path: '/v1/account',
  tag: TAG,
  summary: 'Read your account',
  permission: 'account.manage',
  success: { 200: { description: 'You, and the organisations that you belong to.', schema: accountView } },
  failures: [],
  handle: async ({ engine, person }) =>
    replyWith(await engine.profiles.get(person), (account) => ({ status: 200, body: viewOf(account) })),
});

const change = operation({
  id: 'changeAccount',
  method: 'patch',
  path: '/v1/account',
  tag: TAG,
  summary: 'Change your name or language',
  permission: 'account.manage',
  body: accountChange,
  success: { 200: { description: 'As it is now.', schema: accountView } },
  failures: [],
  handle: async ({ engine, person, body }) =>
    replyWith(await engine.profiles.change(person, body), (account) => ({ status: 200, body: viewOf(account) })),
});

const password = operation({
  id: 'changePassword',
  method: 'post',
  path: '/v1/account/password',
  tag: TAG,
  summary: 'Change your password',
  description: 'Ends your other sessions. Who has no password yet needs a sign-in of the last 10 minutes instead.',
  permission: 'account.manage',
  limit: 'confirmation',
  body: passwordChange,
  success: { 204: { description: 'The new password counts.' } },
  failures: ['rate_limited'],
  handle: async ({ engine, person, body }) => {
    const input = { currentPassword: body.current_password, password: body.password };
    return replyWith(await engine.profiles.changePassword(person, input), () => ({ status: 204 }));
  },
});

const email = operation({
  id: 'changeEmail',
  method: 'post',
  path: '/v1/account/email',
  tag: TAG,
  summary: 'Change your address',
  description:
    'Writes a link to the new address; it counts once verify-email has had its token. Asks for your password, or for a ' +
    'sign-in of the last 10 minutes.',
  permission: 'account.manage',
  limit: 'confirmation',
  body: emailChange,
  success: { 202: { description: 'The same answer whether or not the address is free.', schema: mailOnItsWay } },
  failures: ['rate_limited'],
  handle: async ({ engine, person, body }) =>
    replyWith(await engine.profiles.changeEmail(person, body.email, body.password), () => ({
      status: 202,
      body: { status: 'mail_on_its_way' },
    })),
});

const take = operation({
  id: 'exportAccount',
  method: 'get',
  path: '/v1/account/export',
  tag: TAG,
  summary: 'Take everything that is held about you',
  permission: 'account.manage',
  secret: true,
  success: { 200: { description: 'One JSON document.', schema: accountExport } },
  failures: [],
  handle: async ({ engine, person }) =>
    replyWith(await engine.profiles.export(person), (parts) => ({
      status: 200,
      body: { exported_at: new Date().toISOString(), ...parts },
      headers: { 'content-disposition': 'attachment; filename="psephos-account.json"' },
    })),
});

const remove = operation({
  id: 'deleteAccount',
  method: 'delete',
  path: '/v1/account',
  tag: TAG,
  summary: 'Delete your account',
  description:
    'Erases your address, name and password and ends every session. Organisations keep their memberships, without you. ' +
    'Asks for your password, or for a sign-in of the last 10 minutes. Cannot be undone.',
  permission: 'account.manage',
  limit: 'confirmation',
  body: confirmation,
  bodyOptional: true,
  success: { 204: { description: 'It is gone.' } },
  failures: ['conflict', 'rate_limited'],
  handle: async ({ engine, person, body }) => {
    const given = (body as { password?: string } | undefined)?.password;
    return replyWith(await engine.profiles.delete(person, given), () => ({ status: 204 }));
  },
});

export const accountOperations: readonly Operation[] = [get, change, password, email, take, remove];
