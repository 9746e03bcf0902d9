import { builtPages } from '../../web/build/index.ts';
import { chromiumPath } from './chromium.ts';

/** vitest globalSetup: pages and browser are there before files that run side by side would each build or install them. */
export default async function setup(): Promise<void> {
  chromiumPath();
  await builtPages();
}
