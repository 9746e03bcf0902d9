import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/**
 * The shell first: the same engine without a browser's own windows, which are pages as well and of which every person in a
 * test opens one. Ten persons cost 1.7 s of processor time in it and 9.9 s in the whole browser.
 */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** Debian's; the shell is a package of its own since 12. */
const PACKAGES = ['chromium-headless-shell', 'chromium'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** What the law asks for in Europe, and what WCAG 2.2 added. */
const WCAG_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
}

/**
 * The real browser: CHROMIUM_PATH, else on the PATH, else Debian's, installed now where we may.
 * @throws with what is missing and what to do: a browser test that does not run is a failed one
 */
export function chromiumPath(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH=${named}: there is no such file.`);
  }
  const found = onPath();
  if (found !== undefined) return found;
  const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (mayInstall) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'pipe' });
    for (const name of PACKAGES) {
      spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env, stdio: 'pipe' });
      const installed = onPath();
      if (installed !== undefined) return installed;
    }
  }
  throw new Error('Chromium is missing: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to one.');
}

/** One browser for a test file; close it in afterAll. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS, headless: true, ignoreDefaultArgs: false });
}

/** A page of a person of its own: no cookie or storage is shared. English on a phone if not told otherwise. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: PHONE, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

/**
 * What breaks WCAG 2.2 AA on the page as it stands: one line a violation, none when all is well.
 * @param rules ids of axe's rules, where these alone are asked for
 */
export async function accessibilityProblems(page: Page, rules?: string[]): Promise<string[]> {
  // colours are judged where they end, not on their way
  await page.evaluate(`for (const animation of document.getAnimations())
    if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish()`);
  if (page.frames().length > 1) throw new Error('accessibilityProblems() looks into no frames, and this page has some');
  const axe = new AxeBuilder({ page }).setLegacyMode(); // the other mode puts frames together in a page of its own
  const { violations } = await (rules === undefined ? axe.withTags(WCAG_TAGS) : axe.withRules(rules)).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Everything that went wrong unseen: errors, refused resources, breaches of the policy. Call it before the first goto. */
export function watchConsole(page: Page): string[] {
  const said: string[] = [];
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // a refusal that the page expects and shows (a wrong code, a closed vote) is a line of the browser's own
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) said.push(message.text());
  });
  return said;
}
