import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { NewElectionInput } from '../../client/index.ts';
import { accessibilityProblems, openChromium } from '../harness/chromium.ts';
import { castBar, joinHall, seesReceipt } from './attendee.ts';
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

/** What a failed test leaves open would stand before the next one's. */
afterEach(async () => {
  const { items } = await hall.http.elections({ meetingId: hall.meetingId });
  for (const { election_id: id, state } of items) if (state === 'open') await hall.http.close(id);
});

const options = [
  { id: 'maria', title: 'Maria Lindqvist' },
  { id: 'jonas', title: 'Jonas Okafor' },
  { id: 'wei', title: 'Wei Zhang' },
];

interface Case {
  readonly method: NewElectionInput['method'];
  readonly fill: (page: Page) => Promise<void>;
  readonly ballot: unknown;
  /** one mark is cast without a review */
  readonly plain?: RegExp;
}

const radio = (page: Page, option: string, name: string) =>
  page.getByRole('group', { name: option }).getByRole('radio', { name, exact: true }).check();
const more = async (page: Page, option: string, times: number) => {
  for (let i = 0; i < times; i += 1) await page.getByRole('button', { name: `More for ${option}` }).click();
};
const rankAll = async (page: Page) => {
  await page.getByRole('button', { name: 'Rank: Wei Zhang' }).click();
  await page.getByRole('button', { name: 'Rank: Maria Lindqvist' }).click();
  await page.locator('[data-live]').getByText('Maria Lindqvist, second of 3').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Move Maria Lindqvist up' }).click();
};

const cases: Readonly<Record<string, Case>> = {
  motion: {
    method: { method: 'motion', settings: {} },
    fill: (page) => page.getByRole('radio', { name: 'Yes' }).check(),
    plain: /Cast my vote: Yes/,
    ballot: { choice: 'yes' },
  },
  plurality: {
    method: { method: 'choose', settings: {} },
    fill: (page) => page.getByRole('radio', { name: 'Jonas Okafor' }).check(),
    plain: /Cast my vote: Jonas Okafor/,
    ballot: { options: ['jonas'] },
  },
  choose: {
    method: { method: 'choose', settings: { min: 1, max: 2 } },
    fill: async (page) => {
      await page.getByRole('checkbox', { name: 'Wei Zhang' }).check();
      await page.getByRole('checkbox', { name: 'Maria Lindqvist' }).check();
      await page.getByText('2 of 2 marked').waitFor();
      expect(await page.getByRole('checkbox', { name: 'Jonas Okafor' }).isDisabled()).toBe(true);
    },
    ballot: { options: ['maria', 'wei'] },
  },
  score: {
    method: { method: 'score', settings: { min: 0, max: 5 } },
    fill: async (page) => {
      await radio(page, 'Maria Lindqvist', '5');
      await radio(page, 'Wei Zhang', '2');
    },
    ballot: { scores: { maria: 5, wei: 2 } },
  },
  judgment: {
    method: { method: 'judgment', settings: {} },
    fill: async (page) => {
      await radio(page, 'Maria Lindqvist', 'Very good');
      await radio(page, 'Jonas Okafor', 'Poor');
    },
    ballot: { grades: { maria: 'Very good', jonas: 'Poor' } },
  },
  points: {
    method: { method: 'points', settings: { total: 5, min_total: 5 } },
    fill: async (page) => {
      await more(page, 'Maria Lindqvist', 3);
      await page.getByText('2 of 5 points left').waitFor();
      await castBar(page, 'Review my ballot');
      await page.getByText('Give 2 more points.').first().waitFor();
      await more(page, 'Wei Zhang', 2);
    },
    ballot: { points: { maria: 3, wei: 2 } },
  },
  quadratic: {
    method: { method: 'quadratic', settings: { credits: 10 } },
    fill: async (page) => {
      await more(page, 'Maria Lindqvist', 3);
      await page.getByText('costs 9 credits').waitFor();
      await page.getByText('1 of 10 credits left').waitFor();
      await more(page, 'Jonas Okafor', 1);
      const second = page.getByRole('button', { name: 'More for Jonas Okafor' });
      expect(await second.getAttribute('aria-disabled')).toBe('true'); // it costs more than what is left
    },
    ballot: { votes: { maria: 3, jonas: 1 } },
  },
  irv: { method: { method: 'irv', settings: {} }, fill: rankAll, ballot: { ranking: ['maria', 'wei'] } },
  stv: { method: { method: 'stv', settings: { seats: 2 } }, fill: rankAll, ballot: { ranking: ['maria', 'wei'] } },
  borda: { method: { method: 'borda', settings: {} }, fill: rankAll, ballot: { ranking: ['maria', 'wei'] } },
  schulze: { method: { method: 'schulze', settings: {} }, fill: rankAll, ballot: { ranking: ['maria', 'wei'] } },
};

test.each(Object.entries(cases))(
  '%s: vote, receipt, result, find my ballot',
  async (name, { method, fill, plain, ballot }) => {
    const { page, said } = await joinHall(browser, hall, 'Ada');
    const title = `Election by ${name}`;
    const electionId = await hall.openElection({ title, method, ...(method.method === 'motion' ? {} : { options }) });
    await page.getByRole('heading', { name: title, level: 1 }).waitFor(); // the next one appears by itself
    await fill(page);
    expect(await accessibilityProblems(page)).toEqual([]);
    if (plain === undefined) {
      await castBar(page, 'Review my ballot');
      await page.getByRole('heading', { name: 'Check your ballot' }).waitFor();
      await castBar(page, 'Cast my ballot');
    } else await castBar(page, plain);
    const code = await seesReceipt(page);

    await hall.http.close(electionId);
    await page.getByText('The vote has closed.').waitFor();
    await hall.http.publish(electionId);
    await page.locator('.result').waitFor();
    await page.getByRole('button', { name: 'Find it' }).click();
    await page.getByText('It was counted exactly as you cast it.').waitFor();
    const published = await hall.http.ballot(electionId, code);
    expect(published.ballot).toEqual(ballot);
    expect(said).toEqual([]);
    await page.context().close();
  },
);
