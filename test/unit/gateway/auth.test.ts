import { expect, test } from 'vitest';
import type { Caller, Identity } from '../../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../../engine/outcome.ts';
import { bearerSecret } from '../../../gateway/auth/bearer.ts';
import { createIdentities } from '../../../gateway/auth/identities.ts';

const identity: Identity = {
  kind: 'api_key',
  orgId: 'o',
  roles: ['admin'],
  id: 'k',
  meetingId: null,
  memberId: null,
  sessionId: null,
  scopes: null,
  expiresAtMs: null,
  tokenHashPrefix: '12345678',
};
const caller: Caller = { identity, person: null };

test.each([
  [undefined, 'missing'],
  ['', 'missing'],
  ['Basic abc', 'malformed'],
  ['Bearer', 'malformed'],
  ['Bearer  two-blanks', 'malformed'],
  ['Bearer a b', 'malformed'],
  [`Bearer ${'x'.repeat(2049)}`, 'malformed'],
  ['Bearer ä', 'malformed'],
])('authorization %j is refused as %s', (header, reason) => {
  expect(bearerSecret(header)).toMatchObject({ ok: false, failure: { kind: 'unauthenticated', details: { reason } } });
});

test('the scheme may be written in any case', () => {
  expect(bearerSecret('bearer psk_1')).toEqual(accept('psk_1'));
});

/** Answers whatever `answer` is at the time, and counts how often it was asked. */
function counted(now: () => number = () => 0) {
  const asked = { lookups: 0, answer: accept(caller) as Outcome<Caller> };
  const authenticate = async () => {
    asked.lookups += 1;
    return asked.answer;
  };
  return { asked, identities: createIdentities({ authenticate, recall: authenticate }, now) };
}

test('a key is looked up now and then, so that a revoked one stops working within a second', async () => {
  let now = 0;
  const { asked, identities } = counted(() => now);
  await Promise.all([identities.of('a'), identities.of('a')]);
  now = 749;
  expect((await identities.of('a')).ok).toBe(true);
  expect(asked.lookups).toBe(1);
  asked.answer = refuse('unauthenticated', 'Revoked.');
  now = 750;
  expect((await identities.of('a')).ok).toBe(false);
  expect(asked.lookups).toBe(2);
});

test('whoever is revoked is asked for again at once, by any of the ids; others are not', async () => {
  const { asked, identities } = counted();
  const session = { ...identity, id: 'member', memberId: 'member', sessionId: 'session' };
  for (const id of ['member', 'session']) {
    asked.answer = accept({ identity: session, person: null });
    await identities.of('a');
    asked.answer = accept({ identity: { ...identity, id: 'other' }, person: null });
    await identities.of('b');
    const before = asked.lookups;
    identities.forget(id);
    await identities.of('b');
    expect(asked.lookups).toBe(before);
    asked.answer = refuse('unauthenticated', 'Revoked.');
    expect((await identities.of('a')).ok).toBe(false);
    identities.forget('other');
  }
});

test('fresh() asks whatever is known, and what it hears is what others get', async () => {
  const { asked, identities } = counted();
  await identities.of('a');
  asked.answer = accept({ identity: { ...identity, roles: ['guest'] }, person: null });
  expect(await identities.fresh('a')).toMatchObject({ value: { identity: { roles: ['guest'] } } });
  expect(await identities.of('a')).toMatchObject({ value: { identity: { roles: ['guest'] } } });
  expect(asked.lookups).toBe(2);
});

test('refusals and lost databases are not kept', async () => {
  let lookups = 0;
  const authenticate = async () => {
    lookups += 1;
    if (lookups === 1) return refuse('unauthenticated', 'Unknown.');
    if (lookups === 2) throw new Error('lost');
    return accept(caller);
  };
  const identities = createIdentities({ authenticate, recall: authenticate }, () => 0);
  expect((await identities.of('a')).ok).toBe(false);
  await expect(identities.of('a')).rejects.toThrow('lost');
  expect((await identities.of('a')).ok).toBe(true);
});

test('two keys are two callers, and so is one key in two organisations', async () => {
  const authenticate = async (secret: string, orgId?: string) =>
    accept({ ...caller, identity: { ...identity, id: `${secret}${orgId}` } });
  const identities = createIdentities({ authenticate, recall: authenticate });
  expect(await identities.of('a')).toMatchObject({ value: { identity: { id: 'aundefined' } } });
  expect(await identities.of('b')).toMatchObject({ value: { identity: { id: 'bundefined' } } });
  expect(await identities.of('b', 'o')).toMatchObject({ value: { identity: { id: 'bo' } } });
});
