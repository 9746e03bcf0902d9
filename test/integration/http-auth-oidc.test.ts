import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';
import { afterAll, expect, test } from 'vitest';
import { stepAt, totpCode } from '../../engine/accounts/totp.ts';
import { accepted } from '../harness/engines.ts';
import { DEVICE, newAccount, newAddress, newPerson, PASSWORD, reasonOf } from '../harness/persons.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { type Browser, serveAuth, told } from './auth-server.ts';

interface Claims {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** Persons at the provider, by the name that they type there. */
const persons = new Map<string, Claims>();
const CLIENT = { id: 'psephos', secret: 'a secret of the client that only the two know' };

/** A real provider in this process; people there type a name and are let in. */
async function startProvider() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, issuer };
}

const { server, issuer } = await startProvider();
const database = await freshDatabase();
const sql = connectAs(database.ownerUrl, null);
const oidc = { issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret };
const { url, engine, call, browser } = await serveAuth(database.ownerUrl, { oidc });
/** A port that nobody listens on. */
const nobody = await startProvider();
await new Promise((resolve) => nobody.server.close(resolve));
const away = await serveAuth(database.ownerUrl, { oidc: { ...oidc, issuer: nobody.issuer } });
const none = await serveAuth(database.ownerUrl);
const configuration: Configuration = {
  clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${url}/v1/auth/oidc/callback`] }],
  cookies: { keys: ['a key of the test’s provider'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...persons.get(id) }) }),
};
const provider = new Provider(issuer, configuration);
server.on('request', provider.callback());
afterAll(async () => {
  await sql.end();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Follows the provider's pages with its cookies, typing `name`, until it leads back. Answers where to. */
async function atProvider(address: string, name: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let next = new URL(address);
  let form: string | undefined;
  for (let step = 0; step < 12; step += 1) {
    if (next.origin !== issuer) return next;
    const response = await fetch(next, {
      redirect: 'manual',
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(key, value);
    }
    const location = response.headers.get('location');
    if (location !== null) {
      next = new URL(location, next);
      form = undefined;
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (prompt === undefined) throw new Error(`a page without a form: ${page.slice(0, 500)}`);
    form = prompt === 'login' ? `prompt=login&login=${encodeURIComponent(name)}&password=x` : 'prompt=consent';
  }
  throw new Error('the provider goes in circles');
}

/** The way of a browser there and back. Answers the fragment of the page that it ends on. */
async function wayOf(page: Browser, name: string, change: (back: URL) => URL = (back) => back): Promise<string> {
  const start = await page.call('GET', '/v1/auth/oidc/start');
  expect(start.status).toBe(303);
  const back = change(await atProvider(start.headers.get('location') ?? '', name));
  const end = await page.call('GET', `${back.pathname}${back.search}`);
  expect(end.status).toBe(303);
  return end.headers.get('location') ?? '';
}

/** The account that a page is signed in to. */
async function accountOf(page: Browser) {
  const refreshed = await page.call('POST', '/v1/auth/refresh');
  return (await call('GET', '/v1/account', { as: refreshed.json?.access_token })).json;
}

test('the provider is named', async () => {
  expect((await call('GET', '/v1/auth/oidc')).json).toEqual({
    items: [{ name: '127.0.0.1', start_url: '/v1/auth/oidc/start' }],
  });
});

test('a new person signs in: state, nonce and PKCE go along, the account has the proven address', async () => {
  const email = newAddress();
  persons.set('ada', { email: email.toUpperCase(), email_verified: true, name: 'Ada Lovelace' });
  const page = browser();
  const start = await page.call('GET', '/v1/auth/oidc/start');
  const asked = new URL(start.headers.get('location') ?? '').searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    scope: 'openid email profile',
    redirect_uri: `${url}/v1/auth/oidc/callback`,
  });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
  expect(start.headers.getSetCookie()[0]).toMatch(
    /^psephos_oidc=[\w-]{43}; Path=\/v1\/auth\/oidc; Max-Age=600; HttpOnly; SameSite=Lax$/,
  );
  expect(await wayOf(page, 'ada')).toBe('/sign-in#signed-in');
  expect(page.jar.has('psephos_oidc')).toBe(false);
  expect(await accountOf(page)).toMatchObject({ email, name: 'Ada Lovelace', has_password: false });
  const other = browser();
  await wayOf(other, 'ada');
  expect((await accountOf(other)).account_id).toBe((await accountOf(page)).account_id);
});

test('an account with the address is joined, and stays joined when the address changes at the provider', async () => {
  const email = await newAccount(engine);
  persons.set('grace', { email, email_verified: true });
  const page = browser();
  expect(await wayOf(page, 'grace')).toBe('/sign-in#signed-in');
  const account = await accountOf(page);
  expect(account).toMatchObject({ email, has_password: true });
  persons.set('grace', { email: newAddress(), email_verified: false });
  expect(await wayOf(page, 'grace')).toBe('/sign-in#signed-in');
  expect(await accountOf(page)).toMatchObject({ account_id: account.account_id, email });
});

test('an address that the provider does not vouch for joins nothing and makes nothing', async () => {
  const email = await newAccount(engine);
  persons.set('mallory', { email, email_verified: false });
  expect(await wayOf(browser(), 'mallory')).toBe('/sign-in#oidc-error=email_unverified');
  persons.set('mallory', { email });
  expect(await wayOf(browser(), 'mallory')).toBe('/sign-in#oidc-error=email_unverified');
  persons.set('mallory', {});
  expect(await wayOf(browser(), 'mallory')).toBe('/sign-in#oidc-error=no_email');
  expect(await sql`SELECT FROM app.account_identities WHERE subject = 'mallory'`).toHaveLength(0);
});

test('a password that nobody confirmed does not outlive the proof by the provider', async () => {
  const email = newAddress();
  accepted(await engine.registration.register({ email, password: PASSWORD, name: 'Planted', locale: 'en' }));
  persons.set('edsger', { email, email_verified: true });
  const page = browser();
  expect(await wayOf(page, 'edsger')).toBe('/sign-in#signed-in');
  expect(reasonOf(await engine.signIn.byPassword({ email, password: PASSWORD }, DEVICE))).toBe('wrong');
});

test('an account with an authenticator is asked for its code', async () => {
  const { email, person } = await newPerson(engine);
  accepted(await engine.secondFactors.begin(person, email, PASSWORD));
  // set up by hand: the secret is sealed, so take the offer's
  const { secret } = accepted(await engine.secondFactors.begin(person, email, PASSWORD));
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  accepted(await engine.secondFactors.confirm(person, totpCode(key, stepAt(Date.now()) - 1)));
  persons.set('hedy', { email, email_verified: true });
  const page = browser();
  const end = await wayOf(page, 'hedy');
  expect(end).toMatch(/^\/sign-in#magic=psl_/);
  expect(page.jar.has('psephos_refresh')).toBe(false);
  const token = end.split('=')[1];
  const redeem = (code?: string) =>
    page.call('POST', '/v1/auth/magic-link/redeem', { body: { token, code, keep_in: 'cookie' } });
  expect(told(await redeem())).toBe('401 code_missing');
  expect((await redeem(totpCode(key, stepAt(Date.now())))).status).toBe(200);
});

test('the way back works once, in the browser that began, and not for another state', async () => {
  persons.set('niklaus', { email: newAddress(), email_verified: true });
  const [mine, theirs] = [browser(), browser()];
  const start = await mine.call('GET', '/v1/auth/oidc/start');
  const back = await atProvider(start.headers.get('location') ?? '', 'niklaus');
  const path = `${back.pathname}${back.search}`;
  await theirs.call('GET', '/v1/auth/oidc/start');
  const stolen = await theirs.call('GET', path); // a link that signs in to another's account
  expect(stolen.headers.get('location')).toBe('/sign-in#oidc-error=unknown');
  expect((await call('GET', path)).headers.get('location')).toBe('/sign-in#oidc-error=unknown');
  const held = mine.jar.get('psephos_oidc');
  expect((await mine.call('GET', path)).headers.get('location')).toBe('/sign-in#signed-in');
  mine.jar.set('psephos_oidc', held ?? { value: '', path: '/' });
  expect((await mine.call('GET', path)).headers.get('location')).toBe('/sign-in#oidc-error=unknown');
});

test('a code that is not for this sign-in, a refusal, and one that took too long', async () => {
  persons.set('barbara', { email: newAddress(), email_verified: true });
  const swapped = (back: URL) => {
    back.searchParams.set('code', 'x'.repeat(43));
    return back;
  };
  expect(await wayOf(browser(), 'barbara', swapped)).toBe('/sign-in#oidc-error=refused');
  const refused = (back: URL) => {
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    return back;
  };
  expect(await wayOf(browser(), 'barbara', refused)).toBe('/sign-in#oidc-error=refused');
  const page = browser();
  const start = await page.call('GET', '/v1/auth/oidc/start');
  const back = await atProvider(start.headers.get('location') ?? '', 'barbara');
  await sql`UPDATE app.oidc_logins SET expires_at = clock_timestamp()`;
  const late = await page.call('GET', `${back.pathname}${back.search}`);
  expect(late.headers.get('location')).toBe('/sign-in#oidc-error=expired');
});

test('another nonce in the ID token is refused', async () => {
  persons.set('radia', { email: newAddress(), email_verified: true });
  const page = browser();
  const start = await page.call('GET', '/v1/auth/oidc/start');
  const address = new URL(start.headers.get('location') ?? '');
  address.searchParams.set('nonce', 'another');
  const back = await atProvider(address.href, 'radia');
  const end = await page.call('GET', `${back.pathname}${back.search}`);
  expect(end.headers.get('location')).toBe('/sign-in#oidc-error=refused');
});

test('a provider that does not answer is told as such; without one there is nothing', async () => {
  expect(told(await away.call('GET', '/v1/auth/oidc/start'))).toBe('503 provider_away');
  expect(told(await none.call('GET', '/v1/auth/oidc/start'))).toBe('404');
  expect((await none.call('GET', '/v1/auth/oidc')).json).toEqual({ items: [] });
});
