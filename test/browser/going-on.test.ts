import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium, openPage, PHONE } from '../harness/chromium.ts';
import { castBar, joinHall, seesReceipt } from './attendee.ts';
import { openHall } from './hall.ts';

/** A device whose clock is wrong by so much. */
const AHEAD_MS = 90_000;
/** A receipt stays 4 s before a vote that waited already; one that opens now comes well before that. */
const SOON_MS = 2_000;

const hall = await openHall();
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

/** Keeps everything that the page reads aloud from now on; returns a way to ask for it. */
async function listen(page: Awaited<ReturnType<typeof openPage>>): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const region = document.querySelector('[data-live]') as HTMLElement;
    const heard: string[] = [];
    Object.assign(window, { heard });
    new MutationObserver(() => heard.push(region.textContent ?? '')).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.map((text) => text.trim()));
}

test('the end of a vote, its result and the next vote are heard once each, and the next one comes at once', async () => {
  const { page } = await joinHall(browser, hall, 'Ada', { viewport: PHONE });
  const heard = await listen(page);
  const first = await hall.openElection({ title: 'First?' });
  await page.getByRole('radio', { name: 'Yes' }).check();
  await castBar(page, 'Cast my vote: Yes');
  await seesReceipt(page);
  await hall.http.close(first);
  await expect.poll(heard).toContain('First?: voting has ended.');
  await hall.http.publish(first);
  await expect.poll(heard).toContain('First?: the result is here.');
  const second = await hall.openElection({ title: 'Second?' });
  const openedMs = performance.now();
  await page.getByRole('heading', { name: 'Second?' }).waitFor();
  expect(performance.now() - openedMs).toBeLessThan(SOON_MS);
  await hall.http.call({ method: 'POST', path: `/v1/elections/${second}/cancel`, body: { reason: 'Asked wrongly' } });
  await expect.poll(heard).toContain('Second?: the vote was cancelled.');
  expect(await heard()).toEqual([
    'A vote is open: First?',
    'First?: voting has ended.',
    'First?: the result is here.',
    'A vote is open: Second?',
    'Second?: the vote was cancelled.',
  ]);
  await page.context().close();
});

test('the time that is left is the server\u2019s on a device whose clock is wrong, and is not over before the vote', async () => {
  const page = await openPage(browser, { viewport: PHONE });
  await page.addInitScript((aheadMs) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + aheadMs;
  }, AHEAD_MS);
  await page.goto(`${hall.url}/join/${hall.joinCode}`);
  await page.locator('#name').fill('Grace');
  await page.locator('#join').click();
  await page.waitForURL(`${hall.url}/meeting/${hall.meetingId}`);
  await page.evaluate(() => {
    const shown: string[] = [];
    Object.assign(window, { shown });
    const look = () => {
      const text = document.querySelector('.countdown .figures')?.textContent;
      if (text != null && shown.at(-1) !== text) shown.push(text);
      requestAnimationFrame(look);
    };
    look();
  });
  await hall.openElection({ title: 'Quick?', duration_seconds: 5 });
  await page.getByRole('heading', { name: 'Quick?' }).waitFor();
  await page.locator('.countdown').waitFor({ state: 'detached' });
  const shown = await page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  const seconds = shown.map((text) => Number(text.replace(/^0:/, '')));
  expect(Math.max(...seconds)).toBeLessThanOrEqual(5);
  expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
  expect(seconds.at(-1)).toBe(1);
  await page.context().close();
});
