import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compressBelow } from './compress.ts';
import { ENTRIES, PAGE_ROUTES } from './entries.ts';
import { stampOf } from './stamp.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const WEB = join(ROOT, 'web');
const DIST = join(WEB, 'dist');
/** Older builds that stay: a server that starts at this moment may still be reading one. */
const KEPT_BUILDS = 3;

/** What browsers must be able to run: about the last four years. */
const TARGET = ['chrome100', 'edge100', 'firefox102', 'safari15.4'];

/**
 * The folder with the built pages; builds them first where their sources have changed (about 2 s), else looks only
 * (about 20 ms). Safe in several processes at once: each build has a folder of its own, named by its stamp, and it gets
 * that name when it is complete.
 * @param onBuild told before a build begins
 */
export async function builtPages(onBuild: () => void = () => {}): Promise<string> {
  const stamp = stampOf(ROOT);
  const folder = join(DIST, stamp);
  if (existsSync(folder)) return folder;
  onBuild();
  const draft = join(DIST, `.${stamp}-${process.pid}`);
  try {
    await build(draft);
    writeFileSync(join(draft, 'pages.json'), JSON.stringify(PAGE_ROUTES));
    compressBelow(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else another process was first, with the same pages
  }
  forgetOldBuilds();
  return folder;
}

async function build(outDir: string): Promise<void> {
  mkdirSync(outDir, { recursive: true });
  const vite = await import('vite'); // 300 ms that a start with unchanged pages does not pay
  const input = Object.fromEntries(Object.keys(ENTRIES).map((app) => [app, join(WEB, app, 'index.html')]));
  await vite.build({
    configFile: false,
    root: WEB,
    logLevel: 'warn',
    publicDir: join(WEB, 'public'),
    mode: 'production',
    // development is said, or NODE_ENV decides: a build made by a test run carried paths and a third more code
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    css: { transformer: 'lightningcss' },
    build: {
      outDir,
      emptyOutDir: true,
      target: TARGET,
      cssTarget: TARGET,
      assetsInlineLimit: 0, // fonts and pictures come from 'self' under our policy, never from data:
      modulePreload: { polyfill: false },
      rolldownOptions: { input },
    },
  });
}

function forgetOldBuilds(): void {
  const builds = readdirSync(DIST)
    .filter((name) => !name.startsWith('.'))
    .map((name) => ({ name, madeMs: statSync(join(DIST, name)).mtimeMs }))
    .sort((a, b) => b.madeMs - a.madeMs);
  for (const { name } of builds.slice(KEPT_BUILDS)) rmSync(join(DIST, name), { recursive: true, force: true });
}
