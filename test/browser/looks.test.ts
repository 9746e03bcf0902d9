import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChromium, openPage, PHONE } from '../harness/chromium.ts';
import { openHall } from './hall.ts';
import { takePictures } from './pictures.ts';
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

const PICTURED = [
  'join',
  'lobby',
  'ballot-motion',
  'ballot-ranking',
  'ballot-points',
  'ballot-judgment',
  'review',
  'receipt',
  'result-motion',
  'result-ranking',
  'history',
];

test('every state, in English and light on a phone: no violation, nothing too wide', async () => {
  const page = await openPage(browser, { viewport: PHONE, colorScheme: 'light' });
  const problems: string[] = [];
  await walk(hall, page, async (name) => {
    await inspect(page, name, problems);
    if (PICTURED.includes(name)) await takePictures(page, `attend-${name}`);
  });
  expect(problems).toEqual([]);
}, 120_000);
