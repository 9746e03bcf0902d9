import { type CryptoKey, decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import type { Person, SignedIn } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { accepted, openEngine } from '../harness/engines.ts';
import { DEVICE, newPerson, personOf, reasonOf, signIn } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const sql = connectAs(database.ownerUrl, null);
afterAll(() => sql.end());
const engine = await openEngine(database);
const other = await openEngine(database); // another gateway of the same database

/** As if so much time had passed since the last refresh. */
async function age({ sessionId }: SignedIn, ms: number): Promise<void> {
  await sql`UPDATE app.account_sessions SET rotated_at = rotated_at - make_interval(secs => ${ms / 1_000})
    WHERE session_id = ${sessionId}`;
}

const refresh = async (token: string) => accepted(await engine.sessions.refresh(token));

describe('refreshing', () => {
  test('gives the next pair, on any gateway, and no token is stored', async () => {
    const { pair } = await newPerson(engine);
    const next = accepted(await other.sessions.refresh(pair.refreshToken));
    expect(next.sessionId).toBe(pair.sessionId);
    expect(next.refreshToken).not.toBe(pair.refreshToken);
    expect((await personOf(engine, next)).accountId).toBe(pair.accountId);
    expect((await refresh(next.refreshToken)).refreshToken).not.toBe(next.refreshToken);
    const rows = await sql`SELECT s::text AS row FROM app.account_sessions s`;
    for (const { row } of rows) expect(row).not.toContain(pair.refreshToken);
  });

  test('two tabs, or a lost answer: the one before the last has the very same successor for 10 seconds', async () => {
    const { pair } = await newPerson(engine);
    const tabs = await Promise.all([engine, other, engine].map((each) => each.sessions.refresh(pair.refreshToken)));
    const tokens = tabs.map((each) => accepted(each).refreshToken);
    expect(new Set(tokens).size).toBe(1);
    await age(pair, limits.refreshGraceMs - 2_000);
    expect((await refresh(pair.refreshToken)).refreshToken).toBe(tokens[0]);
  });

  test('after that, who shows it has a copy: the session ends for both', async () => {
    const { pair } = await newPerson(engine);
    const next = await refresh(pair.refreshToken);
    await age(pair, limits.refreshGraceMs + 1_000);
    expect(reasonOf(await engine.sessions.refresh(pair.refreshToken))).toBe('reused');
    expect(reasonOf(await engine.sessions.refresh(next.refreshToken))).toBe('revoked');
    expect(reasonOf(await engine.accounts.authenticate(next.accessToken))).toBe('revoked');
    const [row] = await sql`SELECT revoke_reason FROM app.account_sessions WHERE session_id = ${pair.sessionId}`;
    expect(row?.revoke_reason).toBe('reused');
  });

  test('one of two generations before ends the session at once', async () => {
    const { pair } = await newPerson(engine);
    const second = await refresh(pair.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(reasonOf(await engine.sessions.refresh(pair.refreshToken))).toBe('reused');
    expect(reasonOf(await engine.sessions.refresh(third.refreshToken))).toBe('revoked');
  });

  test('a forged, a cut and another kind of token are not known', async () => {
    const { pair } = await newPerson(engine);
    const bytes = Buffer.from(pair.refreshToken.slice(4), 'base64url');
    bytes.writeUInt32BE(2, 32); // the next generation, without the key
    for (const token of [`psr_${bytes.toString('base64url')}`, pair.refreshToken.slice(0, -4), pair.accessToken]) {
      expect(reasonOf(await engine.sessions.refresh(token))).toBe('unknown');
    }
    expect(reasonOf(await engine.sessions.refresh(pair.refreshToken))).toBe('ok');
  });

  test('a session ends 30 days after its last use and 90 days after the sign-in', async () => {
    const { pair } = await newPerson(engine);
    const days = (
      n: number,
    ) => sql`UPDATE app.account_sessions SET created_at = created_at - make_interval(days => ${n})
      WHERE session_id = ${pair.sessionId}`;
    await days(80);
    const next = await refresh(pair.refreshToken);
    const [row] = await sql<
      { days: number }[]
    >`SELECT extract(epoch FROM expires_at - clock_timestamp())::float8 / 86400 AS days
      FROM app.account_sessions WHERE session_id = ${pair.sessionId}`;
    expect(row?.days).toBeCloseTo(10, 2);
    await sql`UPDATE app.account_sessions SET expires_at = clock_timestamp() WHERE session_id = ${pair.sessionId}`;
    expect(reasonOf(await engine.sessions.refresh(next.refreshToken))).toBe('expired');
    expect(reasonOf(await engine.accounts.authenticate(next.accessToken))).toBe('expired');
  });
});

describe('sessions', () => {
  test('are listed with their devices, the own one marked, the ended ones gone', async () => {
    const { email, person, pair } = await newPerson(engine);
    const phone = accepted(
      await engine.signIn.byPassword({ email, password: 'four blue otters sing' }, { userAgent: 'Phone' }),
    );
    await refresh(pair.refreshToken);
    const listed = accepted(await engine.sessions.list(person));
    expect(listed.map(({ userAgent, method, current }) => ({ userAgent, method, current }))).toEqual([
      { userAgent: DEVICE.userAgent, method: 'password', current: true },
      { userAgent: 'Phone', method: 'password', current: false },
    ]);
    expect(listed[0]?.lastUsedAt.getTime()).toBeGreaterThan(listed[0]?.createdAt.getTime() ?? Number.NaN);
    accepted(await engine.sessions.revoke(person, phone.sessionId));
    expect(accepted(await engine.sessions.list(person)).map(({ sessionId }) => sessionId)).toEqual([pair.sessionId]);
    expect(reasonOf(await engine.sessions.revoke(person, phone.sessionId))).toBe('not_found');
    expect(reasonOf(await other.accounts.authenticate(phone.accessToken))).toBe('revoked');
  });

  test('another person’s session is not found', async () => {
    const [mine, theirs] = [await newPerson(engine), await newPerson(engine)];
    expect(reasonOf(await engine.sessions.revoke(mine.person, theirs.pair.sessionId))).toBe('not_found');
    expect(reasonOf(await engine.accounts.authenticate(theirs.pair.accessToken))).toBe('ok');
  });

  test('sign out ends one, everywhere ends all or all others', async () => {
    const { email, person, pair } = await newPerson(engine);
    const [second, third] = [await signIn(engine, email), await signIn(engine, email)];
    accepted(await engine.sessions.signOut(second.refreshToken));
    accepted(await engine.sessions.signOut(second.refreshToken));
    accepted(await engine.sessions.signOut('psr_nonsense'));
    expect(reasonOf(await engine.accounts.authenticate(second.accessToken))).toBe('revoked');
    expect(accepted(await engine.sessions.revokeAll(person, true))).toBe(1);
    expect(reasonOf(await engine.accounts.authenticate(third.accessToken))).toBe('revoked');
    expect(reasonOf(await engine.accounts.authenticate(pair.accessToken))).toBe('ok');
    expect(accepted(await engine.sessions.revokeAll(person, false))).toBe(1);
    expect(reasonOf(await engine.accounts.authenticate(pair.accessToken))).toBe('revoked');
  });

  test('the end of one is told in the log of every organisation of the person, by id', async () => {
    const { person } = await newPerson(engine);
    const orgs = [];
    for (const name of ['One', 'Two']) orgs.push(accepted(await engine.organisations.create(person, { name })).orgId);
    accepted(await engine.sessions.revokeAll(person, false));
    const rows = await sql`SELECT org_id, topic, payload FROM app.log WHERE kind = 'access.revoked' ORDER BY org_id`;
    expect(rows).toEqual(
      orgs.sort().map((org_id) => ({
        org_id,
        topic: person.sessionId,
        payload: expect.objectContaining({ kind: 'session', id: person.sessionId }),
      })),
    );
  });

  test('a socket ticket of an ended session opens nothing', async () => {
    const { person, pair } = await newPerson(engine);
    const { orgId } = accepted(await engine.organisations.create(person, { name: 'Club' }));
    const { identity } = accepted(await engine.accounts.authenticate(pair.accessToken, orgId));
    if (identity === null) throw new Error('no identity');
    const [first, second] = [
      await engine.accounts.issueSocketTicket(identity),
      await engine.accounts.issueSocketTicket(identity),
    ];
    expect(accepted(await engine.accounts.redeemSocketTicket(accepted(first).ticket))).toEqual(identity);
    accepted(await engine.sessions.revoke(person, pair.sessionId));
    expect(reasonOf(await engine.accounts.redeemSocketTicket(accepted(second).ticket))).toBe('unknown');
  });
});

describe('access tokens', () => {
  test('say who, which session and until when, and nothing else about the person', async () => {
    const { pair } = await newPerson(engine);
    const { kid, ...header } = decodeProtectedHeader(pair.accessToken);
    expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt' });
    const claims = decodeJwt(pair.accessToken);
    expect(claims).toEqual({
      sub: pair.accountId,
      sid: pair.sessionId,
      jti: expect.any(String),
      iss: 'psephos',
      aud: 'psephos',
      iat: claims.iat,
      exp: (claims.iat ?? 0) + 900,
    });
    expect(accepted(await engine.accessTokens.publicSet()).map((key) => key.kid)).toContain(kid);
  });

  test.each(['none', 'other key', 'other type', 'HS256 with the public key'])(
    'forged by %s: not known',
    async (how) => {
      const { pair } = await newPerson(engine);
      const [header, payload = '', signature] = pair.accessToken.split('.');
      const { kid } = decodeProtectedHeader(pair.accessToken);
      const { privateKey } = await generateKeyPair('EdDSA');
      const signed = (alg: string, typ: string, key: CryptoKey | Uint8Array) =>
        new SignJWT(decodeJwt(pair.accessToken)).setProtectedHeader({ alg, kid: kid as string, typ }).sign(key);
      const [jwk] = accepted(await engine.accessTokens.publicSet());
      const none = Buffer.from(JSON.stringify({ alg: 'none', kid, typ: 'at+jwt' })).toString('base64url');
      const forged = {
        none: `${none}.${payload}.${signature}`,
        'other key': await signed('EdDSA', 'at+jwt', privateKey),
        'other type': await signed('EdDSA', 'JWT', privateKey),
        'HS256 with the public key': await signed('HS256', 'at+jwt', Buffer.from(String(jwk?.x).padEnd(64, 'x'))),
      }[how] as string;
      expect(header).not.toBe('');
      expect(reasonOf(await engine.accounts.authenticate(forged))).toBe('unknown');
    },
  );
});

describe('which organisation', () => {
  const rolesIn = async (pair: SignedIn, orgId?: string) => {
    const found = await engine.accounts.authenticate(pair.accessToken, orgId);
    return found.ok ? (found.value.identity?.orgId ?? null) : found.failure.kind;
  };
  const found = async (person: Person, name: string) =>
    accepted(await engine.organisations.create(person, { name })).orgId;

  test('none, the only one, the session’s, or the one that is named', async () => {
    const { email, pair, person } = await newPerson(engine);
    expect(await rolesIn(pair)).toBeNull();
    const first = await found(person, 'First');
    expect(await rolesIn(await signIn(engine, email))).toBe(first); // the only one
    const second = await found(person, 'Second');
    expect(await rolesIn(pair)).toBe(second); // founded in this session
    expect(await rolesIn(await signIn(engine, email))).toBeNull(); // two, and none was chosen
    expect(await rolesIn(pair, first)).toBe(first);
    expect(await rolesIn(pair, first.toUpperCase())).toBe(first);
    const { accessToken } = accepted(await engine.sessions.chooseOrganisation(person, first));
    expect(await rolesIn({ ...pair, accessToken })).toBe(first);
    const { identity } = accepted(await engine.accounts.authenticate(accessToken));
    expect(identity).toMatchObject({ kind: 'account', sessionId: pair.sessionId, meetingId: null, scopes: null });
    expect(identity?.id).toBe(identity?.memberId);
    expect([...(identity?.roles ?? [])].sort()).toEqual(['admin', 'member']);
  });

  test('another’s, an unknown and a malformed one are not found', async () => {
    const { pair, person } = await newPerson(engine);
    const { person: stranger } = await newPerson(engine);
    await found(person, 'Mine');
    const theirs = await found(stranger, 'Theirs');
    for (const orgId of [theirs, person.accountId, 'x']) expect(await rolesIn(pair, orgId)).toBe('not_found');
    expect(reasonOf(await engine.sessions.chooseOrganisation(person, theirs))).toBe('not_found');
  });

  test('a member who is not active has no way in', async () => {
    const { pair, person } = await newPerson(engine);
    const orgId = await found(person, 'Club');
    await sql`UPDATE app.members SET status = 'inactive' WHERE org_id = ${orgId}`;
    expect(await rolesIn(pair)).toBeNull();
    expect(await rolesIn(pair, orgId)).toBe('not_found');
  });
});
