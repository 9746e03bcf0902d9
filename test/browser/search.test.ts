import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MeetingView } from '../../protocol/meetings.ts';
import { DESK, openChromium, PHONE } from '../harness/chromium.ts';
import { looksGood } from './both-themes.ts';
import { openHall } from './hall.ts';
import { newOrganiser, openConsole } from './organiser.ts';
import { takePictures } from './pictures.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { http, orgId } = organiser;
const BENCHES = 'Neue Sitzbänke für den Stadtpark';
let browser: Browser;
let page: Page;
let said: readonly string[];
let meeting: MeetingView;

beforeAll(async () => {
  browser = await openChromium();
  meeting = await http.createMeeting('Versammlung zur Satzung');
  const vote = (title: string, description: string) =>
    http.createElection({
      meeting_id: meeting.meeting_id,
      title,
      description,
      method: { method: 'motion', settings: {} },
      roll: 'meeting',
    });
  await vote('Änderung der Satzung', 'Der Vorstand schlägt vor, die Satzung an das neue Vereinsrecht anzupassen.');
  await http.open((await vote('Erhöhung der Beiträge', 'Die Satzung erlaubt es ab dem nächsten Jahr.')).election_id);
  await vote(BENCHES, '');
  await http.call({ method: 'POST', path: '/v1/members', body: { name: 'Jürgen Müller' } });
  await hall.engine.search.catchUp(orgId);
  ({ page, said } = await openConsole(browser, hall, organiser));
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

const field = () => page.getByRole('searchbox');
const hits = () => page.locator('.search-hit');
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
/** What has the focus, by its words or its role. */
const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.id);

/** On phones and a desk: nothing sticks out, and no violation, light and dark. */
async function looksGoodEverywhere(screen: string): Promise<void> {
  for (const viewport of [{ width: 320, height: 640 }, PHONE, DESK]) {
    await page.setViewportSize(viewport);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await looksGood(page, `${screen}, ${viewport.width} px`);
  }
}

test('a slash leads to the search, which finds while one types, with slips, and marks what fits', async () => {
  await page.getByRole('heading', { name: 'Meetings' }).waitFor();
  await page.locator('body').press('/');
  await page.waitForURL(`${hall.url}/moderate/search`);
  await expect.poll(focused).toBe('search-q');
  await page.keyboard.type('Sitzbenke');
  await expect.poll(() => hits().locator('a').allInnerTexts()).toEqual([BENCHES]);
  await field().fill('mueller');
  await hits().getByRole('link', { name: 'Jürgen Müller' }).waitFor();
  await field().fill('/');
  expect(await field().inputValue()).toBe('/'); // typed here, it is a sign like any other
  await field().fill('satzung');
  await page.getByText('3 found.').first().waitFor();
  expect(await hits().first().locator('a mark').allInnerTexts()).toEqual(['Satzung']);
  const inText = hits().filter({ hasText: 'Erhöhung der Beiträge' });
  expect(await inText.locator('.search-excerpt mark').allInnerTexts()).toEqual(['Satzung']);
  expect(await inText.textContent()).toContain('Vote · Open');
  expect(await inText.locator('.search-excerpt').textContent()).toBe(
    'Die Satzung erlaubt es ab dem nächsten Jahr. · Yes · No',
  );
  await looksGoodEverywhere('search');
  await takePictures(page, 'moderate-search');
});

test('kinds and states narrow it, and a choice can be taken back where nothing is left of it', async () => {
  await button('Votes 2').click();
  await expect.poll(() => hits().count()).toBe(2);
  expect(await button('Votes 2').getAttribute('aria-pressed')).toBe('true');
  await button('Not opened yet 1').click();
  await expect.poll(() => hits().locator('a').allInnerTexts()).toEqual(['Änderung der Satzung']);
  await looksGoodEverywhere('narrowed');
  await field().fill('müller');
  await page.getByText('Nothing found.').first().waitFor();
  await button('Not opened yet 0').click();
  await button('Votes 0').click();
  await hits().getByRole('link', { name: 'Jürgen Müller' }).waitFor();
});

test('arrow keys go through the hits and back, a slash to the field, Enter to the place', async () => {
  await field().fill('satzung');
  await expect.poll(() => hits().count()).toBe(3);
  const titles = await hits().locator('a').allInnerTexts();
  await field().focus();
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toBe(titles[0]);
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toBe(titles[1]);
  await page.keyboard.press('/');
  expect(await focused()).toBe('search-q');
  expect(await field().inputValue()).toBe('satzung');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  expect(await focused()).toBe('search-q');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${hall.url}/moderate/${meeting.meeting_id}`);
});

test('whoever writes a vote is shown those that may ask the same', async () => {
  await button('New vote').click();
  await page.getByLabel('Question').fill('Sitzbaenke im Stadtpark');
  const hint = page.locator('.similar-titles');
  await hint.getByText('There are votes like this already:').waitFor();
  expect(await hint.getByRole('listitem').allInnerTexts()).toEqual([`${BENCHES} Not opened yet`]);
  await looksGoodEverywhere('similar votes');
  await page.getByLabel('Question').fill('A new roof for the school');
  await hint.waitFor({ state: 'detached' });
});

test('in German it says the same', async () => {
  await page.evaluate(() => localStorage.setItem('psephos.locale', '"de"'));
  await page.goto(`${hall.url}/moderate/search`);
  await page.getByRole('heading', { name: 'Suche' }).waitFor();
  await page.getByLabel('Wörter').fill('Satzungen');
  await page.getByText('3 gefunden.').first().waitFor();
  expect(await button(/^Abstimmungen/).textContent()).toBe('Abstimmungen 2');
  expect(await hits().filter({ hasText: 'Erhöhung' }).textContent()).toContain('Abstimmung · Offen');
  await looksGoodEverywhere('search in German');
  expect(said).toEqual([]);
});
