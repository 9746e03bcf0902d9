import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { LOG_KINDS } from '../../../protocol/log.ts';
import { de } from '../../../web/moderate/texts/de.ts';
import { en } from '../../../web/moderate/texts/en.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Every file below a folder, as one text. */
function sourcesOf(folder: string, ending: string): string {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name.endsWith(ending))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

const all = (text: string, form: RegExp) => [...text.matchAll(form)].map((found) => found[1] as string);

/** Kinds that something appends: by name in SQL and TypeScript, or put together of a state. */
function appended(): readonly string[] {
  const sql = sourcesOf('sql/functions', '.sql');
  const engine = sourcesOf('engine', '.ts');
  const states = /'election\.' \|\| p_to/.test(sql) ? ['closed', 'cancelled', 'published'] : [];
  const proxies = /`proxy\.\$\{state\}`/.test(engine) ? ['offered', 'accepted'] : [];
  return [
    ...all(sql, /urn\.(?:announce|announce_paper|append_log)\([^;]*?'([a-z_]+\.[a-z_]+)'/g),
    ...all(sql, /THEN '([a-z_]+\.[a-z_]+)' ELSE 'election\.'/g),
    ...all(sql, /(?:THEN|ELSE) '((?:campaign|idea)\.[a-z_]+)'/g),
    ...states.map((state) => `election.${state}`),
    ...all(engine, /appendLog\([^;]*?'([a-z_]+\.[a-z_]+)'/g),
    ...all(engine, /append_log\([^`]*?'([a-z_]+\.[a-z_]+)'/g),
    ...all(engine, /setStatus\([^;]*?'([a-z_]+\.[a-z_]+)'/g),
    ...proxies.map((state) => `proxy.${state}`),
  ];
}

/** What the function that appends lets through. */
function allowed(): readonly string[] {
  const sql = readFileSync(join(ROOT, 'sql/functions/announce.sql'), 'utf8');
  const list = /p_kind NOT IN \(([^)]*)\)/.exec(sql)?.[1] ?? '';
  return all(list, /'([a-z_]+\.[a-z_]+)'/g);
}

test('what is appended to the log, and what may be, are the kinds that the protocol names', () => {
  expect([...new Set(appended())].sort()).toEqual([...LOG_KINDS].sort());
  expect(allowed().filter((kind) => !(LOG_KINDS as readonly string[]).includes(kind))).toEqual([]);
  expect(allowed().length).toBeGreaterThan(20); // the list was found
});

test.each([
  ['English', en],
  ['German', de],
])('%s has a sentence for every kind', (_language, texts: Readonly<Record<string, string>>) => {
  const without = LOG_KINDS.filter((kind) => {
    const key = `log.said.${kind}`;
    return texts[key] === undefined && (texts[`${key}_one`] === undefined || texts[`${key}_other`] === undefined);
  });
  expect(without).toEqual([]);
});
