import { describe, expect, test } from 'vitest';
import type { Identity, Role } from '../../../engine/index.ts';
import { authorise, PERMISSIONS, type Permission, permits } from '../../../gateway/auth/permissions.ts';

const ROLES: readonly Role[] = ['guest', 'member', 'moderator', 'admin'];

/** Written apart from the code: 1 = may. Columns as in ROLES. */
const TABLE: Readonly<Record<Permission, string>> = {
  'meetings.create': '0011',
  'meetings.list': '0011',
  'meetings.read': '1111',
  'elections.create': '0011',
  'elections.manage': '0011',
  'elections.read': '1111',
  'credentials.issue': '0011',
  'ballots.cast': '1111',
  'ballots.read': '1111',
  'tallies.read': '1111',
  'results.read': '1111',
  'results.preview': '0011',
  'participation.read': '0011',
  'elections.recount': '0011',
  'sockets.connect': '1111',
};

const identity = (roles: readonly Role[]): Identity => ({
  kind: 'api_key',
  orgId: 'o',
  roles,
  id: 'i',
  meetingId: null,
  tokenHashPrefix: '00000000',
});

test('the table names every permission', () => {
  expect(Object.keys(PERMISSIONS).sort()).toEqual(Object.keys(TABLE).sort());
});

describe.each(Object.entries(TABLE) as [Permission, string][])('%s', (permission, row) => {
  test.each(ROLES.map((role, column) => [role, row[column] === '1'] as const))('%s: %s', (role, may) => {
    expect(permits([role], permission)).toBe(may);
    const outcome = authorise(identity([role]), permission);
    expect(outcome.ok).toBe(may);
    if (!outcome.ok) expect(outcome.failure).toMatchObject({ kind: 'forbidden', details: { role: 'moderator' } });
  });
});

test('no role, no permission; one of several roles is enough', () => {
  expect(permits([], 'elections.read')).toBe(false);
  expect(permits(['guest', 'moderator'], 'elections.manage')).toBe(true);
});
