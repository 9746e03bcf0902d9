import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CampaignView } from '../../protocol/campaigns.ts';
import type { IdeaView } from '../../protocol/ideas.ts';
import { openChromium, watchConsole } from '../harness/chromium.ts';
import { looksGood } from './both-themes.ts';
import { openAs, openCampaignHall, type Participant } from './campaign-hall.ts';
import { button, coins, give, looksGoodEverywhere, own, row, soon, take } from './campaign-page.ts';
import { takePictures } from './pictures.ts';

const hall = await openCampaignHall();
const { http } = hall.organiser;
const RIVER = 'A cycle path along the river';
const BENCHES = 'More benches in the park';
const ALLOCATE = '**/coins/allocate';
let browser: Browser;
let grace: Participant;

beforeAll(async () => {
  browser = await openChromium();
  grace = await hall.member('Grace Hopper');
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

/** A campaign that Grace has joined, on her phone. */
async function openCampaign(input: object) {
  const { campaign, ideas } = await hall.campaign(input, [RIVER, BENCHES]);
  await hall.join(campaign, grace);
  const { page, said } = await openAs(browser, hall, grace, `/campaigns/${campaign.campaign_id}`);
  await row(page, RIVER).getByRole('spinbutton').waitFor();
  const [river, benches] = ideas as [IdeaView, IdeaView];
  return { campaign, river, benches, page, said };
}

/** What the gateway holds of Grace's purse, once it is so. */
async function purseIs(campaign: CampaignView, available: number, on: Readonly<Record<string, number>>): Promise<void> {
  const read = async () => {
    const { available_coins: left, allocations } = await hall.balance(campaign, grace);
    const placed = allocations.filter(({ amount }) => amount > 0).map(({ idea_id: id, amount }) => [id, amount]);
    return { left, ...Object.fromEntries(placed) };
  };
  await soon(read).toEqual({ left: available, ...on });
}

test('a reload and a lost connection in the middle of giving: no coin is lost and none is given twice', async () => {
  const { campaign, river, benches, page } = await openCampaign({ title: 'Torn lines' });
  await give(page, RIVER).click();
  await give(page, RIVER).click();
  await page.reload(); // before anything was sent
  await purseIs(campaign, 98, { [river.id]: 2 });
  await soon(() => own(page, RIVER).inputValue()).toBe('2');

  await page.context().setOffline(true);
  for (let i = 0; i < 3; i += 1) await give(page, BENCHES).click();
  await page.locator('.purse-state').getByText('You are offline. Your taps are kept here', { exact: false }).waitFor();
  expect(await coins(page).textContent()).toBe('95');
  await looksGood(page, 'offline');
  await takePictures(page, 'campaigns-offline');
  await page.context().setOffline(false);
  await purseIs(campaign, 95, { [river.id]: 2, [benches.id]: 3 });
  await soon(() => page.locator('.purse-state').textContent()).toBe('');

  // it is done, and the answer never comes: the same request goes again, over a reload
  let answersLost = 0;
  await page.route(ALLOCATE, async (route) => {
    await route.fetch();
    answersLost += 1;
    await route.abort('connectionreset');
  });
  await give(page, RIVER).click();
  await soon(() => answersLost).toBeGreaterThan(1);
  await purseIs(campaign, 94, { [river.id]: 3, [benches.id]: 3 });
  await page.locator('.purse-state').getByText('We cannot reach the server.', { exact: false }).waitFor();
  await page.unroute(ALLOCATE);
  await page.reload();
  await soon(() => coins(page).textContent()).toBe('94');
  await give(page, BENCHES).click();
  await purseIs(campaign, 93, { [river.id]: 3, [benches.id]: 4 });
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('psephos.coins')))).toEqual(
    [],
  );
  await page.context().close();
}, 180_000);

test('two tabs of one purse: both give at once, and both show what is left', async () => {
  const { campaign, river, benches, page } = await openCampaign({
    title: 'Two tabs',
    coin_policy: { initial_allocation: 10 },
  });
  const other = await page.context().newPage();
  const said = watchConsole(other);
  await other.goto(page.url());
  await own(other, BENCHES).waitFor();
  await Promise.all([give(page, RIVER).click(), give(other, BENCHES).click()]);
  await Promise.all([give(page, RIVER).click(), give(other, BENCHES).click()]);
  await purseIs(campaign, 6, { [river.id]: 2, [benches.id]: 2 });
  for (const tab of [page, other]) {
    await soon(() => coins(tab).textContent()).toBe('6');
    expect([await own(tab, RIVER).inputValue(), await own(tab, BENCHES).inputValue()]).toEqual(['2', '2']);
  }
  await give(page, RIVER).click();
  await page.close(); // before it was sent: the other tab does it
  await purseIs(campaign, 5, { [river.id]: 3, [benches.id]: 2 });
  await soon(() => coins(other).textContent()).toBe('5');
  expect(said).toEqual([]);
  await other.context().close();
}, 120_000);

