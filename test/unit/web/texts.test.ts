import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const WEB = resolve(import.meta.dirname, '../../../web');
type Texts = Readonly<Record<string, string>>;

/** Apps and rooms of apps that have catalogues, e.g. 'attend' or 'moderate/campaigns'. */
const apps = readdirSync(WEB, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isDirectory() && entry.name === 'texts' && !entry.parentPath.includes('dist'))
  .map(({ parentPath }) => relative(WEB, parentPath));

/** All catalogues of a folder together: en.ts, and what stands beside it, e.g. figures-en.ts. */
async function textsOf(app: string, language: 'en' | 'de'): Promise<Texts> {
  const folder = join(WEB, app, 'texts');
  const names = readdirSync(folder).filter((name) => name.endsWith(`${language}.ts`));
  const files = await Promise.all(names.map((name) => import(join(folder, name)) as Promise<Record<string, Texts>>));
  return Object.assign({}, ...files.map((file) => file[language]));
}

/** Everything an app's code says, without the catalogues themselves. */
function sourcesOf(app: string): string {
  return readdirSync(join(WEB, app), { withFileTypes: true, recursive: true })
    .filter((entry) => /\.tsx?$/.test(entry.name) && !entry.parentPath.endsWith('texts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

test.each(apps)('%s says the same in English and German: same keys, same placeholders, nothing empty', async (app) => {
  const [en, de] = [await textsOf(app, 'en'), await textsOf(app, 'de')];
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    expect([key, placeholders(de[key] ?? '')]).toEqual([key, placeholders(text)]);
    expect([key, text.trim() !== '', de[key]?.trim() !== '']).toEqual([key, true, true]);
  }
});

test.each(apps)('every text of %s is used: its key stands in the code as it is', async (app) => {
  const code = sourcesOf(app);
  const keys = Object.keys(await textsOf(app, 'en')).map((key) => key.replace(/_(one|other)$/, ''));
  expect(keys.filter((key) => !code.includes(`'${key}'`))).toEqual([]);
});

test.each(apps)('%s shouts in neither language', async (app) => {
  const all = [...Object.values(await textsOf(app, 'en')), ...Object.values(await textsOf(app, 'de'))];
  expect(all.filter((text) => text.includes('!'))).toEqual([]);
});

test('styles know start and end only: no left, no right', () => {
  const css = readdirSync(WEB, { withFileTypes: true, recursive: true }).filter(
    (entry) => entry.name.endsWith('.css') && !entry.parentPath.startsWith(join(WEB, 'dist')),
  );
  const physical =
    /(?:^|[;{\s])(?:left|right|(?:margin|padding|border)-(?:left|right)[\w-]*)\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)/m;
  const wrong = css.filter((entry) => physical.test(readFileSync(join(entry.parentPath, entry.name), 'utf8')));
  expect(css.length).toBeGreaterThan(3);
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
