import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IdeaView } from '../../protocol/ideas.ts';
import { openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { PASSWORD } from '../harness/persons.ts';
import { openCampaignHall } from './campaign-hall.ts';
import { button, coins, give, looksGoodEverywhere, own, row, soon, take } from './campaign-page.ts';
import { tokenFromMail } from './organiser.ts';
import { takePictures } from './pictures.ts';

const hall = await openCampaignHall();
const { http } = hall.organiser;
const IN_NINE_DAYS = new Date(Date.now() + 9.5 * 86_400_000).toISOString();
const RIVER = 'A cycle path along the river';
const LIGHTS = 'Lights in the underpass';
const BENCHES = 'More benches in the park';
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

function act(ideaId: string, name: 'approve' | 'accept'): Promise<IdeaView> {
  return http.call({ method: 'PUT', path: `/v1/ideas/${ideaId}/status`, body: { act: name } });
}

test('register, join, submit, give, move, until ideas are accepted and the campaign is over', async () => {
  const { campaign, ideas } = await hall.campaign(
    {
      title: 'Better city 2026',
      description: 'Which ideas make everyday life in our quarter better? Give your coins to the ones that you want.',
      end_date: IN_NINE_DAYS,
      coin_policy: { initial_allocation: 20, idea_submission_reward: 5 },
    },
    [RIVER, BENCHES],
  );
  const tag = { name: 'Cycling', color: '#0f766e' };
  await http.call({ method: 'POST', path: `/v1/campaigns/${campaign.id}/tags`, body: tag, creates: true });
  const email = 'mary.somerville@harbour.example';
  const page = await openPage(browser);
  const said = watchConsole(page);
  await page.goto(`${hall.url}/register`);
  await page.getByLabel('Your name').fill('Mary Somerville');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Create the account').click();
  await page.getByText('We have written to', { exact: false }).waitFor();
  await page.goto('about:blank');
  await page.goto(`${hall.url}/sign-in#verify=${await tokenFromMail(hall, email, 'verify')}`);
  await button(page, 'Yes, confirm it').click();
  await page.getByText('You can sign in now.').waitFor();
  await hall.link('Mary Somerville', email);

  await page.goto(`${hall.url}/campaigns`); // leads through the sign-in and back
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await button(page, 'Sign in').click();
  await page.waitForURL(`${hall.url}/campaigns`);
  await page.getByRole('link', { name: /Better city 2026/ }).waitFor();
  await looksGoodEverywhere(page, 'gallery');
  await takePictures(page, 'campaigns-gallery');
  await page.getByRole('link', { name: /Better city 2026/ }).click();
  await page.getByText('9 days left').waitFor();
  await row(page, RIVER).waitFor();
  await looksGoodEverywhere(page, 'before joining');
  await button(page, 'Take part').click();
  await soon(() => coins(page).textContent()).toBe('20');

  await page.getByRole('link', { name: 'Propose an idea' }).click();
  await button(page, 'Send the idea').click();
  await page.getByRole('alert').getByText('Your idea needs a title.').waitFor();
  await page.getByLabel('Your idea in one line').fill(LIGHTS);
  await page.getByLabel('What it is about').fill('It is dark there from four o’clock on in winter.');
  await page.getByLabel('Cycling').check();
  await looksGoodEverywhere(page, 'proposing');
  await page.reload();
  expect(await page.getByLabel('Your idea in one line').inputValue()).toBe(LIGHTS); // the draft was kept
  await button(page, 'Send the idea').click();
  await page.getByRole('heading', { level: 1, name: LIGHTS }).waitFor();
  await page.getByText('A manager looks at this idea before others see it.', { exact: false }).first().waitFor();
  await looksGoodEverywhere(page, 'pending idea');
  const lightsId = page.url().split('/').at(-1) ?? '';
  await page.getByRole('link', { name: 'Better city 2026' }).click();
  await row(page, RIVER).waitFor();
  await act(lightsId, 'approve');
  await button(page, 'Show 1 new idea').click();
  await row(page, LIGHTS).waitFor();
  await page.reload();
  await soon(() => coins(page).textContent()).toBe('25'); // with the reward

  for (let i = 0; i < 6; i += 1) await give(page, RIVER).click();
  await soon(() => row(page, RIVER).locator('.total-words strong').textContent()).toBe('6');
  await take(page, RIVER).click();
  await soon(() => coins(page).textContent()).toBe('20');
  await button(page, 'Undo').click();
  await soon(() => own(page, RIVER).inputValue()).toBe('6');
  await looksGoodEverywhere(page, 'board');
  await takePictures(page, 'campaigns-board');
  await button(page, `Move coins from ${RIVER}`).click();
  await page.getByLabel('To', { exact: true }).selectOption({ label: LIGHTS });
  await page.getByRole('spinbutton', { name: 'How many coins' }).fill('2');
  await page.getByRole('spinbutton', { name: 'How many coins' }).press('Tab');
  await looksGoodEverywhere(page, 'moving');
  await button(page, 'Move 2 coins').click();
  expect(await own(page, LIGHTS).inputValue()).toBe('2');
  await soon(() => row(page, LIGHTS).locator('.total-words strong').textContent()).toBe('2');

  await act((ideas[0] as IdeaView).id, 'accept');
  await row(page, RIVER).getByText('4 of your coins lie here').first().waitFor();
  await give(page, RIVER).waitFor({ state: 'detached' }); // accepted ideas take no more
  await page.getByText('4 spent on accepted ideas.', { exact: false }).waitFor();
  await row(page, LIGHTS).getByRole('link', { name: LIGHTS }).click();
  await page.getByText(/Open for coins since/).waitFor();
  await page.getByLabel('Your comment').fill('Please, before the winter.');
  await button(page, 'Post the comment').click();
  await page.getByRole('listitem').getByText('Please, before the winter.').waitFor();
  await looksGoodEverywhere(page, 'idea');
  await takePictures(page, 'campaigns-idea');
  await button(page, 'Remove the comment by Mary Somerville').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('This comment was removed.').waitFor();

  await page.getByRole('link', { name: 'Better city 2026' }).click();
  await http.call({ method: 'POST', path: `/v1/campaigns/${campaign.id}/status`, body: { status: 'completed' } });
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('This campaign has ended. Your coins stay where they are.').waitFor();
  await page.getByRole('rowheader', { name: RIVER }).waitFor();
  await looksGoodEverywhere(page, 'ended');
  expect(said).toEqual([]);
}, 240_000);
