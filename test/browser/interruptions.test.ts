import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems, openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { castBar, joinHall, seesReceipt } from './attendee.ts';
import { openHall } from './hall.ts';

const hall = await openHall();
let browser: Browser;
const contexts: Page[] = [];

beforeAll(async () => {
  browser = await openChromium();
});

afterEach(async () => {
  for (const page of contexts.splice(0)) await page.context().close();
  const { items } = await hall.http.elections({ meetingId: hall.meetingId });
  for (const { election_id: id, state } of items) if (state === 'open') await hall.http.close(id);
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

async function join(name: string): Promise<Page> {
  const { page } = await joinHall(browser, hall, name);
  contexts.push(page);
  return page;
}

const board = {
  title: 'Board 2026',
  method: { method: 'stv', settings: { seats: 2 } } as const,
  options: ['Ada', 'Grace', 'Edsger', 'Barbara'].map((title) => ({ id: title.toLowerCase(), title })),
};

test('a draft survives a reload in its order', async () => {
  const page = await join('Ada');
  await hall.openElection(board);
  for (const name of ['Grace', 'Barbara', 'Ada']) await page.getByRole('button', { name: `Rank: ${name}` }).click();
  await page.reload();
  const ranked = page.locator('.ranked .option-title');
  await ranked.first().waitFor();
  expect(await ranked.allInnerTexts()).toEqual(['Grace', 'Barbara', 'Ada']);
});

test('a row is dragged to another place', async () => {
  const page = await join('Ada');
  await hall.openElection(board);
  for (const name of ['Ada', 'Grace', 'Edsger']) await page.getByRole('button', { name: `Rank: ${name}` }).click();
  const grip = (index: number) => page.locator('.grip').nth(index).boundingBox();
  const [from, to] = [await grip(0), await grip(2)];
  if (from === null || to === null) throw new Error('no grips');
  await page.mouse.move(from.x + 8, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, to.y + 26, { steps: 6 });
  await page.mouse.up();
  expect(await page.locator('.ranked .option-title').allInnerTexts()).toEqual(['Grace', 'Edsger', 'Ada']);
});

test('the server goes away between ballot and answer: kept, said, sent once when it is back, through a reload too', async () => {
  const page = await join('Ada');
  const electionId = await hall.openElection({ title: 'Raise the fee?' });
  await page.getByRole('radio', { name: 'No' }).check();
  await hall.restart(async () => {
    await castBar(page, 'Cast my vote: No');
    await page.getByRole('heading', { name: 'Sending your ballot' }).waitFor();
    await page.getByText('We cannot reach the server. Your ballot is kept here').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
  await page.reload();
  const code = await seesReceipt(page);
  expect(await hall.http.participation(electionId)).toMatchObject({ voted: 1 });
  await hall.http.close(electionId);
  await hall.http.publish(electionId);
  expect((await hall.http.ballot(electionId, code)).ballot).toEqual({ choice: 'no' });
});

test('a reload while the answer is on its way repeats the very same cast', async () => {
  const page = await join('Ada');
  const electionId = await hall.openElection({ title: 'Repair the roof?' });
  await page.getByRole('radio', { name: 'Yes' }).check();
  // the ballot reaches the urn and its answer never reaches the page
  await page.evaluate(`(() => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (text) {
      send.call(this, text);
      if (text.includes('"cast"')) { this.onmessage = () => {}; window.deaf = true; }
    };
  })()`);
  await castBar(page, 'Cast my vote: Yes');
  await expect.poll(() => page.evaluate('window.deaf')).toBe(true);
  while ((await hall.http.participation(electionId)).voted === 0) await page.waitForTimeout(20);
  await page.reload();
  await seesReceipt(page);
  expect(await hall.http.participation(electionId)).toMatchObject({ voted: 1 });
});

test('two tabs of one person: what one casts the other shows at once, with the same code', async () => {
  const one = await join('Ada');
  const two = await one.context().newPage();
  await two.goto(one.url());
  const electionId = await hall.openElection({ title: 'Adopt the budget?' });
  await one.getByRole('radio', { name: 'Yes' }).check();
  await two.getByRole('radio', { name: 'Yes', checked: true }).waitFor(); // the draft is shared
  await castBar(one, 'Cast my vote: Yes');
  const code = await seesReceipt(one);
  expect(await seesReceipt(two)).toBe(code);
  expect(await hall.http.participation(electionId)).toMatchObject({ voted: 1 });
});

test('two devices of one person cast at the same moment: one counts, both are told the truth', async () => {
  const phone = await join('Ada');
  const state = await phone.context().storageState();
  const laptop = await openPage(browser, { storageState: state });
  contexts.push(laptop);
  await laptop.goto(phone.url());
  const electionId = await hall.openElection({ title: 'Change the name?' });
  await phone.getByRole('radio', { name: 'Yes' }).check();
  await laptop.getByRole('radio', { name: 'No' }).check();
  await Promise.all([castBar(phone, /Cast my vote/), castBar(laptop, /Cast my vote/)]);
  const outcomeOf = async (page: Page) => {
    const heading = page.getByRole('heading', { name: /Your vote is in|You have already voted/ });
    await heading.waitFor();
    return heading.textContent();
  };
  const outcomes = [await outcomeOf(phone), await outcomeOf(laptop)].sort();
  expect(outcomes).toEqual(['You have already voted', 'Your vote is in.']);
  expect(await hall.http.participation(electionId)).toMatchObject({ voted: 1 });
});

test('offline is said at once and the choice is kept', async () => {
  const page = await join('Ada');
  await hall.openElection({ title: 'Plant trees?' });
  await page.getByRole('radio', { name: 'Yes' }).check();
  await page.context().setOffline(true);
  await page.getByText('You are offline. Your choice is kept here.').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.context().setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'detached' });
  await castBar(page, 'Cast my vote: Yes');
  await seesReceipt(page);
});

test('a vote that closes or is cancelled under the ballot says so', async () => {
  const page = await join('Ada');
  const said = watchConsole(page);
  const closing = await hall.openElection({ title: 'Sell the boat?' });
  await page.getByRole('radio', { name: 'Yes' }).check();
  await hall.http.close(closing);
  await page.getByText('Your choice was not cast in time and was not counted.').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const cancelled = await hall.openElection({ title: 'Buy a boat?' });
  await page.getByRole('heading', { name: 'Buy a boat?' }).waitFor();
  await hall.http.cancel(cancelled, 'The motion was withdrawn.');
  await page.getByText('Reason: The motion was withdrawn.').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(said).toEqual([]);
});
