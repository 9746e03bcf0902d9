import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtPages } from '../../web/build/index.ts';
import { openChromium, openPage } from '../harness/chromium.ts';
import { castBar, joinHall, seesReceipt } from './attendee.ts';
import { openHall } from './hall.ts';

const FIRST_LOAD_MAX_BYTES = 100 * 1024;
/** Slow 3G as Lighthouse and WebPageTest have it. */
const SLOW_3G = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
const USABLE_MS = 3_000;

const hall = await openHall();
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

test('the first load of an attendee is at most 100 KB, measured on the wire, and asks nobody else', async () => {
  const page = await openPage(browser);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  let bytes = 0;
  const hosts = new Set<string>();
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  network.on('Network.requestWillBeSent', ({ request }) => hosts.add(new URL(request.url).host));
  await page.goto(hall.url, { waitUntil: 'networkidle' });
  await page.locator('#code').waitFor();
  expect(bytes).toBeGreaterThan(20_000); // it did measure
  expect(bytes).toBeLessThan(FIRST_LOAD_MAX_BYTES);
  expect([...hosts]).toEqual([new URL(hall.url).host]);
  await page.context().close();
});

test('everything that the attendee can ever load is at most 100 KB compressed, fonts included', async () => {
  const folder = await builtPages();
  const html = readFileSync(join(folder, 'attend/index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file as string);
  const fonts = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.woff2'));
  const files = [...named, ...fonts.map((name) => `/assets/${name}`)];
  expect(named.some((file) => file.endsWith('.js')) && named.some((file) => file.endsWith('.css'))).toBe(true);
  const sizeOf = (file: string) => statSync(join(folder, file.endsWith('.woff2') ? file : `${file}.br`)).size;
  expect(files.reduce((sum, file) => sum + sizeOf(file), 0)).toBeLessThan(FIRST_LOAD_MAX_BYTES);
});

test('what is built within tests is what is shipped: nothing of development, and no path of this machine', async () => {
  const assets = join(await builtPages(), 'assets');
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(3);
  const root = resolve(import.meta.dirname, '../..');
  const told = scripts.filter((name) => readFileSync(join(assets, name), 'utf8').includes(root));
  expect(told).toEqual([]);
});

test('on slow 3G the form can be used within 3 s, and the whole way to a ballot works', async () => {
  const page = await openPage(browser);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', SLOW_3G);
  const startedMs = performance.now();
  await page.goto(`${hall.url}/join/${hall.joinCode}`, { waitUntil: 'commit' });
  await page.locator('#name').fill('Ada');
  expect(performance.now() - startedMs).toBeLessThan(USABLE_MS);
  const electionId = await hall.openElection({});
  await page.locator('#join').click();
  await page.getByRole('radio', { name: 'Yes' }).check();
  await castBar(page, 'Cast my vote: Yes');
  await seesReceipt(page);
  await hall.http.close(electionId);
  await page.context().close();
});

test('with the keyboard alone: join, rank, review, cast, and the focus is always on something that is seen', async () => {
  const page = await openPage(browser);
  const press = async (key: string, times = 1) => {
    for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
  };
  const focused = () => page.evaluate('document.activeElement.id || document.activeElement.innerText');
  await page.goto(hall.url);
  await page.locator('#code').waitFor();
  await press('Tab');
  expect(await focused()).toBe('Skip to the content');
  await press('Enter');
  await press('Tab');
  expect(await focused()).toBe('code');
  await page.keyboard.type(hall.joinCode);
  await press('Tab');
  await page.keyboard.type('Grace');
  await press('Enter');
  const options = ['Ada', 'Grace', 'Edsger'].map((title) => ({ id: title.toLowerCase(), title }));
  const electionId = await hall.openElection({ title: 'Rank them', method: { method: 'irv', settings: {} }, options });
  await page.getByRole('heading', { name: 'Rank them' }).waitFor();
  await expect.poll(focused).toBe('Rank them'); // the new screen took the focus
  await press('Tab');
  expect(await focused()).toBe('rank-add-ada');
  await press('Enter');
  await expect.poll(focused).toBe('rank-add-grace');
  await press('Enter');
  await expect.poll(focused).toBe('rank-add-edsger');
  await press('Shift+Tab', 2); // past 'take out' to 'down', which the last row has not
  await press('Shift+Tab');
  expect(await focused()).toBe('rank-up-grace');
  await press('Enter');
  expect(await page.locator('.ranked .option-title').allInnerTexts()).toEqual(['Grace', 'Ada']);
  await expect.poll(focused).toBe('rank-up-grace'); // where it was
  await page.locator('.cast-bar .button').focus();
  await press('Enter');
  await expect.poll(focused).toBe('Check your ballot');
  await press('Tab', 2);
  expect(await focused()).toBe('Cast my ballot');
  await press('Enter');
  const code = await seesReceipt(page);
  await expect.poll(focused).toBe('Your vote is in.');
  await hall.http.close(electionId);
  await hall.http.publish(electionId);
  expect((await hall.http.ballot(electionId, code)).ballot).toEqual({ ranking: ['grace', 'ada'] });
  await page.context().close();
});

test('a motion by keyboard: arrows choose, Enter casts', async () => {
  const { page } = await joinHall(browser, hall, 'Edsger');
  const electionId = await hall.openElection({ title: 'Adjourn?' });
  await page.getByRole('heading', { name: 'Adjourn?' }).waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByText('No', { exact: true }).waitFor();
  await seesReceipt(page);
  await hall.http.close(electionId);
  await page.context().close();
});