test('what is refused says why, and the page shows what is so', async () => {
  const { campaign, river, page } = await openCampaign({ title: 'Refused', coin_policy: { initial_allocation: 3 } });
  await page.route(ALLOCATE, (route) => route.abort('connectionreset'));
  await give(page, RIVER).click();
  await page.locator('.purse-state').getByText('We cannot reach the server.', { exact: false }).waitFor();
  const away = { method: 'POST', path: `/v1/campaigns/${campaign.id}/coins/allocate` } as const;
  await grace.http.call({ ...away, body: { idea_id: river.id, amount: 3 } }); // from another device
  await page.unroute(ALLOCATE);
  await page.getByRole('alert').getByText('You have not got that many coins there.', { exact: false }).waitFor();
  await soon(() => own(page, RIVER).inputValue()).toBe('3');
  await soon(() => coins(page).textContent()).toBe('0');
  expect(await give(page, RIVER).getAttribute('aria-disabled')).toBe('true');
  await looksGoodEverywhere(page, 'refused');
  await button(page, 'Close this note').click();
  await soon(() => page.locator('.purse-refused').count()).toBe(0);
  await page.context().close();
}, 120_000);

test('rules are said before they hurt: coins that stay, totals that are hidden, votes that cost their square', async () => {
  const { campaign, river, page } = await openCampaign({
    title: 'Strict',
    preset: 'quadratic',
    hide_totals: true,
    coin_policy: {
      ...{ initial_allocation: 10, allow_recycling: false, allow_reallocation: false },
      coin_expiry: 'at_end',
    },
  });
  const votes = page.getByRole('spinbutton', { name: `Your votes for ${RIVER}` });
  await page.getByText('Here coins stay where they are given. You can undo for four seconds.').waitFor();
  await page.getByText('What ideas have got is shown when the campaign ends.', { exact: false }).waitFor();
  expect(await page.locator('.total').count()).toBe(0);
  const more = button(page, `More for Your votes for ${RIVER}`);
  const less = button(page, `Less for Your votes for ${RIVER}`);
  await more.click();
  await more.click();
  expect(await votes.inputValue()).toBe('2');
  expect(await row(page, RIVER).getByText('next vote: 5 coins').isVisible()).toBe(true);
  await button(page, 'Undo').click();
  await soon(() => votes.inputValue()).toBe('0');
  await soon(() => coins(page).textContent()).toBe('10');
  await more.click();
  await purseIs(campaign, 9, { [river.id]: 1 });
  await soon(() => less.getAttribute('aria-disabled')).toBe('true');
  await soon(() => button(page, 'Undo').count()).toBe(0);
  await looksGoodEverywhere(page, 'strict');
  await http.call({ method: 'POST', path: `/v1/campaigns/${campaign.id}/status`, body: { status: 'completed' } });
  await page.getByRole('rowheader', { name: RIVER }).waitFor(); // now everybody sees
  await page.getByText('The coins of this campaign have expired. Those on ideas stay there.').waitFor();
  await soon(() => coins(page).textContent()).toBe('0');
  await purseIs(campaign, 0, { [river.id]: 1 });
  await page.context().close();
}, 120_000);

test('with the keyboard alone: coins are given, taken back, undone and moved, and the focus stays where it was', async () => {
  const { campaign, river, benches, page } = await openCampaign({ title: 'By keys' });
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  await own(page, RIVER).focus();
  await page.keyboard.press('Tab');
  expect(await focused()).toBe(`More for Your coins on ${RIVER}`);
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('Enter');
  await purseIs(campaign, 96, { [river.id]: 4 });
  expect(await focused()).toBe(`More for Your coins on ${RIVER}`);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe(`Less for Your coins on ${RIVER}`);
  await page.keyboard.press('Space');
  await purseIs(campaign, 97, { [river.id]: 3 });
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe(`Move coins from ${RIVER}`);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  expect(await page.getByLabel('To', { exact: true }).evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // one less than all
  await button(page, 'Move 2 coins').focus();
  await page.keyboard.press('Enter');
  await purseIs(campaign, 97, { [river.id]: 1, [benches.id]: 2 });
  expect(await focused()).toBe(`Move coins from ${RIVER}`);
  await button(page, 'Undo').focus();
  await page.keyboard.press('Enter');
  await purseIs(campaign, 97, { [river.id]: 3 });
  expect(await take(page, BENCHES).getAttribute('aria-disabled')).toBe('true');
  await page.context().close();
}, 120_000);
