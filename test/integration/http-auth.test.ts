import { createPublicKey } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { accountExport, accountView, sessionList, signedIn } from '../../protocol/accounts.ts';
import { organisationList, organisationView } from '../../protocol/organisations.ts';
import { accepted } from '../harness/engines.ts';
import { mailsTo, newAccount, newAddress, PASSWORD, signIn, tokenTo } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { serveAuth, told } from './auth-server.ts';

const database = await freshDatabase();
const { url, engine, call, browser, lines } = await serveAuth(database.ownerUrl);
const safe = await serveAuth(database.ownerUrl, { publicUrl: 'https://vote.example' });
const sql = connectAs(database.ownerUrl, null);
afterAll(() => sql.end());
const OTHER = 'five red herons wade';

/** A person with an access token. */
async function newPerson() {
  const email = await newAccount(engine);
  const { accessToken, refreshToken, sessionId, accountId } = await signIn(engine, email);
  return { email, as: accessToken, refreshToken, sessionId, accountId };
}

describe('a page', () => {
  test('registers, proves its address, signs in, reloads and signs out', async () => {
    const page = browser();
    const email = newAddress();
    const registered = await page.call('POST', '/v1/auth/register', {
      body: { email, password: PASSWORD, name: 'Ada' },
    });
    expect([registered.status, registered.json]).toEqual([202, { status: 'mail_on_its_way' }]);
    const login = { email, password: PASSWORD, keep_in: 'cookie' };
    expect(told(await page.call('POST', '/v1/auth/login', { body: login }))).toBe('401 unverified');
    const token = await tokenTo(engine, email, 'verify-email');
    expect((await page.call('POST', '/v1/auth/verify-email', { body: { token } })).json).toEqual({ email });

    const entered = await page.call('POST', '/v1/auth/login', { body: login });
    expect(signedIn.parse(entered.json).refresh_token).toBeNull();
    expect(entered.headers.get('cache-control')).toBe('no-store');
    const [line] = entered.headers.getSetCookie();
    expect(line).toMatch(/^psephos_refresh=psr_[\w-]+; Path=\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    const account = await page.call('GET', '/v1/account', { as: entered.json.access_token });
    expect(accountView.parse(account.json)).toMatchObject({ email, name: 'Ada', memberships: [] });

    const reloaded = await page.call('POST', '/v1/auth/refresh'); // an empty request: the cookie is all it has
    expect(signedIn.parse(reloaded.json).session_id).toBe(entered.json.session_id);
    expect(reloaded.headers.getSetCookie()[0]).not.toBe(line);
    expect((await page.call('POST', '/v1/auth/sign-out')).status).toBe(204);
    expect(page.jar.has('psephos_refresh')).toBe(false);
    expect(told(await page.call('POST', '/v1/auth/refresh'))).toBe('401 missing');
    expect(told(await call('GET', '/v1/account', { as: reloaded.json.access_token }))).toBe('401 revoked');
  });

  test('signs in by the link of a mail, whose token no server ever sees in an address', async () => {
    const page = browser();
    const email = await newAccount(engine);
    expect((await page.call('POST', '/v1/auth/magic-link', { body: { email } })).status).toBe(202);
    const [mail] = await mailsTo(engine, email);
    expect(mail?.text).toContain(`${url}/sign-in#magic=${mail?.token}`);
    const redeem = () =>
      page.call('POST', '/v1/auth/magic-link/redeem', { body: { token: mail?.token, keep_in: 'cookie' } });
    expect((await redeem()).status).toBe(200);
    expect(page.jar.has('psephos_refresh')).toBe(true);
    expect(told(await redeem())).toBe('401 used');
  });

  test('with an https address the cookie never travels without TLS', async () => {
    const email = await newAccount(engine);
    const headers = { origin: 'https://vote.example', 'x-psephos-csrf': '1' };
    const body = { email, password: PASSWORD, keep_in: 'cookie' };
    const entered = await safe.call('POST', '/v1/auth/login', { body, headers });
    const [line = ''] = entered.headers.getSetCookie();
    expect(line).toMatch(/^__Secure-psephos_refresh=.+; HttpOnly; SameSite=Strict; Secure$/);
    const cookie = line.split(';')[0] as string;
    expect((await safe.call('POST', '/v1/auth/refresh', { headers: { ...headers, cookie } })).status).toBe(200);
    const plain = cookie.replace('__Secure-', '');
    expect(told(await safe.call('POST', '/v1/auth/refresh', { headers: { ...headers, cookie: plain } }))).toBe(
      '401 missing',
    );
  });
});

describe('another site', () => {
  const strange: [string, Record<string, string>][] = [
    ['without the header', { origin: url }],
    ['without an origin', { 'x-psephos-csrf': '1' }],
    ['from another origin', { origin: 'https://evil.example', 'x-psephos-csrf': '1' }],
    ['from an origin that may call but not use cookies', { origin: 'https://console.example', 'x-psephos-csrf': '1' }],
    ['from a page without an origin', { origin: 'null', 'x-psephos-csrf': '1' }],
  ];
  test.each(strange)('cannot make use of the cookie %s', async (_, headers) => {
    const { refreshToken } = await newPerson();
    const cookie = `psephos_refresh=${refreshToken}`;
    for (const path of ['/v1/auth/refresh', '/v1/auth/sign-out']) {
      expect(told(await call('POST', path, { headers: { ...headers, cookie } }))).toBe('403 csrf');
    }
    expect((await call('POST', '/v1/auth/refresh', { body: { refresh_token: refreshToken } })).status).toBe(200);
  });

  test.each(strange)('cannot sign a browser in %s', async (_, headers) => {
    const email = await newAccount(engine);
    const body = { email, password: PASSWORD, keep_in: 'cookie' };
    const answer = await call('POST', '/v1/auth/login', { body, headers });
    expect(told(answer)).toBe('403 csrf');
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('is not told by CORS that it may send cookies or the header', async () => {
    for (const origin of ['https://evil.example', 'https://console.example']) {
      const preflight = await call('OPTIONS', '/v1/auth/refresh', {
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-psephos-csrf',
        },
      });
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
      expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase() ?? '').not.toContain('csrf');
    }
  });
});

describe('a program', () => {
  test('has both tokens in the body and no cookie, and refreshes by the body', async () => {
    const email = await newAccount(engine);
    const entered = await call('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
    const { refresh_token } = signedIn.parse(entered.json);
    expect(entered.headers.getSetCookie()).toEqual([]);
    const next = await call('POST', '/v1/auth/refresh', { body: { refresh_token } });
    expect(signedIn.parse(next.json).refresh_token).not.toBe(refresh_token);
    expect(next.headers.getSetCookie()).toEqual([]);
    expect((await call('POST', '/v1/auth/sign-out', { body: { refresh_token: next.json.refresh_token } })).status).toBe(
      204,
    );
    expect(told(await call('POST', '/v1/auth/refresh', { body: { refresh_token: next.json.refresh_token } }))).toBe(
      '401 revoked',
    );
  });

  test('finds the public key of its access token in the key set', async () => {
    const { as, accountId } = await newPerson();
    const { json, headers } = await call('GET', '/.well-known/jwks.json');
    expect(headers.get('content-type')).toBe('application/json');
    const { kid } = decodeProtectedHeader(as);
    const jwk = json.keys.find((key: { kid: string }) => key.kid === kid);
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']); // nothing private
    const { payload } = await jwtVerify(as, createPublicKey({ key: jwk, format: 'jwk' }));
    expect(payload.sub).toBe(accountId);
  });
});

describe('bad input', () => {
  test.each([
    ['/v1/auth/register', { email: 'nobody', password: PASSWORD, name: 'Ada' }, 'email'],
    ['/v1/auth/register', { email: 'a@example.org', password: 'short', name: 'Ada' }, 'password'],
    ['/v1/auth/register', { email: 'a@example.org', password: 'x'.repeat(257), name: 'Ada' }, 'password'],
    ['/v1/auth/register', { email: 'a@example.org', password: 'password1', name: 'Ada' }, 'password'],
    ['/v1/auth/register', { email: 'a@example.org', password: PASSWORD, name: ' ' }, 'name'],
    ['/v1/auth/register', { email: 'a@example.org', password: PASSWORD, name: 'Ada', locale: 'fr' }, 'locale'],
    ['/v1/auth/login', { email: 'a@example.org', password: '' }, 'password'],
    ['/v1/auth/magic-link', { email: 'a@b@c' }, 'email'],
    ['/v1/auth/magic-link/redeem', { token: 'x' }, 'token'],
    ['/v1/auth/refresh', { refresh_token: 7 }, 'refresh_token'],
  ])('%s %j names the field %s', async (path, body, field) => {
    const answer = await call('POST', path, { body });
    expect(answer.status).toBe(422);
    expect(answer.json.details.fields[0].path).toBe(field);
  });

  test('a refused sign-in of an unknown address reads like one of a known address', async () => {
    const known = await newAccount(engine);
    const attempt = async (email: string) => {
      const { status, json } = await call('POST', '/v1/auth/login', { body: { email, password: 'not this one' } });
      return { status, ...json, timestamp: null, request_id: null };
    };
    expect(await attempt(newAddress())).toEqual(await attempt(known));
  });

  test('a longer password is taken whole, with every letter that there is', async () => {
    const password = `${'ß🦦 '.repeat(40)}end`;
    const email = await newAccount(engine, newAddress(), password);
    expect((await call('POST', '/v1/auth/login', { body: { email, password } })).status).toBe(200);
    expect(told(await call('POST', '/v1/auth/login', { body: { email, password: password.slice(0, -1) } }))).toBe(
      '401 wrong',
    );
  });
});

describe('the own account', () => {
  test('devices: listed, ended, ended everywhere', async () => {
    const { email, as, sessionId } = await newPerson();
    const page = browser();
    const entered = await page.call('POST', '/v1/auth/login', {
      body: { email, password: PASSWORD, keep_in: 'cookie' },
    });
    const { items } = sessionList.parse((await call('GET', '/v1/auth/sessions', { as })).json);
    expect(items.map(({ user_agent, current }) => [user_agent, current])).toEqual([
      ['Browser', false],
      ['Firefox on a test', true],
    ]);
    expect((await call('DELETE', `/v1/auth/sessions/${entered.json.session_id}`, { as })).status).toBe(204);
    expect((await call('DELETE', `/v1/auth/sessions/${entered.json.session_id}`, { as })).status).toBe(404);
    expect(told(await page.call('POST', '/v1/auth/refresh'))).toBe('401 revoked');
    await signIn(engine, email);
    expect((await call('POST', '/v1/auth/sign-out-everywhere', { as, body: { keep_current: true } })).json).toEqual({
      revoked: 1,
    });
    expect((await call('POST', '/v1/auth/sign-out-everywhere', { as })).json).toEqual({ revoked: 1 });
    expect(sessionId).not.toBe(entered.json.session_id);
  });

  test('an ended session is refused within a second', async () => {
    const { as, refreshToken } = await newPerson();
    expect((await call('GET', '/v1/account', { as })).status).toBe(200); // kept in the gateway's memory from now on
    await call('POST', '/v1/auth/sign-out', { body: { refresh_token: refreshToken } });
    await expect
      .poll(async () => told(await call('GET', '/v1/account', { as })), { timeout: 1_100, interval: 50 })
      .toBe('401 revoked');
  });

  test('name, password, address, export and deletion', async () => {
    const { as } = await newPerson();
    expect((await call('PATCH', '/v1/account', { as, body: { name: 'Grace', locale: 'de' } })).json).toMatchObject({
      name: 'Grace',
      locale: 'de',
    });
    const wrong = await call('POST', '/v1/account/password', { as, body: { current_password: 'no', password: OTHER } });
    expect([wrong.status, wrong.json.details.fields[0].path]).toEqual([422, 'current_password']);
    const change = { current_password: PASSWORD, password: OTHER };
    expect((await call('POST', '/v1/account/password', { as, body: change })).status).toBe(204);
    const next = newAddress();
    expect((await call('POST', '/v1/account/email', { as, body: { email: next, password: OTHER } })).status).toBe(202);
    const token = await tokenTo(engine, next, 'email-change');
    expect((await call('POST', '/v1/auth/verify-email', { body: { token } })).json).toEqual({ email: next });
    const taken = await call('GET', '/v1/account/export', { as });
    expect(accountExport.parse(taken.json).account).toMatchObject({ email: next, display_name: 'Grace' });
    expect(taken.headers.get('content-disposition')).toContain('psephos-account.json');
    expect((await call('DELETE', '/v1/account', { as, body: { password: 'no' } })).status).toBe(422);
    expect((await call('DELETE', '/v1/account', { as, body: { password: OTHER } })).status).toBe(204);
    expect(told(await call('POST', '/v1/auth/login', { body: { email: next, password: OTHER } }))).toBe('401 wrong');
  });

  test('an authenticator over HTTP', async () => {
    const { as, email } = await newPerson();
    const offer = await call('POST', '/v1/auth/totp', { as, body: { password: PASSWORD } });
    expect(offer.status).toBe(201);
    expect(offer.json.uri).toContain(encodeURIComponent(email));
    expect((await call('POST', '/v1/auth/totp/confirm', { as, body: { code: '000000' } })).status).toBe(422);
    expect(told(await call('POST', '/v1/auth/totp/disable', { as, body: { code: '000000' } }))).toBe('409 totp_off');
  });

  test('is for persons: keys are told so, and nobody is anonymous', async () => {
    const { orgId } = accepted(await engine.accounts.createOrganisation({ name: 'Club' }));
    const { secret } = accepted(await engine.apiKeys.create(orgId, { name: 'Key', roles: ['admin'] }));
    for (const path of ['/v1/account', '/v1/auth/sessions', '/v1/organisations', '/v1/account/export']) {
      expect((await call('GET', path, { as: secret })).status).toBe(403);
      expect(told(await call('GET', path))).toBe('401 missing');
    }
  });
});

describe('organisations', () => {
  test('are founded, chosen and changed by their persons', async () => {
    const { as } = await newPerson();
    expect(told(await call('GET', '/v1/organisation', { as }))).toBe('403 no_organisation');
    const founded = await call('POST', '/v1/organisations', {
      as,
      body: { name: 'Chess club', time_zone: 'Europe/Berlin' },
    });
    expect(organisationView.parse(founded.json)).toMatchObject({ name: 'Chess club', roles: ['admin', 'member'] });
    const second = await call('POST', '/v1/organisations', { as, body: { name: 'Choir' } });
    const org = { 'x-org-id': founded.json.org_id };
    expect((await call('GET', '/v1/organisation', { as, headers: org })).json).toEqual(founded.json);
    const renamed = await call('PATCH', '/v1/organisation', { as, headers: org, body: { name: 'Chess' } });
    expect(renamed.json).toEqual({ ...founded.json, name: 'Chess' });
    const { items } = organisationList.parse((await call('GET', '/v1/organisations', { as })).json);
    expect(items.map(({ name }) => name).sort()).toEqual(['Chess', 'Choir']);
    const chosen = await call('POST', '/v1/auth/organisation', { as, body: { org_id: founded.json.org_id } });
    const again = await call('GET', '/v1/organisation', { as: chosen.json.access_token });
    expect(again.json.org_id).toBe(founded.json.org_id);
    expect(second.json.org_id).not.toBe(founded.json.org_id);
  });

  test('one Idempotency-Key founds one, though the session has another organisation at the repeat', async () => {
    const { as, accountId } = await newPerson();
    const found = () =>
      call('POST', '/v1/organisations', { as, body: { name: 'Once' }, headers: { 'idempotency-key': 'once' } });
    const [first, second] = [await found(), await found()];
    expect(second.json).toEqual(first.json);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect((await call('GET', '/v1/organisations', { as })).json.items).toHaveLength(1);
    expect((await call('DELETE', '/v1/account', { as, body: { password: PASSWORD } })).status).toBe(204);
    expect(await sql`SELECT FROM app.idempotency_keys WHERE org_id = ${accountId}`).toHaveLength(0);
  });

  test('another’s is not found, and a wrong time zone is named', async () => {
    const [mine, theirs] = [await newPerson(), await newPerson()];
    const founded = await call('POST', '/v1/organisations', { as: theirs.as, body: { name: 'Theirs' } });
    const org = founded.json.org_id;
    expect((await call('GET', '/v1/organisation', { as: mine.as, headers: { 'x-org-id': org } })).status).toBe(404);
    expect((await call('POST', '/v1/auth/organisation', { as: mine.as, body: { org_id: org } })).status).toBe(404);
    const wrong = await call('POST', '/v1/organisations', {
      as: mine.as,
      body: { name: 'Club', time_zone: 'Mars/Base' },
    });
    expect(wrong.json.details.fields[0].path).toBe('time_zone');
  });
});

test('no secret, token, address or e-mail of all this is in the log, and nothing was a bug', () => {
  const log = lines.join('\n');
  expect(log.length).toBeGreaterThan(1_000);
  for (const secret of [PASSWORD, OTHER, 'psr_', 'psl_', 'eyJ', '@example.org', 'Chess'])
    expect(log).not.toContain(secret);
  expect(lines.filter((line) => (JSON.parse(line) as { level: unknown }).level === 'error')).toEqual([]);
});
