import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { Member, MembersActor } from '../../engine/index.ts';
import { accepted, kindOf, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

const chair: MembersActor = { id: randomUUID(), givesRoles: true };
const helper: MembersActor = { id: randomUUID(), givesRoles: false };

const create = async (orgId: string, input: Parameters<typeof engine.members.create>[1]) =>
  accepted(await engine.members.create(orgId, input, chair));

/** Kinds and payloads of an organisation's log. */
const logOf = (orgId: string) =>
  superuser<{ kind: string; payload: Record<string, unknown> }[]>`
    SELECT kind, payload FROM app.log WHERE org_id = ${orgId} ORDER BY pos`;

/** Gives a member an account, as redeeming an invitation does. */
async function signIn(member: Member): Promise<void> {
  const accountId = randomUUID();
  await superuser`INSERT INTO app.accounts (account_id, display_name) VALUES (${accountId}, 'Somebody')`;
  await superuser`UPDATE app.members SET account_id = ${accountId} WHERE member_id = ${member.memberId}`;
}

describe('members', () => {
  test('are made with what is given, the rest by default, and read again', async () => {
    const orgId = await newOrganisation(engine);
    const group = accepted(await engine.groups.create(orgId, { name: 'Board' }, chair.id));
    const made = await create(orgId, {
      name: 'Ada Lovelace',
      email: 'ada@club.example',
      weight: 2_500_000n,
      groups: [group.groupId],
      note: 'joined in 1843',
    });
    expect(made).toMatchObject({
      number: '1',
      roles: ['member'],
      status: 'active',
      weight: 2_500_000n,
      groups: [{ groupId: group.groupId, name: 'Board' }],
      hasAccount: false,
    });
    expect(accepted(await engine.members.get(orgId, made.memberId))).toEqual(made);
    expect((await create(orgId, { number: '41', name: 'Grace' })).number).toBe('41');
    expect((await create(orgId, { name: 'Next' })).number).toBe('42');
  });

  test('are not found in another organisation', async () => {
    const [ours, theirs] = [await newOrganisation(engine), await newOrganisation(engine)];
    const { memberId } = await create(theirs, { name: 'Eve' });
    for (const outcome of [
      await engine.members.get(ours, memberId),
      await engine.members.change(ours, memberId, { name: 'Mine' }, chair),
      await engine.members.deactivate(ours, memberId, chair),
    ]) {
      expect(kindOf(outcome)).toBe('not_found');
    }
  });

  test('have a number and an e-mail address of their own', async () => {
    const orgId = await newOrganisation(engine);
    await create(orgId, { number: '7', name: 'Ada', email: 'ada@club.example' });
    const again = await engine.members.create(orgId, { number: '7', name: 'Bea', email: 'ada@club.example' }, chair);
    expect(again).toMatchObject({
      ok: false,
      failure: {
        kind: 'conflict',
        details: { reason: 'number_taken', fields: [{ path: 'number' }, { path: 'email' }] },
      },
    });
    const { memberId } = await create(orgId, { number: '8', name: 'Bea' });
    const taken = await engine.members.change(orgId, memberId, { email: 'ada@club.example' }, chair);
    expect(taken).toMatchObject({ ok: false, failure: { details: { reason: 'email_taken' } } });
    expect(accepted(await engine.members.get(orgId, memberId)).email).toBeNull();
  });

  test('get different numbers when many are made at once', async () => {
    const orgId = await newOrganisation(engine);
    const made = await Promise.all(Array.from({ length: 12 }, (_, i) => create(orgId, { name: `Member ${i}` })));
    expect(made.map(({ number }) => Number(number)).sort((a, b) => a - b)).toEqual(made.map((_, i) => i + 1));
  });

  test('keep what a change leaves out, and their groups are replaced as a whole', async () => {
    const orgId = await newOrganisation(engine);
    const [a, b] = [
      accepted(await engine.groups.create(orgId, { name: 'A' }, chair.id)),
      accepted(await engine.groups.create(orgId, { name: 'B' }, chair.id)),
    ];
    const made = await create(orgId, { name: 'Ada', email: 'ada@club.example', groups: [a.groupId] });
    const changed = accepted(
      await engine.members.change(orgId, made.memberId, { weight: 3_000_000n, groups: [b.groupId] }, chair),
    );
    expect(changed).toMatchObject({
      name: 'Ada',
      email: 'ada@club.example',
      weight: 3_000_000n,
      groups: [{ name: 'B' }],
    });
    const unknown = await engine.members.change(orgId, made.memberId, { name: 'X', groups: [randomUUID()] }, chair);
    expect(unknown).toMatchObject({ ok: false, failure: { kind: 'not_found', details: { resource: 'group' } } });
    expect(accepted(await engine.members.get(orgId, made.memberId))).toEqual(changed);
    expect(accepted(await engine.members.change(orgId, made.memberId, { email: null }, chair)).email).toBeNull();
  });

  test('are written to the log by their ids alone', async () => {
    const orgId = await newOrganisation(engine);
    const { memberId } = await create(orgId, { name: 'Ada Lovelace', email: 'ada@club.example' });
    accepted(await engine.members.change(orgId, memberId, { name: 'Ada King', email: 'king@club.example' }, chair));
    accepted(await engine.members.deactivate(orgId, memberId, chair));
    const entries = await logOf(orgId);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'member.created',
      'member.changed',
      'member.deactivated',
      'access.revoked',
    ]);
    expect(entries[1]?.payload).toEqual({ by: chair.id, fields: ['name', 'email'] });
    expect(entries[3]?.payload).toEqual({ kind: 'member', id: memberId });
    expect(JSON.stringify(entries)).not.toMatch(/ada|king@/i);
  });
});

