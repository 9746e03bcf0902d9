import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium, openPage } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { inspect, walk } from './states.ts';

const hall = await openHall('General assembly 2026');
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

test('every state, in German and dark at 320 px, with reduced motion: no violation, nothing too wide', async () => {
  const viewport = { width: 320, height: 640 };
  const page = await openPage(browser, { viewport, colorScheme: 'dark', locale: 'de-DE', reducedMotion: 'reduce' });
  const problems: string[] = [];
  await walk(hall, page, async (name) => {
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await inspect(page, name, problems);
  });
  expect(problems).toEqual([]);
}, 120_000);
