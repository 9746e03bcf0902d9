import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { accessibilityProblems, openChromium } from '../harness/chromium.ts';
import { openEngineAt } from '../harness/engines.ts';
import { startRedis } from '../harness/redis.ts';
import { castBar, joinHall, seesReceipt } from './attendee.ts';
import { openHall } from './hall.ts';

const redis = { url: (await startRedis()).url, ballotQueue: true };
/** too busy for any ballot: whatever comes is queued */
const hall = await openHall('Spring assembly', { redis, laneLimits: { queueMax: 0 } });
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

test('a ballot that is queued: received, not yet counted, also after a reload; then the receipt', async () => {
  const electionId = await hall.openElection({ title: 'Shall we dredge the harbour?' });
  while (hall.engine.elections.fallback?.isReadyFor(electionId) !== true) await sleep(5);
  const { page, said } = await joinHall(browser, hall, 'Ada');
  await page.getByRole('radio', { name: 'Yes' }).check();
  await castBar(page, 'Cast my vote: Yes');
  const queued = page.getByRole('heading', { name: 'Received, not counted yet' });
  await queued.waitFor();
  await page.getByText('Your ballot has arrived and is kept safe.').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.reload();
  await queued.waitFor();
  expect((await hall.http.participation(electionId)).voted).toBe(0);
  const roomy = await openEngineAt(hall.databaseUrl, { redis });
  onTestFinished(roomy.close);
  await seesReceipt(page);
  expect((await hall.http.participation(electionId)).voted).toBe(1);
  expect(said).toEqual([]);
});
