import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { DESK, PHONE } from '../harness/chromium.ts';
import { looksGood } from './both-themes.ts';

export const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
export const row = (page: Page, title: string) => page.locator('.idea-row', { hasText: title });
/** What is left to give. */
export const coins = (page: Page) => page.locator('.purse-number');
/** Own coins on an idea, as its stepper says. */
export const own = (page: Page, title: string) => page.getByRole('spinbutton', { name: `Your coins on ${title}` });
export const give = (page: Page, title: string) => button(page, `More for Your coins on ${title}`);
export const take = (page: Page, title: string) => button(page, `Less for Your coins on ${title}`);

/** What comes over the network, on a machine that others use too. */
export const soon = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

/** On phones and a desk: nothing sticks out, and no violation, light and dark. */
export async function looksGoodEverywhere(page: Page, screen: string): Promise<void> {
  for (const viewport of [{ width: 320, height: 640 }, PHONE, DESK]) {
    await page.setViewportSize(viewport);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), screen).toBeLessThanOrEqual(0);
    if (viewport.width > 320) await looksGood(page, `${screen}, ${viewport.width} px`);
  }
  await page.setViewportSize(PHONE);
}