describe('roles', () => {
  test('other than member are an admin’s to give, to take and to touch', async () => {
    const orgId = await newOrganisation(engine);
    const moderator = await create(orgId, { name: 'Mo', roles: ['moderator', 'member'] });
    const plain = accepted(await engine.members.create(orgId, { name: 'Pat' }, helper));
    for (const outcome of [
      await engine.members.create(orgId, { name: 'Adm', roles: ['admin'] }, helper),
      await engine.members.change(orgId, plain.memberId, { roles: ['admin'] }, helper),
      await engine.members.change(orgId, moderator.memberId, { email: 'mine@club.example' }, helper),
      await engine.members.deactivate(orgId, moderator.memberId, helper),
    ]) {
      expect(outcome).toMatchObject({ ok: false, failure: { kind: 'forbidden', details: { role: 'admin' } } });
    }
    expect(kindOf(await engine.members.change(orgId, plain.memberId, { name: 'Patricia' }, helper))).toBe('ok');
  });

  test('that change cut the member off, so that he comes back with those that are left', async () => {
    const orgId = await newOrganisation(engine);
    const { memberId } = await create(orgId, { name: 'Mo', roles: ['moderator'] });
    accepted(await engine.members.change(orgId, memberId, { roles: ['moderator'], note: 'same' }, chair));
    expect((await logOf(orgId)).map(({ kind }) => kind)).not.toContain('access.revoked');
    accepted(await engine.members.change(orgId, memberId, { roles: ['member'] }, chair));
    expect((await logOf(orgId)).at(-1)).toMatchObject({
      kind: 'access.revoked',
      payload: { kind: 'member', id: memberId },
    });
  });

  test('the last admin keeps the role and stays active', async () => {
    const orgId = await newOrganisation(engine);
    const first = await create(orgId, { name: 'First', roles: ['admin'] });
    const refused = { ok: false, failure: { kind: 'conflict', details: { reason: 'last_admin' } } };
    expect(await engine.members.deactivate(orgId, first.memberId, chair)).toMatchObject(refused);
    expect(await engine.members.change(orgId, first.memberId, { roles: ['member'] }, chair)).toMatchObject(refused);
    const second = await create(orgId, { name: 'Second', roles: ['admin'] });
    await signIn(second);
    // the first never signed in: without the second nobody could administer
    expect(await engine.members.deactivate(orgId, second.memberId, chair)).toMatchObject(refused);
    expect(kindOf(await engine.members.deactivate(orgId, first.memberId, chair))).toBe('ok');
    expect(kindOf(await engine.members.reactivate(orgId, first.memberId, chair))).toBe('ok');
  });

  test('of two admins who depose each other at once one stays', async () => {
    const orgId = await newOrganisation(engine);
    const admins = [
      await create(orgId, { name: 'A', roles: ['admin'] }),
      await create(orgId, { name: 'B', roles: ['admin'] }),
    ];
    const outcomes = await Promise.all(admins.map(({ memberId }) => engine.members.deactivate(orgId, memberId, chair)));
    expect(outcomes.map(kindOf).sort()).toEqual(['conflict', 'ok']);
  });
});

