import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stepAt, totpCode } from '../../engine/accounts/totp.ts';
import { accessibilityProblems, DESK, openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { downloaded, newOrganiser, type Organiser, signIn, tokenFromMail } from './organiser.ts';
import { takePictures } from './pictures.ts';

const hall = await openHall();
const PASSWORD = 'four blue otters sing';
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

/** A page of somebody new; what goes wrong on it unseen must stay empty. */
async function newPage(address = '/sign-in'): Promise<{ page: Page; said: readonly string[] }> {
  const page = await openPage(browser);
  const said = watchConsole(page);
  await page.goto(hall.url + address);
  return { page, said };
}

/** A signed-in person on the page of the account. */
async function onAccount(name: string): Promise<{ page: Page; said: readonly string[]; person: Organiser }> {
  const person = await newOrganiser(hall, name);
  const { page, said } = await newPage();
  await signIn(page, hall, person, '/account');
  await page.getByText('This device').waitFor();
  return { page, said, person };
}

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true });
}

async function follow(page: Page, email: string, kind: string): Promise<void> {
  const token = await tokenFromMail(hall, email, kind);
  await page.goto('about:blank');
  await page.goto(`${hall.url}/sign-in#${kind}=${token}`);
}

/** At every width from the smallest phone on, in both themes: no violation, and nothing that sticks out. */
async function looksGood(page: Page): Promise<void> {
  const before = page.viewportSize();
  for (const viewport of [{ width: 320, height: 640 }, DESK]) {
    await page.setViewportSize(viewport);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
}

test('somebody registers, proves the address, signs in, and makes an organisation', async () => {
  const { page, said } = await newPage('/register');
  await button(page, 'Create the account').click();
  await page.getByRole('alert').getByText('Enter your name.').waitFor();
  await looksGood(page);
  await page.getByLabel('Your name').fill('Mary Somerville');
  await page.getByLabel('E-mail address').fill('mary@harbour.example');
  await page.getByLabel('Password').fill('password');
  await button(page, 'Create the account').click();
  await page.getByRole('alert').getByText('This password is too easy to guess.', { exact: false }).waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Create the account').click();
  await page.getByText('We have written to mary@harbour.example.', { exact: false }).waitFor();

  await follow(page, 'mary@harbour.example', 'verify');
  expect(page.url()).toBe(`${hall.url}/sign-in`); // the token has left the address bar
  await looksGood(page);
  await button(page, 'Yes, confirm it').click();
  await page.getByText('You can sign in now.').waitFor();
  await button(page, 'To the sign-in').click();
  await page.getByLabel('E-mail address').fill('mary@harbour.example');
  await page.getByLabel('Password').fill('another password');
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText('Address and password do not belong together.').waitFor();
  await looksGood(page);
  await takePictures(page, 'account-sign-in');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${hall.url}/moderate`);
  await page.getByRole('link', { name: 'Make one, or take up an invitation' }).click();
  await page.getByLabel('Name of the organisation').fill('Lighthouse Trust');
  await button(page, 'Create it').click();
  await page.getByRole('heading', { level: 1, name: 'Lighthouse Trust' }).waitFor();
  await page.getByLabel('Time zone').fill('Atlantis');
  await button(page, 'Save').click();
  await page.getByRole('alert').getByText('There is no such time zone.', { exact: false }).waitFor();
  await page.getByRole('row', { name: 'Ballots cast 0' }).waitFor();
  await looksGood(page);
  await takePictures(page, 'account-organisation');

  await follow(page, 'mary@harbour.example', 'verify');
  await button(page, 'Yes, confirm it').click();
  await page.getByRole('alert').getByText('This link has been used. Ask for a new one.').waitFor();
  expect(said).toEqual([]);
}, 60_000);

test('a link instead of a password signs in once; one that has expired or is cut says so', async () => {
  const { email } = await newOrganiser(hall, 'Hedy Lamarr');
  const { page, said } = await newPage();
  await button(page, 'Send me a link instead').click();
  await page.getByRole('alert').getByText('Enter your e-mail address above first.').waitFor();
  await page.getByLabel('E-mail address').fill(email);
  await button(page, 'Send me a link instead').click();
  await page.getByText(`If ${email} has an account, a mail is on its way.`, { exact: false }).waitFor();
  await follow(page, email, 'magic');
  await page.getByRole('heading', { name: 'Sign in with your link' }).waitFor();
  await looksGood(page);
  await button(page, 'Sign in').click();
  await page.waitForURL(`${hall.url}/moderate`);

  const { page: other } = await newPage();
  await follow(other, email, 'magic');
  await button(other, 'Sign in').click();
  await other.getByRole('alert').getByText('This link has been used. Ask for a new one.').waitFor();
  expect(await other.locator('.button-primary').allInnerTexts()).toEqual(['To the sign-in']);
  await other.goto('about:blank');
  await other.goto(`${hall.url}/sign-in#magic=psl_cut`);
  await button(other, 'Sign in').click();
  await other.getByRole('alert').getByText('This link is not complete or no longer valid.', { exact: false }).waitFor();
  await other.goto('about:blank');
  await other.goto(`${hall.url}/sign-in#magic=psl_cut`);
  await other.route('**/v1/auth/magic-link/redeem', (route) =>
    route.fulfill({
      status: 401,
      json: { code: 'AUTH_001', message: 'This link has expired.', details: { reason: 'expired' } },
    }),
  );
  await button(other, 'Sign in').click();
  await other.getByRole('alert').getByText('This link has expired. Ask for a new one.').waitFor();
  expect(said).toEqual([]);
});

test('a forgotten password is set anew by a link', async () => {
  const { email } = await newOrganiser(hall, 'Emmy Noether');
  const { page } = await newPage();
  await page.getByLabel('E-mail address').fill(email);
  await button(page, 'I have forgotten my password').click();
  await page.getByText('a mail is on its way', { exact: false }).waitFor();
  await follow(page, email, 'reset');
  await page.getByLabel('New password').fill('short');
  await button(page, 'Set the password').click();
  await page.getByRole('alert').getByText('Enter at least 8 characters.').waitFor();
  await looksGood(page);
  await page.getByLabel('New password').fill('nine green herons wade');
  await button(page, 'Set the password').click();
  await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
  await button(page, 'To the sign-in').click();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('nine green herons wade');
  await button(page, 'Sign in').click();
  await page.waitForURL(`${hall.url}/moderate`);
});

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What an authenticator shows, each code of its own step: used ones are not taken again. */
function authenticator(secret: string): () => string {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  let last = 0;
  return () => {
    last = Math.max(last + 1, stepAt(Date.now())); // the next one is taken too, so a step that ends meanwhile does no harm
    return totpCode(bytes, last);
  };
}

test('a second factor: set up, asked for, new recovery codes, turned off', async () => {
  const { page, said, person } = await onAccount('Grete Hermann');
  const card = page.getByRole('region', { name: 'Second factor' });
  await card.getByLabel('Present password').fill('not this one');
  await card.getByRole('button', { name: 'Set it up' }).click();
  await page.getByRole('alert').getByText('This is not your present password.').waitFor();
  await card.getByLabel('Present password').fill(PASSWORD);
  await card.getByRole('button', { name: 'Set it up' }).click();
  await card.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  await looksGood(page);
  const code = authenticator(((await card.locator('.secret').textContent()) ?? '').trim());
  await card.getByLabel('Code of your authenticator').fill('000000');
  await button(page, 'Confirm').click();
  await page.getByRole('alert').getByText('This code is not right (any more).', { exact: false }).waitFor();
  await card.getByLabel('Code of your authenticator').fill(code());
  await button(page, 'Confirm').click();
  await card.getByText('You have 10 recovery codes left.', { exact: false }).waitFor();
  const [recovery = ''] = await card.locator('.codes code').allTextContents();
  await looksGood(page);

  await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText('Enter the code that your authenticator shows.').waitFor();
  await page.getByLabel('Code of your authenticator').fill(code());
  await button(page, 'Sign in').click();
  await page.waitForURL(`${hall.url}/moderate`);
  await page.goto(`${hall.url}/account`);
  await card.getByLabel('Code of your authenticator, or a recovery code').fill(recovery);
  await button(page, 'Turn it off').click();
  await card.getByText('Signing in asks for your password only.', { exact: false }).waitFor();
  expect(said).toEqual([]);
}, 60_000);

test('signed in at two places: each is listed, and signed out from here', async () => {
  const { page, person } = await onAccount('Maria Mitchell');
  const { page: other } = await newPage();
  await signIn(other, hall, person, '/account');
  await page.reload();
  const card = page.getByRole('region', { name: 'Where you are signed in' });
  await card.getByText('Chrome on Linux').nth(1).waitFor();
  await looksGood(page);
  await takePictures(page, 'account-settings');
  await button(page, 'Sign out everywhere else').click();
  await expect.poll(() => card.getByText('Chrome on Linux').count()).toBe(1);
  await other.reload();
  await other.waitForURL(/\/sign-in\?next=%2Faccount$/);
});

test('name and language, address, password, all data as a file, and the end of the account', async () => {
  const { page, said, person } = await onAccount('Lise Meitner');
  await person.http.call({ method: 'POST', path: '/v1/members', body: { name: 'Otto Hahn' }, creates: true });
  await page.getByLabel('Your name').fill('Lise M.');
  await page.getByLabel('Deutsch').check();
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'Ihr Konto' }).waitFor();
  await looksGood(page);
  await page.getByLabel('English').check();
  await button(page, 'Speichern').click();
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor();

  const address = page.getByRole('region', { name: 'E-mail address' });
  await address.getByLabel('New address').fill('lise@elsewhere.example');
  await address.getByLabel('Present password').fill(PASSWORD);
  await button(page, 'Change the address').click();
  await page.getByText('Follow the link in the mail to lise@elsewhere.example.').first().waitFor();

  const password = page.getByRole('region', { name: 'Password' });
  await password.getByLabel('Present password').fill('not this one');
  await password.getByLabel('New password').fill('nine green herons wade');
  await button(page, 'Change the password').click();
  await page.getByRole('alert').getByText('This is not your present password.').waitFor();
  await password.getByLabel('Present password').fill(PASSWORD);
  await button(page, 'Change the password').click();
  await page.getByText('Your password is changed.', { exact: false }).first().waitFor();

  const data = JSON.parse(await downloaded(page, () => button(page, 'Download').click()));
  expect(JSON.stringify(data)).toContain(person.email);

  const end = page.getByRole('region', { name: 'Delete the account' });
  await end.getByLabel('Present password').fill('nine green herons wade');
  await end.getByRole('button', { name: 'Delete the account' }).click();
  await looksGood(page);
  await page.keyboard.press('Escape');
  await end.getByRole('button', { name: 'Delete the account' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await page.getByRole('alert').getByText('You are the last administrator', { exact: false }).waitFor();
  expect(said).toEqual([]);
}, 60_000);

test('an invitation makes a member of whoever signs in with it; an account without duties can be deleted', async () => {
  const { http, orgId } = await newOrganiser(hall, 'Caroline Herschel');
  const email = 'sophie@harbour.example';
  await http.call({ method: 'POST', path: '/v1/members', body: { name: 'Sophie Germain', email }, creates: true });
  await http.call({ method: 'POST', path: '/v1/member-invitations', body: { campaign: 'spring' } });
  const { page, said } = await newPage();
  await follow(page, email, 'invite');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor(); // it waits until its holder has an account
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Your name').fill('Sophie');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Create the account').click();
  await page.getByText('We have written to', { exact: false }).waitFor();
  await follow(page, email, 'verify');
  await button(page, 'Yes, confirm it').click();
  await button(page, 'To the sign-in').click();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Sign in').click();
  await page.getByRole('heading', { name: 'You are invited' }).waitFor();
  await looksGood(page);
  await button(page, 'Become a member').click();
  await page.getByRole('heading', { level: 1, name: 'Harbour Cooperative' }).waitFor();
  const { items } = await http.call<{ items: { email: string | null; has_account: boolean }[] }>({
    method: 'GET',
    path: '/v1/members',
    query: { q: 'sophie' },
  });
  expect([orgId !== '', items.map((each) => [each.email, each.has_account])]).toEqual([true, [[email, true]]]);

  await page.goto(`${hall.url}/account`);
  const end = page.getByRole('region', { name: 'Delete the account' });
  await end.getByLabel('Present password').fill(PASSWORD);
  await end.getByRole('button', { name: 'Delete the account' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await page.waitForURL(`${hall.url}/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText('Address and password do not belong together.').waitFor();
  expect(said).toEqual([]);
}, 60_000);
