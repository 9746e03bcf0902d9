import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityProblems, DESK, openChromium, PHONE } from '../harness/chromium.ts';
import { accepted } from '../harness/engines.ts';
import { openHall } from './hall.ts';
import { newOrganiser, openConsole } from './organiser.ts';

const hall = await openHall();
const organiser = await newOrganiser(hall);
const { deadLetters, queues } = hall.engine;
let browser: Browser;
let page: Page;
let said: readonly string[];

beforeAll(async () => {
  browser = await openChromium();
  ({ page, said } = await openConsole(browser, hall, organiser));
});

afterAll(async () => {
  await browser.close();
  await hall.stop();
});

const figures = { waiting: 12, active: 2, delayed: 1, failed: 3, done: 2_048, oldestAgeMs: 1_500 };

function fail(jobId: string, reason: string): Promise<void> {
  const payload = { org_id: organiser.orgId };
  const letter = {
    orgId: organiser.orgId,
    queue: 'webhooks',
    jobId,
    jobName: 'webhooks',
    payload,
    reason,
    attempts: 10,
  };
  return deadLetters.add(letter);
}

/** On a phone and on a desk: no violation, and nothing that sticks out. */
async function looksGood(): Promise<void> {
  for (const viewport of [{ width: 320, height: 640 }, PHONE, DESK]) {
    await page.setViewportSize(viewport);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(await accessibilityProblems(page)).toEqual([]);
}

test('queues with their figures, jobs that failed with their reason; run again or dropped', async () => {
  await page.goto(`${hall.url}/moderate`);
  await page.getByRole('link', { name: 'Background work' }).click();
  await page.getByText('No worker has said anything yet.').waitFor();
  await page.getByText('None. Every job was done.').waitFor();
  await queues.tell([{ queue: 'webhooks', ...figures }]);
  const row = page.getByRole('row', { name: /^Webhooks 12 2 s 2 1 2,048 3$/ });
  await row.waitFor(); // the page looks again by itself

  await fail('one', 'The receiver’s table is locked.');
  await fail('two', 'Nobody knows why.');
  await page.reload();
  await page.getByText('The receiver’s table is locked.').waitFor();
  await looksGood();
  const letter = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  await letter('table is locked').getByRole('button', { name: 'Run again: Webhooks' }).click();
  await page.getByText('It is on its way back into its queue.').waitFor();
  await letter('Nobody knows').getByRole('button', { name: 'Drop: Webhooks' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
  await letter('Nobody knows').waitFor({ state: 'hidden' });
  const { items } = accepted(await deadLetters.list(organiser.orgId, {}));
  expect(items.map(({ jobId, state }) => [jobId, state])).toEqual([['one', 'again']]);
  expect(said).toEqual([]);
});

test('what is done by the clock: when it was last done, and how that went', async () => {
  await page.getByText('Nothing has been done by the clock yet.').waitFor();
  const { upkeepTasks } = hall.engine;
  await upkeepTasks.once('hints', 0, async () => ({ dead_rows: 7 }));
  const failing = upkeepTasks.once('backup', 0, () => Promise.reject(new Error('No space on s3.internal.')));
  await expect(failing).rejects.toThrow('No space');
  await page.reload();
  const task = (name: string) => page.getByRole('listitem').filter({ hasText: name });
  await task('A look at the database’s health').getByText('well').waitFor();
  await task('Backup').getByText('the last one failed').waitFor();
  await task('Backup').getByText('Never done so far').waitFor();
  expect(await page.getByText('s3.internal').count()).toBe(0); // for who runs the installation
  await looksGood();
});

test('in German too', async () => {
  await page.evaluate(() => localStorage.setItem('psephos.locale', '"de"'));
  await page.reload();
  await page.getByRole('heading', { name: 'Hintergrundarbeit' }).waitFor();
  await page.getByText('Er ist auf dem Weg zurück in seine Warteschlange.').waitFor();
  await looksGood();
});
