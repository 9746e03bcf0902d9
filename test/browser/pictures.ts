import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { DESK, PHONE } from '../harness/chromium.ts';

const FOLDER = resolve(import.meta.dirname, '../../docs/pictures');

/**
 * Pictures for docs/pictures, taken on request only: PSEPHOS_PICTURES=1 npm test -- browser/looks. Each state as it looks
 * on a phone and on a desk, light and dark; the page is left as it was.
 */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (process.env.PSEPHOS_PICTURES === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  const before = page.viewportSize();
  for (const [size, viewport] of [
    ['390', PHONE],
    ['1440', DESK],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`), animations: 'disabled' });
    }
  }
  if (before !== null) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}
