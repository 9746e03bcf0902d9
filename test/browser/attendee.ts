import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openPage, watchConsole } from '../harness/chromium.ts';
import type { Hall } from './hall.ts';

export interface Attendee {
  readonly page: Page;
  /** what went wrong unseen; stays empty */
  readonly said: readonly string[];
}

/** Somebody who has joined the meeting by its link, in a browser profile of their own. */
export async function joinHall(
  browser: Browser,
  hall: Hall,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Attendee> {
  const page = await openPage(browser, options);
  const said = watchConsole(page);
  await page.goto(`${hall.url}/join/${hall.joinCode}`);
  await page.locator('#name').fill(name);
  await page.locator('#join').click();
  await page.waitForURL(`${hall.url}/meeting/${hall.meetingId}`);
  return { page, said };
}

/** The button at the thumb. */
export async function castBar(page: Page, name: string | RegExp): Promise<void> {
  await page.locator('.cast-bar').getByRole('button', { name }).click();
}

export async function seesReceipt(page: Page): Promise<string> {
  await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor();
  return ((await page.locator('.tracking-code').textContent()) ?? '').replaceAll(/\s/g, '');
}
