import { expect, test } from 'vitest';
import { PERMISSIONS } from '../../../gateway/auth/permissions.ts';
import { SCOPES, scopesOf } from '../../../protocol/scopes.ts';

test('the scopes that a key can be given are the permissions there are, for the same roles; guests have no keys', () => {
  const allowed = Object.entries(PERMISSIONS).map(([name, { roles }]) => [
    name,
    (roles as readonly string[]).filter((role) => role !== 'guest').sort(),
  ]);
  expect(Object.fromEntries(Object.entries(SCOPES).map(([name, roles]) => [name, [...roles].sort()]))).toEqual(
    Object.fromEntries(allowed),
  );
});

test('a moderator is offered what moderators may do, and nothing of administrators', () => {
  expect(scopesOf('moderator')).toContain('elections.manage');
  expect(scopesOf('moderator')).not.toContain('api-keys.manage');
  expect(scopesOf('admin')).toEqual(Object.keys(SCOPES));
});
