import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { accessibilityProblems } from '../harness/chromium.ts';

/** axe finds nothing on the screen, light and dark. In the dark only colours are other, so only they are judged again. */
export async function looksGood(page: Page, screen: string): Promise<void> {
  expect(await accessibilityProblems(page), `${screen}, light`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await accessibilityProblems(page, ['color-contrast']), `${screen}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
}