describe('groups', () => {
  test('are made, renamed, listed by name and deleted; a name is there once whatever its capitals', async () => {
    const orgId = await newOrganisation(engine);
    const board = accepted(await engine.groups.create(orgId, { name: 'Vorstand' }, chair.id));
    accepted(await engine.groups.create(orgId, { name: 'Ältestenrat' }, chair.id));
    expect(await engine.groups.create(orgId, { name: 'VORSTAND' }, chair.id)).toMatchObject({
      ok: false,
      failure: { kind: 'conflict', details: { reason: 'name_taken' } },
    });
    expect(kindOf(await engine.groups.rename(orgId, board.groupId, 'ÄLTESTENRAT', chair.id))).toBe('conflict');
    expect(accepted(await engine.groups.rename(orgId, board.groupId, 'VORSTAND', chair.id)).name).toBe('VORSTAND');
    const first = accepted(await engine.groups.list(orgId, { limit: 1 }));
    const second = accepted(await engine.groups.list(orgId, { limit: 1, cursor: first.nextCursor as string }));
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['VORSTAND', 'Ältestenrat']);
    expect(second.nextCursor).toBeNull();
    accepted(await engine.groups.delete(orgId, board.groupId, chair.id));
    expect(kindOf(await engine.groups.get(orgId, board.groupId))).toBe('not_found');
    expect(kindOf(await engine.groups.delete(orgId, board.groupId, chair.id))).toBe('not_found');
  });

  test('take and lose thousands of members in one call; a stranger among them and nothing is changed', async () => {
    const orgId = await newOrganisation(engine);
    await superuser`INSERT INTO app.members (org_id, member_id, number, name)
      SELECT ${orgId}, gen_random_uuid(), n::text, 'Member ' || n FROM generate_series(1, 3000) n`;
    const rows = await superuser<{ member_id: string }[]>`SELECT member_id FROM app.members WHERE org_id = ${orgId}`;
    const ids = rows.map(({ member_id }) => member_id);
    const { groupId } = accepted(await engine.groups.create(orgId, { name: 'All' }, chair.id));
    const change = (more: { add?: string[]; remove?: string[] }) =>
      engine.groups.changeMembers(orgId, groupId, more, chair.id);
    expect(accepted(await change({ add: ids }))).toEqual({ added: 3000, removed: 0 });
    expect(accepted(await change({ add: ids.slice(0, 10), remove: ids.slice(0, 20) }))).toEqual({
      added: 0,
      removed: 10,
    });
    const stranger = randomUUID();
    expect(await change({ remove: [...ids.slice(0, 100), stranger] })).toMatchObject({
      ok: false,
      failure: { kind: 'not_found', details: { ids: [stranger] } },
    });
    expect(accepted(await engine.groups.get(orgId, groupId)).members).toBe(2990);
  });
});
