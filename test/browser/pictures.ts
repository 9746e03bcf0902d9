import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { DESK, PHONE } from '../harness/chromium.ts';

/** By the width, which names the file too. */
const SIZES = { 390: PHONE, 768: { width: 768, height: 1024 }, 1440: DESK, 1920: { width: 1920, height: 1080 } };

const FOLDER = resolve(import.meta.dirname, '../../docs/pictures');

function fileOf(name: string, size: string, theme: string): string {
  return join(FOLDER, `${name}-${size}-${theme}.png`);
}

/**
 * Pictures for docs/pictures, taken on request only: PSEPHOS_PICTURES=1 npm test -- browser/looks. Each state as it looks
 * on a phone, a tablet, a desk and a projector, light and dark; the page is left as it was.
 */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (process.env.PSEPHOS_PICTURES === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const picture = await page.screenshot({ animations: 'disabled' });
      // pages have few colours: 64 of them look the same and take a third of the room
      await sharp(picture)
        .png({ palette: true, colours: 64, effort: 10 })
        .toFile(fileOf(name, size, colorScheme));
    }
  }
  if (before !== null) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}
