import type { Page } from 'playwright-core';
import type { NewElectionInput } from '../../client/index.ts';
import { accessibilityProblems } from '../harness/chromium.ts';
import type { Hall } from './hall.ts';

const people = [
  { id: 'maria', title: 'Maria Lindqvist', description: 'Treasurer since 2022; wants to open the books each quarter.' },
  { id: 'jonas', title: 'Jonas Okafor', description: 'Runs the workshop on Saturdays.' },
  { id: 'wei', title: 'Wei Zhang' },
  { id: 'amina', title: 'Amina Benali' },
  { id: 'piotr', title: 'Piotr Wiśniewski' },
];
const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

const elections: Readonly<Record<string, NewElectionInput>> = {
  motion: {
    title: 'Shall the cooperative buy the neighbouring plot for 240,000 euros?',
    description: 'The board proposes to pay a third from reserves and to take a loan for the rest.',
    method: { method: 'motion', settings: {} },
    rules: { majority: { base: 'valid', threshold: 'two_thirds' } },
    closes_at: inAnHour,
  },
  choose: {
    title: 'Which two projects come first?',
    method: { method: 'choose', settings: { max: 2 } },
    options: people,
  },
  score: {
    title: 'How suitable are they for the audit?',
    method: { method: 'score', settings: { max: 10 } },
    options: people,
  },
  judgment: { title: 'Grade the proposals', method: { method: 'judgment', settings: {} }, options: people.slice(0, 3) },
  points: { title: 'Spread the budget', method: { method: 'points', settings: { total: 10 } }, options: people },
  quadratic: {
    title: 'What matters most?',
    method: { method: 'quadratic', settings: { credits: 25 } },
    options: people,
  },
  ranking: { title: 'Board 2026: two seats', method: { method: 'stv', settings: { seats: 2 } }, options: people },
};

/** The very middle of filling in, by method. */
const fill: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  motion: (page) => page.locator('.motion-yes input').check(),
  choose: async (page) => {
    for (const place of [0, 3]) await page.locator('.option-card input').nth(place).check();
  },
  score: async (page) => {
    for (const place of [9, 14]) await page.locator('.scale-step input').nth(place).check();
  },
  judgment: async (page) => {
    for (const place of [1, 9]) await page.locator('.scale-step input').nth(place).check();
  },
  points: async (page) => {
    for (const place of [1, 1, 1, 1, 3, 3, 5]) await page.locator('.stepper .icon-button').nth(place).click();
  },
  quadratic: async (page) => {
    for (const place of [1, 1, 1, 5, 5]) await page.locator('.stepper .icon-button').nth(place).click();
  },
  ranking: async (page) => {
    for (const place of [2, 0, 2]) await page.locator('.unranked .option-card').nth(place).click();
  },
};

/** axe finds nothing, and nothing is wider than the screen, from left to right and from right to left. */
export async function inspect(page: Page, name: string, problems: string[]): Promise<void> {
  problems.push(...(await accessibilityProblems(page)).map((problem) => `${name}: ${problem}`));
  for (const direction of ['rtl', 'ltr']) {
    await page.evaluate(`document.documentElement.dir = '${direction}'`);
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    if (wide) problems.push(`${name}: wider than the screen, ${direction}`);
  }
}

/** Three other voters, so that a result has more than one ballot. */
async function othersVote(hall: Hall, electionId: string, ballots: readonly unknown[]): Promise<void> {
  for (const ballot of ballots) {
    const credential = await hall.token(electionId);
    const body = { ballot, credential, cast_key: crypto.randomUUID().replaceAll('-', '') };
    await hall.http.castOnce(electionId, body, 5_000);
  }
}

/** What was read is left at once, unless the next vote comes by itself while the button is on its way to be clicked. */
async function next(page: Page): Promise<void> {
  const button = page.locator('.content > .button-primary');
  const voting = page.locator('.voting');
  await button.or(voting).first().waitFor();
  if (await button.isVisible()) await button.click({ timeout: 1_000 }).catch(() => voting.waitFor());
}

/** The whole way of an attendee, with a look at every state on it. */
export async function walk(hall: Hall, page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.goto(hall.url);
  await page.locator('#code').waitFor();
  await look('join');
  await page.locator('.head .icon-button').click();
  await look('display-settings');
  await page.keyboard.press('Escape');
  await page.locator('#code').fill(hall.joinCode);
  await page.locator('#name').fill('Ada Lovelace');
  await page.locator('#join').click();
  await page.locator('.lobby').waitFor();
  await look('lobby');
  for (const [name, input] of Object.entries(elections)) {
    const electionId = await hall.openElection(input);
    await next(page);
    await page.locator('.voting h1', { hasText: input.title }).waitFor();
    await fill[name]?.(page);
    await look(`ballot-${name}`);
    if (name !== 'motion') {
      await page.locator('.cast-bar .button').click();
      await page.locator('.cast-bar-two').waitFor();
      if (name === 'ranking') await look('review');
    }
    await page.locator('.cast-bar .button-primary').click();
    await page.locator('.receipt').waitFor();
    if (name === 'motion') {
      await othersVote(
        hall,
        electionId,
        ['yes', 'yes', 'no', 'abstain', 'yes'].map((choice) => ({ choice })),
      );
      await page.locator('.bars').waitFor();
      await look('receipt');
    }
    if (name === 'ranking') {
      await othersVote(hall, electionId, [
        { ranking: ['maria', 'wei'] },
        { ranking: ['jonas', 'amina', 'maria'] },
        { ranking: ['piotr', 'maria'] },
        { ranking: ['maria', 'jonas'] },
      ]);
    }
    await hall.http.close(electionId);
    if (name === 'motion' || name === 'ranking') {
      await hall.http.publish(electionId);
      await page.locator('.result').waitFor();
      await page.locator('.find .button').click();
      await page.locator('.finding').waitFor();
      if (name === 'ranking') await page.locator('.rounds summary').click();
      await look(name === 'motion' ? 'result-motion' : 'result-ranking');
    }
  }
  await page.locator('.foot a').click();
  await page.locator('.history').waitFor();
  await look('history');
}
