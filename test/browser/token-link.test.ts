import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems, openChromium, openPage, watchConsole } from '../harness/chromium.ts';
import { castBar, seesReceipt } from './attendee.ts';
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

const choice = {
  title: 'Which day suits you?',
  method: { method: 'choose', settings: {} } as const,
  options: [
    { id: 'sat', title: 'Saturday' },
    { id: 'sun', title: 'Sunday' },
  ],
  roll: 'tokens' as const,
};

test('a link with a token in its fragment leads to the ballot, to the receipt, to the result', async () => {
  const electionId = await hall.election(choice);
  const token = await hall.token(electionId);
  const page = await openPage(browser);
  const said = watchConsole(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));

  await page.goto(`${hall.url}/vote/${electionId}#${token}`);
  await page.getByRole('heading', { name: 'This vote is not open yet' }).waitFor();
  expect(page.url()).toBe(`${hall.url}/vote/${electionId}`); // the token has left the address bar
  expect(await accessibilityProblems(page)).toEqual([]);

  await hall.http.open(electionId);
  await page.reload(); // it stays in the tab; waiting would show the ballot too
  await page.getByRole('radio', { name: 'Sunday' }).check();
  await castBar(page, 'Cast my vote: Sunday');
  const code = await seesReceipt(page);
  expect(await accessibilityProblems(page)).toEqual([]);

  await hall.http.close(electionId);
  await hall.http.publish(electionId);
  await page.reload();
  await page.locator('.result').waitFor();
  await page.getByRole('button', { name: 'Find it' }).click();
  await page.getByText('It was counted exactly as you cast it.').waitFor();
  expect((await hall.http.ballot(electionId, code)).ballot).toEqual({ options: ['sun'] });

  expect(asked.filter((url) => url.includes(token))).toEqual([]); // it never stood in an address
  expect(said).toEqual([]);
  await page.context().close();
});

test('the same link on a second device says that the vote is used', async () => {
  const electionId = await hall.openElection(choice);
  const token = await hall.token(electionId);
  const link = `${hall.url}/vote/${electionId}#${token}`;
  const [first, second] = [await openPage(browser), await openPage(browser)];
  await first.goto(link);
  await second.goto(link);
  await first.getByRole('radio', { name: 'Saturday' }).check();
  await second.getByRole('radio', { name: 'Sunday' }).check();
  await castBar(first, 'Cast my vote: Saturday');
  await seesReceipt(first);
  await castBar(second, 'Cast my vote: Sunday');
  await second.getByRole('heading', { name: 'You have already voted' }).waitFor();
  expect(await accessibilityProblems(second)).toEqual([]);
  expect(await hall.http.participation(electionId)).toMatchObject({ roll: 1, voted: 1 });

  const third = await openPage(browser);
  await third.goto(link); // told before anything is filled in
  await third.getByRole('heading', { name: 'You have already voted' }).waitFor();
  for (const page of [first, second, third]) await page.context().close();
});

test('a token of another election, an unknown election and a link without token lead nowhere, all alike', async () => {
  const [one, other] = [await hall.openElection(choice), await hall.openElection(choice)];
  const token = await hall.token(one);
  const page = await openPage(browser);
  const nobody = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
  for (const address of [`${other}#${token}`, `${nobody}#${token}`, other]) {
    await page.goto('about:blank');
    await page.goto(`${hall.url}/vote/${address}`);
    await page.getByRole('heading', { name: 'This link does not lead to a vote' }).waitFor();
  }
  expect(await accessibilityProblems(page)).toEqual([]);

  const ask = (election_id: string) =>
    fetch(`${hall.url}/v1/ballot-access`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ election_id, credential: token }),
    });
  const [unknown, foreign] = await Promise.all([ask(nobody), ask(other)]);
  const wordsOf = async (response: Response) => {
    const { error_code, message, details } = await response.json();
    return [response.status, error_code, message, details];
  };
  expect(await wordsOf(unknown)).toEqual(await wordsOf(foreign));
  expect(unknown.status).toBe(404);
  await page.context().close();
});
