import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems, openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { openHall } from './hall.ts';

const hall = await openHall();
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

test('a wrong code is told beside the field; the right one leads into the meeting', async () => {
  const page = await openPage(browser);
  const said = watchConsole(page);
  await page.goto(hall.url);
  expect(await accessibilityProblems(page)).toEqual([]);

  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('alert').getByText('Enter the code of the meeting.').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);

  await page.getByLabel('Meeting code').fill('AAAAAA');
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('alert').getByText('No meeting has this code.').waitFor();

  await page.getByLabel('Meeting code').fill(hall.joinCode.toLowerCase());
  await page.screenshot({ path: '/tmp/join.png' });
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL(`${hall.url}/meeting/${hall.meetingId}`);
  expect(said).toEqual([]);
});
