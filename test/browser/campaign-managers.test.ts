import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CampaignView } from '../../protocol/campaigns.ts';
import type { CoinBalanceView } from '../../protocol/coins.ts';
import type { IdeaView } from '../../protocol/ideas.ts';
import { DESK, openChromium, PHONE } from '../harness/chromium.ts';
import { looksGood } from './both-themes.ts';
import { openCampaignHall, type Participant } from './campaign-hall.ts';
import { downloaded, openConsole } from './organiser.ts';
import { takePictures } from './pictures.ts';

/** The console of a campaign as its manager uses it, and what participants have of it. */

const hall = await openCampaignHall();
const { organiser } = hall;
const { http } = organiser;
const [grace, alan] = [await hall.member('Grace Hopper'), await hall.member('Alan Turing')];
const PICTURE = {
  name: 'banner.webp',
  mimeType: 'image/png',
  buffer: readFileSync(new URL('../../docs/pictures/attend-join-390-light.png', import.meta.url)),
};
/** axe looks at each state four times. */
const SLOW_MS = 120_000;
let browser: Browser;
let page: Page;
let said: readonly string[];

beforeAll(async () => {
  browser = await openChromium();
  ({ page, said } = await openConsole(browser, hall, organiser, '/moderate/campaigns'));
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

function button(name: string | RegExp) {
  return page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
}

async function confirm(name: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

async function part(name: string): Promise<void> {
  await page
    .getByRole('navigation', { name: /^Parts of/ })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();
}

/** At 320, 390 and 1440 px: nothing sticks out, and no violation in either theme. */
async function isFine(screen: string): Promise<void> {
  for (const viewport of [{ width: 320, height: 640 }, PHONE, DESK]) {
    await page.setViewportSize(viewport);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), screen).toBeLessThanOrEqual(0);
    if (viewport !== DESK && viewport !== PHONE) continue;
    await looksGood(page, `${screen}, ${viewport.width} px`);
  }
}

function campaignOf(name: string): Promise<CampaignView> {
  return http.call({ method: 'GET', path: `/v1/campaigns/${name}` });
}

function propose(who: Participant, campaign: string, title: string, more: object = {}): Promise<IdeaView> {
  const body = { title, confirm_not_duplicate: true, ...more };
  return who.http.call({ method: 'POST', path: `/v1/campaigns/${campaign}/ideas`, body, creates: true });
}

function ideaOf(who: Participant, id: string): Promise<IdeaView> {
  return who.http.call({ method: 'GET', path: `/v1/ideas/${id}` });
}

function give(who: Participant, campaign: string, idea: string, amount: number): Promise<unknown> {
  const body = { idea_id: idea, amount };
  return who.http.call({ method: 'POST', path: `/v1/campaigns/${campaign}/coins/allocate`, body, creates: true });
}

function balanceOf(who: Participant, campaign: string): Promise<CoinBalanceView> {
  return who.http.call({ method: 'GET', path: `/v1/campaigns/${campaign}/coins/balance` });
}

/** As a worker does it: everything that the log says by now is counted. */
async function countAll(campaignId: string): Promise<void> {
  const { watermark } = await http.call<{ watermark: { pos: number; behind: number } }>({
    method: 'GET',
    path: `/v1/campaigns/${campaignId}/analytics`,
  });
  const to = watermark.pos + watermark.behind;
  await hall.engine.campaignStatistics.follow({ orgId: organiser.orgId, from: 1, to });
}

test(
  'a campaign is created from a form that says what its rules mean, and is started after saying what follows',
  async () => {
    await page.getByText('There is no campaign yet.').waitFor();
    await isFine('no campaign');
    await button('New campaign').click();
    await button('Create the draft').click();
    await page.getByRole('alert').getByText('Give the campaign a title.').waitFor();
    await page.getByLabel('Title').fill('Bessere Städte & Wege 2026');
    expect(await page.getByLabel('Address').inputValue()).toBe('bessere-staedte-and-wege-2026');
    await page.getByLabel('Address').fill('better-city');
    await page
      .getByLabel('Description')
      .fill('What should the harbour quarter look like?\n\nAnything up to two years of work.');
    await page.getByLabel('On request').check();
    await page.getByText('Everyone gets 100 coins.').waitFor();
    await page.getByLabel('Coins for everyone').fill('60');
    await page.getByLabel('Coins for an approved idea').fill('5');
    await page.getByLabel('may be taken back').uncheck();
    await page.getByText('Everyone gets 60 coins.').waitFor();
    await page.getByText('Coins may be moved from one idea to another, but not taken back.').waitFor();
    await page.getByText('Whoever proposes an idea that is approved gets 5 coins more.').waitFor();
    await page.getByLabel('Banner').setInputFiles(PICTURE);
    await page.getByRole('img', { name: 'The picture as it was uploaded' }).waitFor();
    await isFine('form');
    await takePictures(page, 'campaign-manage-form');
    await button('Create the draft').click();
    await page.getByRole('heading', { name: 'Bessere Städte & Wege 2026' }).waitFor();
    const made = await campaignOf('better-city');
    expect([made.status, made.campaign_type, made.coin_policy.initial_allocation]).toEqual(['draft', 'mediated', 60]);
    expect(made.banner_image_url).toMatch(/^\/v1\/pictures\//);
    await isFine('draft');

    await button('Start').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 person who has joined gets 60 coins now.').waitFor();
    await looksGood(page, 'start?');
    await confirm('Start');
    await page.getByText('Running').first().waitFor();
    expect((await campaignOf('better-city')).status).toBe('active');
  },
  SLOW_MS,
);

test(
  'people: many invited at once, all or none; a request is admitted, and gets its coins',
  async () => {
    await part('People');
    await page
      .getByLabel('E-mail addresses')
      .fill('nobody\nGrace Hopper <grace.hopper@harbour.example>, stranger@elsewhere.example');
    await page.getByText('2 addresses · 1 entry is no address').waitFor();
    await button('Invite 2 people').click();
    await page.getByRole('alert').getByText('These are no addresses: nobody').waitFor();
    await page.getByLabel('E-mail addresses').fill('grace.hopper@harbour.example\nstranger@elsewhere.example');
    await button('Invite 2 people').click();
    await page
      .getByRole('alert')
      .getByText(/Nobody was invited: .*: stranger@elsewhere\.example/)
      .waitFor();
    await page.getByLabel('E-mail addresses').fill('grace.hopper@harbour.example');
    await button('Invite 1 person').click();
    await page.getByText('Invited: 1.', { exact: false }).waitFor();
    const path = '/v1/campaigns/better-city/join';
    await grace.http.call({ method: 'POST', path });
    await alan.http.call({ method: 'POST', path });
    await button('Admit Alan Turing').waitFor(); // by itself
    await isFine('people');
    await takePictures(page, 'campaign-manage-people');
    await button('Admit Alan Turing').click();
    await button('Make manager: Alan Turing').waitFor();
    expect((await balanceOf(alan, 'better-city')).available_coins).toBe(60);
  },
  SLOW_MS,
);

test(
  'tags have colours',
  async () => {
    await part('Tags');
    await page.getByText('There is no tag yet.').waitFor();
    await page.getByLabel('Name').fill('Cycling');
    await page.getByLabel('Green').check();
    await button('Add it').click();
    await page.getByRole('listitem').filter({ hasText: 'Cycling' }).getByText('0 ideas').waitFor();
    await page.getByLabel('Name').fill('Cycling');
    await button('Add it').click();
    await page.getByRole('alert').getByText('The campaign has this tag already.').waitFor();
    await isFine('tags');
  },
  SLOW_MS,
);

test(
  'the queue, by keyboard alone: approve, merge beside what is alike, reject with a reason; the next one comes by itself',
  async () => {
    const { items: tags } = await http.call<{ items: { id: string }[] }>({
      method: 'GET',
      path: '/v1/campaigns/better-city/tags',
    });
    const waiting = [
      await propose(grace, 'better-city', 'A cycle path along the river', {
        description: 'From the bridge to the mill, lit at night.',
        tags: [tags[0]?.id],
      }),
      await propose(alan, 'better-city', 'Cycle path along the river bank', {
        description: 'So that nobody rides on the road.',
      }),
      await propose(alan, 'better-city', 'More benches'),
      await propose(grace, 'better-city', 'A flying harbour'),
    ];
    await page.setViewportSize(DESK);
    await hall.engine.search.catchUp(organiser.orgId); // as a worker does it
    await part('Queue');
    const heading = (title: string) => page.getByRole('heading', { name: title, level: 2 });
    await heading('A cycle path along the river').waitFor();
    await page.getByText('1 of 4 that wait').waitFor();
    await page.keyboard.press('a');
    await heading('Cycle path along the river bank').waitFor();
    expect((await ideaOf(grace, waiting[0]?.id as string)).status).toBe('competing');
    expect(
      await heading('Cycle path along the river bank').evaluate((element) => element === document.activeElement),
    ).toBe(true);
    await page.getByText('82% alike', { exact: false }).first().waitFor();
    await page.getByText('From the bridge to the mill, lit at night.').waitFor();
    await isFine('queue');
    await takePictures(page, 'campaign-manage-queue');
    await heading('Cycle path along the river bank').focus();
    await page.keyboard.press('m');
    await page.getByRole('dialog').getByText('takes over all coins', { exact: false }).waitFor();
    await looksGood(page, 'merge?');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await heading('More benches').waitFor();
    const merged = await ideaOf(alan, waiting[1]?.id as string);
    expect([merged.status, merged.merged_into]).toEqual(['rejected', waiting[0]?.id]);
    await page.keyboard.press('j');
    await heading('A flying harbour').waitFor();
    await page.keyboard.press('k');
    await heading('More benches').waitFor();
    await page.keyboard.press('a');
    await heading('A flying harbour').waitFor();
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('Give a reason').waitFor();
    await looksGood(page, 'reject?');
    await dialog.getByLabel('Reason').focus();
    await page.keyboard.type('Harbours do not fly.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nothing waits' }).waitFor();
    expect((await ideaOf(grace, waiting[3]?.id as string)).rejected_reason).toBe('Harbours do not fly.');
    await isFine('empty queue');
    // rewards: one idea of each was approved
    expect((await balanceOf(grace, 'better-city')).available_coins).toBe(65);
    expect((await balanceOf(alan, 'better-city')).available_coins).toBe(65);
  },
  SLOW_MS,
);

test(
  'the board and the figures follow what people give; files of them',
  async () => {
    const { items } = await http.call<{ items: IdeaView[] }>({
      method: 'GET',
      path: '/v1/campaigns/better-city/ideas',
    });
    const [path, benches] = ['A cycle path along the river', 'More benches'].map(
      (title) => items.find((idea) => idea.title === title)?.id as string,
    );
    await part('Overview');
    await give(grace, 'better-city', path as string, 40);
    await give(alan, 'better-city', path as string, 10);
    await give(alan, 'better-city', benches as string, 20);
    await page
      .getByRole('listitem')
      .filter({ hasText: 'A cycle path along the river' })
      .getByText('50', { exact: true })
      .waitFor();
    const { id } = await campaignOf('better-city');
    await countAll(id);
    await page.reload();
    await page.getByText('70 given, 0 came back.', { exact: false }).waitFor();
    await isFine('overview');
    await takePictures(page, 'campaign-manage-overview');

    await part('Figures');
    await page.getByRole('heading', { name: 'Who stays' }).waitFor();
    await page.getByText('Coins over time as a table').click();
    await page.getByRole('cell', { name: '70' }).first().waitFor();
    await isFine('figures');
    await takePictures(page, 'campaign-manage-figures');
    const csv = await downloaded(page, () => button('Download as CSV').click());
    expect(csv).toContain('70');
    const json = await downloaded(page, () => button('All as JSON').click());
    expect(JSON.parse(json).total_coins).toBe(70);
    const report = await downloaded(page, () => button('Report to print (PDF)').click());
    expect(report.slice(0, 5)).toBe('%PDF-');
  },
  SLOW_MS,
);

test(
  'accepting says whose coins it spends; completing and archiving say what becomes of the rest',
  async () => {
    await page.setViewportSize(DESK);
    await part('Ideas');
    await isFine('ideas');
    await takePictures(page, 'campaign-manage-ideas');
    await button('Accept A cycle path along the river').click();
    await page.getByRole('dialog').getByText('50 coins of 2 people are spent', { exact: false }).waitFor();
    await looksGood(page, 'accept?');
    await confirm('Accept');
    await expect.poll(async () => (await balanceOf(grace, 'better-city')).expended_coins).toBe(40);
    await page.getByLabel('Show').selectOption({ label: 'Accepted' });
    await button('Start the work on A cycle path along the river').click();
    await page.getByLabel('Show').selectOption({ label: 'In work' });
    await button('It is done: A cycle path along the river').waitFor();
    await isFine('in work');

    await part('Overview');
    await button('Complete').click();
    await page.getByRole('dialog').getByText('Coins stay on the ideas they were given to.', { exact: false }).waitFor();
    await looksGood(page, 'complete?');
    await confirm('Complete');
    await button('Archive').waitFor();
    const { available_coins: left, allocated_coins: on } = await balanceOf(alan, 'better-city');
    expect([left, on]).toEqual([35, 20]); // as they were: nothing is lost
    await expect(give(alan, 'better-city', 'x'.repeat(36), 1)).rejects.toThrow();
    await part('Settings');
    await page.getByText('The campaign is over', { exact: false }).waitFor();
    await page.getByLabel('Title').fill('Better city 2026');
    await button('Save').click();
    await page.getByRole('heading', { name: 'Better city 2026' }).waitFor();
    await isFine('settings of what is over');
  },
  SLOW_MS,
);

test(
  'a budget: who would win now, and its winners are accepted together',
  async () => {
    const input = { title: 'Harbour budget', preset: 'budget', budget: 1_000, budget_rule: 'greedy' };
    const { campaign } = await hall.campaign(input);
    await hall.join(campaign, grace);
    const costs = { Playground: 600, Fountain: 500, Benches: 300 };
    for (const [title, cost] of Object.entries(costs)) {
      const idea = await hall.idea(campaign, http, { title, cost });
      await give(grace, campaign.id, idea.id, 30 - cost / 100);
    }
    await page.goto(`${hall.url}/moderate/campaigns/${campaign.campaign_id}/budget`);
    const row = (title: string) => page.getByRole('row', { name: new RegExp(title) });
    await row('Benches').getByText('would win now').waitFor();
    await isFine('budget');
    await takePictures(page, 'campaign-manage-budget');
    await button(/^Accept all 2 winners$/).click();
    await confirm('Accept all 2 winners');
    await page.getByText('2 ideas were accepted.').first().waitFor();
    expect((await balanceOf(grace, campaign.id)).expended_coins).toBeGreaterThan(0);
  },
  SLOW_MS,
);

test(
  'what is not there, and what is for others, is said; the list says where each campaign stands; German too',
  async () => {
    await page.goto(`${hall.url}/moderate/campaigns/never-made`);
    await page.getByRole('heading', { name: 'There is no such campaign' }).waitFor();
    await isFine('not found');
    await page.goto(`${hall.url}/moderate/campaigns`);
    await page.getByRole('link', { name: 'Harbour budget' }).waitFor();
    await isFine('list');
    await takePictures(page, 'campaign-manage-list');
    await page.evaluate(() => localStorage.setItem('psephos.locale', '"de"'));
    await page.reload();
    await page.getByRole('heading', { name: 'Kampagnen' }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Abgeschlossen' }).waitFor();
    await isFine('list, German');
    await page.goto(`${hall.url}/moderate/campaigns/better-city/analytics`);
    await page.getByRole('heading', { name: 'Wer bleibt' }).waitFor();
    await isFine('figures, German');
    expect(said).toEqual([]);
  },
  SLOW_MS,
);
