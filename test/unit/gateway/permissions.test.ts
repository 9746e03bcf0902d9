import { describe, expect, test } from 'vitest';
import type { Identity, Role } from '../../../engine/index.ts';
import {
  authorise,
  authorisePerson,
  PERMISSIONS,
  PERSON_PERMISSIONS,
  type Permission,
  permits,
} from '../../../gateway/auth/permissions.ts';

const ROLES: readonly Role[] = ['guest', 'member', 'sponsor', 'auditor', 'moderator', 'admin'];

/** Written apart from the code: a column a role as in ROLES, 1 = may; then how far it reaches and who is named. */
const TABLE: Readonly<Record<Permission, readonly [string, 'organisation' | 'meeting', Role]>> = {
  'organisation.read': ['111111', 'meeting', 'guest'],
  'organisation.manage': ['000001', 'organisation', 'admin'],
  'members.read': ['000111', 'organisation', 'auditor'],
  'members.manage': ['000011', 'organisation', 'moderator'],
  'members.roles': ['000001', 'organisation', 'admin'],
  'invitations.manage': ['000011', 'organisation', 'moderator'],
  'meetings.create': ['000011', 'organisation', 'moderator'],
  'meetings.list': ['000111', 'organisation', 'auditor'],
  'meetings.read': ['111111', 'meeting', 'guest'],
  'meetings.manage': ['000011', 'meeting', 'moderator'],
  'meetings.attend': ['111111', 'meeting', 'guest'],
  'speakers.ask': ['111111', 'meeting', 'guest'],
  'attendees.read': ['000111', 'meeting', 'auditor'],
  'attendees.manage': ['000011', 'meeting', 'moderator'],
  'attendees.roles': ['000011', 'organisation', 'moderator'],
  'proxies.read': ['011111', 'meeting', 'member'],
  'proxies.give': ['011111', 'meeting', 'member'],
  'proxies.manage': ['000011', 'organisation', 'moderator'],
  'elections.create': ['000011', 'meeting', 'moderator'],
  'elections.manage': ['000011', 'meeting', 'moderator'],
  'templates.read': ['000011', 'meeting', 'moderator'],
  'templates.manage': ['000011', 'organisation', 'moderator'],
  'paper.count': ['000011', 'meeting', 'moderator'],
  'elections.read': ['111111', 'meeting', 'guest'],
  'credentials.issue': ['000011', 'organisation', 'moderator'],
  'ballots.cast': ['111111', 'meeting', 'guest'],
  'ballots.read': ['111111', 'meeting', 'guest'],
  'tallies.read': ['111111', 'meeting', 'guest'],
  'results.read': ['111111', 'meeting', 'guest'],
  'results.preview': ['000111', 'meeting', 'auditor'],
  'participation.read': ['000111', 'meeting', 'auditor'],
  'elections.recount': ['000111', 'meeting', 'auditor'],
  'campaigns.create': ['001001', 'organisation', 'sponsor'],
  'campaigns.read': ['011111', 'organisation', 'member'],
  'campaigns.join': ['011111', 'organisation', 'member'],
  'campaigns.manage': ['011111', 'organisation', 'member'],
  'campaigns.analyse': ['011111', 'organisation', 'member'],
  'ideas.submit': ['011111', 'organisation', 'member'],
  'coins.move': ['011111', 'organisation', 'member'],
  'search.read': ['111111', 'meeting', 'guest'],
  'log.read': ['000111', 'organisation', 'auditor'],
  'audit.read': ['000101', 'organisation', 'auditor'],
  'sockets.connect': ['111111', 'meeting', 'guest'],
  'api-keys.manage': ['000001', 'organisation', 'admin'],
  'usage.read': ['000101', 'organisation', 'auditor'],
  'webhooks.manage': ['000001', 'organisation', 'admin'],
  'work.manage': ['000001', 'organisation', 'admin'],
};

const identity = (roles: readonly Role[], more: Partial<Identity> = {}): Identity => ({
  kind: 'api_key',
  orgId: 'o',
  roles,
  id: 'i',
  meetingId: null,
  memberId: null,
  sessionId: null,
  scopes: null,
  expiresAtMs: null,
  tokenHashPrefix: '00000000',
  ...more,
});

test('the table names every permission', () => {
  expect(Object.keys(PERMISSIONS).sort()).toEqual(Object.keys(TABLE).sort());
});

describe.each(Object.entries(TABLE) as [Permission, (typeof TABLE)[Permission]][])('%s', (permission, row) => {
  const [cells, reach, least] = row;
  test.each(ROLES.map((role, column) => [role, cells[column] === '1'] as const))('%s: %s', (role, may) => {
    const outcome = authorise(identity([role]), permission);
    expect(outcome.ok).toBe(may);
    if (!outcome.ok) expect(outcome.failure).toMatchObject({ kind: 'forbidden', details: { role: least } });
    expect(permits(identity([role], { kind: 'account' }), permission)).toBe(may);
    expect(permits(identity([role], { kind: 'attendee', meetingId: 'm' }), permission)).toBe(
      may && reach === 'meeting',
    );
    expect(permits(identity([role], { scopes: [permission] }), permission)).toBe(may);
    expect(permits(identity([role], { scopes: [] }), permission)).toBe(false);
  });
});

test('no role, no permission; one of several roles is enough', () => {
  expect(permits(identity([]), 'elections.read')).toBe(false);
  expect(permits(identity(['guest', 'moderator']), 'elections.manage')).toBe(true);
});

test('whoever waits to be admitted may ask whether they are, and nothing else', () => {
  const waiting = identity(['member', 'moderator'], { kind: 'attendee', meetingId: 'm', scopes: ['meetings.attend'] });
  const allowed = Object.keys(TABLE).filter((permission) => permits(waiting, permission as Permission));
  expect(allowed).toEqual(['meetings.attend']);
  expect(authorise(waiting, 'ballots.cast')).toMatchObject({ failure: { details: { reason: 'waiting' } } });
});

test('a key without the scope is told which one', () => {
  const key = identity(['admin'], { scopes: ['elections.read'] });
  expect(authorise(key, 'elections.manage')).toMatchObject({ failure: { details: { scope: 'elections.manage' } } });
});

test('what persons may do outside any organisation', () => {
  const person = { accountId: 'a', sessionId: 's', platformAdmin: false, expiresAtMs: 0, tokenHashPrefix: '00000000' };
  const table = {
    'account.manage': 'person',
    'notifications.manage': 'person',
    'organisations.create': 'person',
    'invitations.redeem': 'person',
    'organisations.manage': 'platform',
    'usage.report': 'platform',
    'work.oversee': 'platform',
  } as const;
  expect(PERSON_PERMISSIONS).toEqual(table);
  for (const [permission, reach] of Object.entries(table) as [keyof typeof table, string][]) {
    expect(authorisePerson(person, permission).ok).toBe(reach === 'person');
    expect(authorisePerson({ ...person, platformAdmin: true }, permission).ok).toBe(true);
  }
});
