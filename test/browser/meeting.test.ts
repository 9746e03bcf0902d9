import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewElectionInput } from '../../client/index.ts';
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

const OPTIONS = [
  { id: 'ada', title: 'Ada' },
  { id: 'grace', title: 'Grace' },
];
const more = (page: Page) => page.getByRole('button', { name: 'More for Grace' }).click();
const rank = (page: Page) => page.getByRole('button', { name: 'Rank: Grace' }).click();
const grade = (name: string) => (page: Page) =>
  page.getByRole('group', { name: 'Grace' }).getByRole('radio', { name, exact: true }).check();

/** Each method's settings, how a phone fills its ballot, and what the hall reads in the end. */
const METHODS: Readonly<Record<string, readonly [object, (page: Page) => Promise<void>]>> = {
  choose: [{}, (page) => page.getByRole('radio', { name: 'Grace' }).check()],
  score: [{ min: 0, max: 5 }, grade('5')],
  judgment: [{}, grade('Very good')],
  points: [{ total: 5 }, more],
  quadratic: [{ credits: 10 }, more],
  irv: [{}, rank],
  stv: [{ seats: 1 }, rank],
  borda: [{}, rank],
  schulze: [{}, rank],
};

test('the hall elects somebody by every method: opened, voted on a phone, closed, revealed', async () => {
  const { http } = organiser;
  const meeting = await http.createMeeting('Autumn assembly');
  const screen = await openPage(browser, { viewport: { width: 1920, height: 1080 } });
  await signIn(screen, hall, organiser, `/project/${meeting.meeting_id}`);
  const phone = await attendeeOf(meeting.join_code, 'Grace');
  for (const [method, [settings, fill]] of Object.entries(METHODS)) {
    const title = `Who chairs, by ${method}?`;
    const { election_id: id } = await http.createElection({
      meeting_id: meeting.meeting_id,
      title,
      method: { method, settings } as NewElectionInput['method'],
      options: OPTIONS,
      roll: 'meeting',
    });
    await http.open(id);
    await screen.getByRole('heading', { name: title }).waitFor();
    await phone.reload(); // a receipt may be read for some seconds before the next vote takes its place
    await phone.getByRole('heading', { name: title, level: 1 }).waitFor();
    await fill(phone);
    const review = phone.locator('.cast-bar').getByRole('button', { name: 'Review my ballot' });
    if (await review.isVisible()) await review.click();
    await castBar(phone, /^Cast my/);
    await seesReceipt(phone);
    await screen.getByText('1 vote is in').waitFor();
    await http.close(id);
    await http.publish(id);
    await screen.locator('.screen-outcome', { hasText: 'Elected: Grace' }).waitFor();
  }
}, 90_000);
