import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { looksGood } from './both-themes.ts';
import { openHall } from './hall.ts';

/** Persons at the provider, by the name that they type there. */
const PERSONS: Readonly<Record<string, { email: string; email_verified: boolean; name: string }>> = {
  lise: { email: 'lise@harbour.example', email_verified: true, name: 'Lise Meitner' },
  mallory: { email: 'mallory@harbour.example', email_verified: false, name: 'Mallory' },
};
const CLIENT = { id: 'psephos', secret: 'a secret of the client that only the two know' };

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const hall = await openHall('General assembly 2026', {
  oidc: { issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret },
});
const provider = new Provider(issuer, {
  clients: [
    { client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${hall.url}/v1/auth/oidc/callback`] },
  ],
  cookies: { keys: ['a key of the test’s provider'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...PERSONS[id] }) }),
});
server.on('request', provider.callback());
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
  server.closeAllConnections();
  server.close();
});

/** A page of somebody new at the sign-in. The provider's own pages ask the web for a typeface: not from here. */
async function newPage(query = ''): Promise<{ page: Page; said: readonly string[] }> {
  const page = await openPage(browser);
  await page.route(
    ({ hostname }) => hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  const said = watchConsole(page);
  await page.goto(`${hall.url}/sign-in${query}`);
  return { page, said };
}

const toProvider = (page: Page) => page.getByRole('link', { name: 'Sign in with 127.0.0.1' });

/** From the sign-in to the provider, where somebody types a name. */
async function typeName(page: Page, name: string): Promise<void> {
  await toProvider(page).click();
  await page.getByPlaceholder('Enter any login').fill(name);
  expect(page.url().startsWith(issuer)).toBe(true);
  await page.getByPlaceholder('and password').fill('x');
  await page.getByRole('button', { name: 'Sign-in' }).click();
}

test('the button leads to the provider and back, signed in with the proven address, for reloads too', async () => {
  const { page, said } = await newPage();
  await toProvider(page).waitFor();
  await looksGood(page, 'sign-in');
  await typeName(page, 'lise');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${hall.url}/moderate`);
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByText('Your address is lise@harbour.example.').waitFor();
  await looksGood(page, 'account');
  await page.reload();
  await page.getByText('This device').waitFor();
  expect(said).toEqual([]);
});

test('who declines at the provider is back at the sign-in, told why, and can go there once more', async () => {
  const { page, said } = await newPage();
  await typeName(page, 'lise');
  await page.getByRole('button', { name: 'Continue' }).waitFor();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('alert').getByText('The other service did not sign you in.').waitFor();
  expect(page.url()).toBe(`${hall.url}/sign-in`); // the reason has left the address bar
  await looksGood(page, 'declined');
  await toProvider(page).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${hall.url}/moderate`);
  expect(said).toEqual([]);
});

test('who was on the way to a page comes there through the provider, at the second try too', async () => {
  const { page, said } = await newPage('?next=/account');
  await typeName(page, 'lise');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('alert').getByText('The other service did not sign you in.').waitFor();
  await toProvider(page).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${hall.url}/account`);
  await page.getByText('Your address is lise@harbour.example.').waitFor();
  await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await page.waitForURL(/\/sign-in/);
  await page.goto(`${hall.url}/sign-in`); // what was wanted then is wanted no more
  await toProvider(page).click();
  await page.waitForURL(`${hall.url}/moderate`);
  expect(said).toEqual([]);
});

test('an address that the provider does not vouch for signs nobody in, and the page says so', async () => {
  const { page, said } = await newPage();
  await typeName(page, 'mallory');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').getByText('The other service does not vouch for your e-mail address.').waitFor();
  await page.goto(`${hall.url}/account`);
  await page.waitForURL(/\/sign-in/);
  expect(said).toEqual([]);
});
