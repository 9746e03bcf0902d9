import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems, DESK, openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { castBar, seesReceipt } from './attendee.ts';
import { openHall } from './hall.ts';
import { newOrganiser, signIn } from './organiser.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

async function attendeeOf(code: string, name: string): Promise<Page> {
  const page = await openPage(browser);
  await page.goto(`${hall.url}/join/${code}`);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL(/\/meeting\//);
  return page;
}

test('a whole meeting on three pages: made, joined, voted, watched, closed, revealed', async () => {
  const moderator = await openPage(browser, { viewport: DESK });
  const said = watchConsole(moderator);
  await signIn(moderator, hall, organiser);
  await moderator.getByLabel('Name of the meeting').fill('Spring assembly');
  await moderator.getByRole('button', { name: 'Create the meeting' }).click();
  await moderator.waitForURL(/\/moderate\/[0-9a-f-]{36}$/);
  const code = ((await moderator.locator('.run-code strong').textContent()) ?? '').replaceAll(' ', '');

  // a window of its own: a tab behind another would be slowed down by the browser
  const hallPage = await openPage(browser, { viewport: { width: 1920, height: 1080 } });
  const hallSaid = watchConsole(hallPage);
  await signIn(hallPage, hall, organiser, new URL(moderator.url()).pathname.replace('/moderate/', '/project/'));
  await hallPage.getByRole('heading', { name: 'Join with your phone' }).waitFor();
  expect(((await hallPage.locator('.join-code').textContent()) ?? '').replaceAll(/Code|\s/g, '')).toBe(code);
  expect(await accessibilityProblems(hallPage)).toEqual([]);

  const phone = await attendeeOf(code, 'Grace');
  await hallPage.getByText('1 is here').waitFor();
  await moderator.getByText('1 person').waitFor();

  await moderator.getByRole('button', { name: 'New vote' }).click();
  await moderator.getByLabel('Question').fill('Shall we buy the boat?');
  await moderator.getByRole('button', { name: 'Save the draft' }).click();
  await moderator.getByRole('button', { name: 'Open now' }).click();
  await moderator.getByRole('button', { name: 'Close the vote' }).waitFor();
  expect(await accessibilityProblems(moderator)).toEqual([]);

  await hallPage.getByRole('heading', { name: 'Shall we buy the boat?' }).waitFor();
  await phone.getByRole('heading', { name: 'Shall we buy the boat?' }).waitFor();
  await phone.getByRole('radio', { name: 'Yes' }).check();
  await castBar(phone, /Cast my vote: Yes/);
  await seesReceipt(phone);
  await hallPage.getByText('1 vote is in').waitFor();
  await moderator.getByText('1 ballot is in').waitFor();
  await moderator.getByText('1 of 1 have voted (100%)').waitFor();

  await moderator.getByRole('button', { name: 'Close the vote' }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Close the vote' }).click();
  await hallPage.getByText('The vote has closed').waitFor();
  await moderator.getByRole('button', { name: 'Count again' }).click();
  await moderator.getByText('Counted again from 1 ballots: the same result.').waitFor();
  await moderator.getByRole('button', { name: 'Publish the result' }).click();
  await moderator.getByRole('dialog').getByRole('button', { name: 'Publish the result' }).click();
  await hallPage.locator('.screen-outcome', { hasText: 'Carried' }).waitFor();
  await phone.getByText('Carried').first().waitFor();
  expect(await accessibilityProblems(hallPage)).toEqual([]);
  expect(await accessibilityProblems(moderator)).toEqual([]);
  expect([said, hallSaid]).toEqual([[], []]);
}, 90_000);
