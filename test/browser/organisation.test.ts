import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiKeyView } from '../../protocol/api-keys.ts';
import type { MemberView } from '../../protocol/members.ts';
import type { WebhookView } from '../../protocol/webhooks.ts';
import { accessibilityProblems, DESK, openChromium, PHONE } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { downloaded, newOrganiser, openConsole } from './organiser.ts';
import { takePictures } from './pictures.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { http } = organiser;
let browser: Browser;
let page: Page;
let said: readonly string[];

beforeAll(async () => {
  browser = await openChromium();
  ({ page, said } = await openConsole(browser, hall, organiser));
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

function button(name: string) {
  return page.getByRole('button', { name, exact: true });
}

async function confirm(name: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

/** On a phone and on a desk: no violation, and nothing that sticks out. */
async function looksGood(): Promise<void> {
  for (const viewport of [{ width: 320, height: 640 }, PHONE, DESK]) {
    await page.setViewportSize(viewport);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(await accessibilityProblems(page)).toEqual([]);
}

async function members(q: string): Promise<readonly MemberView[]> {
  const path = '/v1/members';
  return (await http.call<{ items: MemberView[] }>({ method: 'GET', path, query: { q } })).items;
}

const csvFile = (text: string) => ({ name: 'members.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

test('members: entered, found, changed, put into a group, deactivated', async () => {
  await page.goto(`${hall.url}/moderate/groups`);
  await page.getByText('There is no group yet.').waitFor();
  await page.getByLabel('Name of the group').fill('Delegates');
  await button('Create it').click();
  await page.getByText('0 members').waitFor();
  await page.getByLabel('Name of the group').fill('delegates');
  await button('Create it').click();
  await page.getByRole('alert').getByText('There is a group of this name already.').waitFor();
  await button('Rename Delegates').click();
  await page.getByLabel('New name of Delegates').fill('Board');
  await button('Save').click();
  await page.locator('.list-row', { hasText: 'Board' }).waitFor();
  await looksGood();

  await page.getByRole('link', { name: 'Members' }).click();
  await button('New member').click();
  await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
  await page.getByLabel('E-mail address').fill('grace.example');
  await page.getByLabel('Votes').fill('0');
  await button('Save').click();
  await page.getByRole('alert').getByText('Enter more than 0, like 1 or 0.25.').waitFor();
  await page.getByLabel('Votes').fill('2.5');
  await button('Save').click();
  await page.getByRole('alert').getByText('Write the address like ada@example.org.').waitFor();
  await page.getByLabel('E-mail address').fill('grace@harbour.example');
  await page.getByLabel('Board').check();
  await looksGood();
  await button('Save').click();
  await page.getByRole('row', { name: /Grace Hopper.*2\.5/ }).waitFor();
  await page.getByLabel('Find by name, number or address').fill('hopp');
  await page.getByRole('row', { name: /Ada Lovelace/ }).waitFor({ state: 'hidden' });
  await page.getByLabel('Group').selectOption({ label: 'Board' });
  await looksGood();
  await page.reload(); // still narrowed to the same
  await page.getByRole('row', { name: /Grace Hopper/ }).waitFor();
  expect(await page.getByRole('row', { name: /Ada Lovelace/ }).count()).toBe(0);
  await button('Edit Grace Hopper').click();
  await button('Deactivate').click();
  await confirm('Deactivate');
  await page.getByRole('row', { name: /Grace Hopper.*inactive/ }).waitFor();
  expect((await members('hopper')).map(({ weight, status, groups }) => [weight, status, groups[0]?.name])).toEqual([
    ['2.5', 'inactive', 'Board'],
  ]);
});

test('a file of members: wrong rows are shown and nothing is written; right ones are, and come out again', async () => {
  await page.goto(`${hall.url}/moderate/members/import`);
  const heading = 'number,name,e-mail,votes\r\n';
  await page
    .getByLabel('CSV file')
    .setInputFiles(csvFile(`${heading}7,Edsger Dijkstra,edsger@harbour.example,1\r\n7,Barbara Liskov,barbara,0\r\n`));
  await page.getByText('2 rows:', { exact: false }).waitFor();
  await page.getByRole('heading', { name: /problems?$/ }).waitFor();
  expect(await button('Write them').count()).toBe(0);
  await looksGood();
  await takePictures(page, 'moderate-import');
  expect(await members('dijkstra')).toEqual([]);
  await button('Another file').click();
  await page
    .getByLabel('CSV file')
    .setInputFiles(csvFile(`${heading}7,Edsger Dijkstra,edsger@harbour.example,1\r\n8,Barbara Liskov,,3\r\n`));
  await page.getByText('2 rows: 2 new, 0 changed, 0 unchanged, 0 wrong.').waitFor();
  expect(await members('dijkstra')).toEqual([]);
  await button('Write them').click();
  await button('Download as CSV').waitFor();
  await page.getByRole('row', { name: /Barbara Liskov/ }).waitFor();
  await takePictures(page, 'moderate-members');
  const csv = await downloaded(page, () => button('Download as CSV').click());
  expect(csv).toContain('Edsger Dijkstra');
  await button('Invite everyone').click();
  await confirm('Invite everyone');
  await page.getByText(/1 mail is on its way\./).waitFor();
});

test('a file of members shows first whom it would change, and who that is now', async () => {
  await http.call({ method: 'POST', path: '/v1/members', body: { number: '31', name: 'Hedy Lamarr' }, creates: true });
  await page.goto(`${hall.url}/moderate/members/import`);
  const rows = 'number,name,e-mail\r\n32,Ida Rhodes,\r\n31,Ann Smith,ann@harbour.example\r\n';
  await page.getByLabel('CSV file').setInputFiles(csvFile(rows));
  const first = page.getByRole('row').nth(1);
  await first.getByText('was Hedy Lamarr').waitFor();
  expect(await first.textContent()).toMatch(/Ann Smith.*was Hedy Lamarr.*ann@harbour\.example.*was –/);
  await looksGood();
});

test('proxies: recorded, taken in from a file all or none, revoked', async () => {
  for (const [number, name] of Object.entries({ 21: 'Alan', 22: 'Radia', 23: 'Vint' })) {
    await http.call({ method: 'POST', path: '/v1/members', body: { number, name }, creates: true });
  }
  await page.goto(`${hall.url}/moderate/proxies`);
  await page.getByText('Nobody has given a proxy.').waitFor();
  await button('Record it').click();
  await page.getByRole('alert').getByText('Enter a member number.').first().waitFor();
  await page.getByLabel('Number of the member who is represented').fill('21');
  await page.getByLabel('Number of the member who votes').fill('22');
  await button('Record it').click();
  await page.getByText('Radia votes for Alan').waitFor();
  await page.getByLabel('CSV file').setInputFiles(csvFile('grantor,holder\r\n23,22\r\n99,22\r\n'));
  await page.getByText('Line 3:', { exact: false }).waitFor();
  expect(await page.getByText('Radia votes for Vint').count()).toBe(0);
  await looksGood();
  await page.getByLabel('CSV file').setInputFiles(csvFile('grantor,holder\r\n23,22\r\n'));
  await page.getByText('Radia votes for Vint').waitFor();
  await button('Revoke the proxy of Alan').click();
  await page.locator('.list-row', { hasText: 'Radia votes for Alan' }).getByText('revoked').waitFor();
});

test('API keys: shown once, a new secret, revoked', async () => {
  await page.goto(`${hall.url}/moderate/keys`);
  await page.getByText('There is no key yet.').waitFor();
  await button('Make the key').click();
  await page.getByRole('alert').getByText('Say what it is for.').waitFor();
  await page.getByLabel('What it is for').fill('Membership system');
  await button('Make the key').click();
  const secret = page.locator('.secrets code').first();
  await secret.waitFor();
  const first = await secret.textContent();
  expect(first).toMatch(/^psk_/);
  await looksGood();
  await button('New secret for Membership system').first().click();
  await expect.poll(() => secret.textContent()).not.toBe(first);
  await button('Revoke Membership system').first().click();
  await confirm('Revoke');
  await page
    .getByText(/revoked \d/)
    .first()
    .waitFor();
  await page.reload();
  await page.getByText('Membership system').first().waitFor();
  expect(await page.getByText(String(first)).count()).toBe(0);
});

test('an API key that may do little and ends by itself', async () => {
  await page.goto(`${hall.url}/moderate/keys`);
  await page.getByLabel('What it is for').fill('Results board');
  await page.getByLabel('Only what I choose').check();
  await button('Make the key').click();
  await page.getByRole('alert').getByText('Choose at least one thing that it may do.').waitFor();
  expect(await page.getByLabel('Change API keys').count()).toBe(0); // no moderator may
  await page.getByLabel('See results', { exact: true }).check();
  await page.getByLabel('Follow live').check();
  await page.getByLabel('Ends on').fill('2020-01-01T12:00');
  await looksGood();
  await button('Make the key').click();
  await page.getByRole('alert').getByText('This moment has passed. Choose a later one.').waitFor();
  await page.getByLabel('Ends on').fill('2031-01-01T12:00');
  await button('Make the key').click();
  const row = page.locator('.list-row', { hasText: 'Results board' });
  await row.getByText('Only: See results, Follow live').waitFor();
  await row.getByText(/ends 1 Jan 2031/).waitFor();
  const { items } = await http.call<{ items: ApiKeyView[] }>({ method: 'GET', path: '/v1/api-keys' });
  const made = items.find(({ name }) => name === 'Results board');
  expect(made?.scopes?.toSorted()).toEqual(['results.read', 'sockets.connect']);
  expect(made?.expires_at).toBe(new Date('2031-01-01T12:00').toISOString());
  await looksGood();
});

test('what only the server knows is said in the language of the page', async () => {
  await page.evaluate(() => localStorage.setItem('psephos.locale', '"de"'));
  await page.goto(`${hall.url}/moderate/webhooks`);
  await page.getByLabel('Adresse').fill('https://somebody:secret@elsewhere.example/hook');
  await button('Anlegen').click();
  await page.getByRole('alert').getByText('Adresse: darf weder Benutzernamen noch Passwort enthalten').waitFor();
  await page.evaluate(() => localStorage.setItem('psephos.locale', '"en"'));
});

test('webhooks are made, tested, changed and deleted', async () => {
  await page.goto(`${hall.url}/moderate/webhooks`);
  await page.getByText('No system is told yet.').waitFor();
  await page.getByLabel('Address').fill('ftp://elsewhere.example');
  await button('Create it').click();
  await page.getByRole('alert').getByText('Address: must begin with https://').waitFor();
  await page.getByLabel('Address').fill('https://elsewhere.example/hook');
  await page.getByLabel('A vote was counted').check();
  await page.getByLabel('A vote opens').uncheck();
  await button('Create it').click();
  await page.getByText('Keep the key of the signatures', { exact: false }).waitFor();
  await button('Send a test').click();
  await page.getByText('Messages', { exact: true }).click();
  await page.getByText('A test · ', { exact: false }).first().waitFor();
  await looksGood();
  await button('Change https://elsewhere.example/hook').click();
  const change = page.getByRole('listitem').locator('form');
  for (const box of await change.getByRole('checkbox').all()) await box.uncheck();
  await button('Save').click();
  await page.getByRole('alert').getByText('Choose at least one event.').waitFor();
  await change.getByLabel('A meeting has begun').check();
  await change.getByLabel('Address').fill('http://elsewhere.example/hook');
  await button('Save').click();
  await page.getByRole('alert').getByText('Address: must begin with https://').waitFor();
  await change.getByLabel('Address').fill('https://elsewhere.example/other');
  await looksGood();
  await button('Save').click();
  await change.waitFor({ state: 'hidden' });
  const { items } = await http.call<{ items: WebhookView[] }>({ method: 'GET', path: '/v1/webhooks' });
  expect(items.map(({ url, events }) => [url, events])).toEqual([
    ['https://elsewhere.example/other', ['meeting.started']],
  ]);
  await button('Delete').click();
  await confirm('Delete');
  await page.getByText('No system is told yet.').waitFor();
});

test('the log tells in sentences who did what, and the ids behind them when asked', async () => {
  await page.goto(`${hall.url}/moderate/log`);
  const told = (text: string | RegExp) => page.getByRole('listitem').filter({ hasText: text }).first();
  await told('Ada Lovelace added Grace Hopper as a member.').waitFor();
  await told('Ada Lovelace imported members from a file: 2 new, 0 changed.').waitFor();
  await page.getByLabel('About').selectOption('access');
  await told('as a member').waitFor({ state: 'hidden' });
  await told('The access of the key Membership system has ended.').waitFor();
  await page.getByLabel('Show ids and figures as they were recorded').check();
  await told(/access\.revoked.*kind: api_key/).waitFor();
  await looksGood();
  expect(said).toEqual([]);
});
