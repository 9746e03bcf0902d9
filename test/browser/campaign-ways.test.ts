import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CampaignView } from '../../protocol/campaigns.ts';
import type { IdeaView } from '../../protocol/ideas.ts';
import { builtPages } from '../../web/build/index.ts';
import { accessibilityProblems, openChromium, openPage, PHONE, watchConsole } from '../harness/chromium.ts';
import { PASSWORD } from '../harness/persons.ts';
import { openAs, openCampaignHall, type Participant } from './campaign-hall.ts';
import { button, looksGoodEverywhere, row, soon } from './campaign-page.ts';
import { takePictures } from './pictures.ts';

const FIRST_LOAD_MAX_BYTES = 100 * 1024;
const SCREEN = { width: 1920, height: 1080 };
const RIVER = 'A cycle path along the river';
const LIGHTS = 'Lights in the underpass';

const hall = await openCampaignHall();
const { http, orgId } = hall.organiser;
let browser: Browser;
let edsger: Participant;

beforeAll(async () => {
  browser = await openChromium();
  edsger = await hall.member('Edsger Dijkstra');
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

async function goTo(page: Page, { campaign_id: name }: CampaignView, more = ''): Promise<void> {
  await page.goto(`${hall.url}/campaigns/${name}${more}`);
}

test('everything that the first page of campaigns loads is at most 100 KB compressed, fonts included', async () => {
  const folder = await builtPages();
  const html = readFileSync(join(folder, 'campaigns/index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file as string);
  const fonts = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.woff2'));
  const files = [...named.map((file) => `${file}.br`), ...fonts.map((name) => `/assets/${name}`)];
  expect(named.some((file) => file.endsWith('.js')) && named.some((file) => file.endsWith('.css'))).toBe(true);
  expect(files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)).toBeLessThan(FIRST_LOAD_MAX_BYTES);
});

test('an outside page links to an idea about its own topic: sign in, join, compare, send, and it finds it again', async () => {
  const { campaign } = await hall.campaign({ title: 'Ideas from the forum' }, [RIVER]);
  await hall.engine.search.catchUp(orgId);
  const page = await openPage(browser);
  const said = watchConsole(page);
  const link = `${hall.url}/campaigns/${campaign.campaign_id}/propose?context_id=feature-123&source=forum.example.org`;
  await page.route('http://forum.example.org/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<a href="${link.replace('&', '&amp;')}">Propose an idea</a>` }),
  );
  await page.goto('http://forum.example.org/feature-123');
  await page.getByRole('link', { name: 'Propose an idea' }).click();
  await page.getByLabel('E-mail address').fill(edsger.email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Sign in').click();
  await page.waitForURL(link); // back to where the link led
  await page.getByText('Your idea will be about feature-123 at forum.example.org.').waitFor();
  await button(page, 'Take part').click();
  await page.getByLabel('Your idea in one line').fill('A cycle path along the rivers');
  const similar = page.getByRole('region', { name: 'Is one of these what you mean?' });
  await similar.getByText('Very alike').waitFor();
  expect(await similar.getByRole('link').textContent()).toContain(RIVER);
  await looksGoodEverywhere(page, 'similar ideas');
  await takePictures(page, 'campaigns-propose');
  await button(page, 'Send the idea').click();
  const duplicates = page.getByRole('region', { name: 'There is an idea like this already' });
  await duplicates.getByRole('link', { name: RIVER }).waitFor();
  await looksGoodEverywhere(page, 'duplicates');
  await button(page, 'Mine is another idea').click();
  await page.getByRole('heading', { level: 1, name: 'A cycle path along the rivers' }).waitFor();
  await page.getByText('feature-123 at forum.example.org').waitFor();
  const { items } = await edsger.http.call<{ items: readonly IdeaView[] }>({
    ...{ method: 'GET', path: '/v1/ideas', query: { context_id: 'feature-123' } },
  });
  expect(
    items.map(({ title, permalink, permalink_source: source }) => [title, new URL(permalink, hall.url).href, source]),
  ).toEqual([['A cycle path along the rivers', page.url(), 'forum.example.org']]);
  expect(said).toEqual([]);
  await page.context().close();
}, 180_000);

test('who may join is said by the campaign: asked and let in, by invitation, or not there at all', async () => {
  const asked = await hall.campaign({ title: 'On approval', campaign_type: 'mediated' }, [LIGHTS]);
  const closed = await hall.campaign({ title: 'By invitation', campaign_type: 'closed' });
  const { page } = await openAs(browser, hall, edsger, `/campaigns/${asked.campaign.campaign_id}`);
  await button(page, 'Ask to take part').click();
  await page.getByText('You have asked to join. A manager decides; you will be told.').first().waitFor();
  await looksGoodEverywhere(page, 'asked');
  const member = `/v1/campaigns/${asked.campaign.id}/members/${edsger.memberId}`;
  await http.call({ method: 'PATCH', path: member, body: { state: 'joined' } });
  await page.reload();
  await row(page, LIGHTS).getByRole('spinbutton').waitFor();

  await goTo(page, closed.campaign);
  await page.getByRole('heading', { name: 'There is no such campaign here' }).waitFor();
  await looksGoodEverywhere(page, 'not there');
  const invite = { method: 'POST', path: `/v1/campaigns/${closed.campaign.id}/members` } as const;
  await http.call({ ...invite, body: [{ user_id: edsger.memberId }] });
  await page.reload();
  await page.getByText('You are invited to take part.').waitFor();
  await button(page, 'Take part').click();
  await page.getByText('There is no idea yet. Propose the first one.').waitFor();
  await looksGoodEverywhere(page, 'no ideas');
  await button(page, 'My own').click();
  await page.getByText('You have proposed no idea yet.').waitFor();
  await goTo(page, closed.campaign, '/ideas/0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21');
  await page.getByRole('heading', { name: 'There is no such idea here' }).waitFor();
  await looksGoodEverywhere(page, 'no such idea');
  await page.context().close();
}, 180_000);

test('a budget pays for the ideas that win, in the language of the page, and prints as it stands', async () => {
  const { campaign } = await hall.campaign({
    title: 'Budget 2026',
    preset: 'budget',
    budget: 1_000,
    budget_rule: 'greedy',
  });
  const river = await hall.idea(campaign, http, { title: RIVER, cost: 700 });
  const lights = await hall.idea(campaign, http, { title: LIGHTS, cost: 600 });
  await hall.join(campaign, edsger);
  const give = { method: 'POST', path: `/v1/campaigns/${campaign.id}/coins/allocate` } as const;
  await edsger.http.call({ ...give, body: { idea_id: river.id, amount: 60 } });
  await edsger.http.call({ ...give, body: { idea_id: lights.id, amount: 40 } });
  await http.call({ method: 'POST', path: `/v1/campaigns/${campaign.id}/status`, body: { status: 'completed' } });
  const { page } = await openAs(browser, hall, edsger, `/campaigns/${campaign.campaign_id}`);
  await page.getByText('700 of 1,000 spent (70%)').waitFor();
  expect(await page.locator('.result-wins').getByRole('rowheader').textContent()).toContain(RIVER);
  await looksGoodEverywhere(page, 'budget');
  await takePictures(page, 'campaigns-result');
  await page.emulateMedia({ media: 'print' });
  expect(await button(page, 'Print').isVisible()).toBe(false);
  await page.emulateMedia({ media: null });
  await page.evaluate(() => localStorage.setItem('psephos.locale', '"de"'));
  await page.reload();
  await page.getByText('700 von 1.000 ausgegeben (70 %)').waitFor();
  await looksGoodEverywhere(page, 'budget in German');
  await page.context().close();
}, 120_000);

test('the board for a hall: invites, then follows the coins, says when it is old, and comes back by itself', async () => {
  const { campaign, ideas } = await hall.campaign({ title: 'Better city 2026' }, [RIVER, LIGHTS]);
  await hall.join(campaign, edsger);
  const { page } = await openAs(browser, hall, edsger, `/campaigns/${campaign.campaign_id}/board`);
  await page.setViewportSize(SCREEN);
  await page.getByRole('heading', { name: 'Give your coins' }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  const [river, lights] = ideas as [IdeaView, IdeaView];
  const give = (idea: IdeaView, amount: number) =>
    edsger.http.call({
      ...{ method: 'POST', path: `/v1/campaigns/${campaign.id}/coins/allocate` },
      body: { idea_id: idea.id, amount },
    });
  const order = () => page.locator('.bar-title').allInnerTexts();
  await give(river, 5);
  await soon(order).toEqual([RIVER]);
  await give(lights, 8);
  await soon(order).toEqual([LIGHTS, RIVER]);
  await page.getByText('13 coins given').waitFor();
  await takePictures(page, 'campaigns-hall');
  for (const viewport of [SCREEN, PHONE]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityProblems(page)).toEqual([]);
      const strict = await accessibilityProblems(page, ['color-contrast-enhanced']); // 7:1, and 4.5:1 where it is large
      expect(strict).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await hall.restart(async () => {
    await page.getByText(/^As of .* Connecting again$/).waitFor();
    expect(await order()).toEqual([LIGHTS, RIVER]); // what was last known stays
  });
  await give(river, 4);
  await soon(order).toEqual([RIVER, LIGHTS]);
  await page.context().close();
}, 180_000);
