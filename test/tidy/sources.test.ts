import { expect, test } from 'vitest';
import { CODE, FILES, placesOf, withoutComments } from './sources.ts';

const LINES_WANTED = 250;
const LINES_MAX = 400;
/** What the pages say, a line each: a list to translate, not code to follow. */
const CATALOGUE = /^web\/\w+\/texts\/\w\w\.ts$/;
/** Made by a command, compared by a test, read by nobody line by line. */
const GENERATED = ['sql/schema.sql', 'package-lock.json'];
const EMPTY_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'misc'];
/** Put together here, so that this file does not find itself. */
const words = (...parts: string[]) => new RegExp(parts.join('|'));

function lengthOf(text: string): number {
  return text.trimEnd().split('\n').length;
}

test(`no file has more than ${LINES_MAX} lines`, ({ annotate }) => {
  const measured = FILES.filter(
    ({ path }) => /\.(ts|tsx|mjs|js|css|sql|sh)$/.test(path) && !GENERATED.includes(path) && !CATALOGUE.test(path),
  )
    .map(({ path, text }) => ({ path, lines: lengthOf(text) }))
    .filter(({ lines }) => lines > LINES_WANTED);
  const report = (from: number) =>
    measured.filter(({ lines }) => lines > from).map(({ path, lines }) => `${path}: ${lines} lines`);
  for (const line of report(LINES_WANTED)) annotate(`over ${LINES_WANTED}: ${line}`);
  expect(report(LINES_MAX)).toEqual([]);
});

test('files and folders are named after what they hold', () => {
  const wrong = FILES.filter(({ path }) =>
    path.split('/').some((part) => EMPTY_NAMES.includes(part.split('.')[0] ?? '')),
  );
  expect(wrong.map(({ path }) => `${path}: rename it after what it holds`)).toEqual([]);
});

test('no SQL text outside sql/, queries.ts files and test/', () => {
  const statement =
    /\b(SELECT\s[^;'"]{0,200}?\sFROM\s|INSERT INTO\s|UPDATE\s+[\w.]+\s+SET\s|DELETE FROM\s|TRUNCATE\s+[\w.]+|(CREATE|ALTER|DROP)\s+(TABLE|DATABASE|ROLE|INDEX|FUNCTION|SCHEMA|POLICY)\b|\bset_config\(|\bpg_(try_)?advisory_\w+\()/;
  const elsewhere = CODE.filter(({ path }) => !/^(sql|test)\/|(^|[/-])queries\.ts$/.test(path));
  const wrong = elsewhere.flatMap(({ path, text }) => placesOf(statement, { path, text: withoutComments(text) }));
  expect(wrong.map((place) => `${place.slice(0, 120)}: move it to the room's queries.ts`)).toEqual([]);
});

test('nothing is left for later, and no test is passed over', () => {
  const markers = words('TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK:');
  const left = FILES.filter(({ path }) => path !== 'package-lock.json').flatMap((file) =>
    placesOf(new RegExp(`\\b(${markers.source})\\b`), file),
  );
  const skipped = CODE.filter(({ path }) => path.startsWith('test/')).flatMap((file) =>
    placesOf(/\b(test|it|describe|suite|bench)\.(skip|only|todo|skipIf|runIf|fails)\b|\bctx\.skip\(/, file),
  );
  expect([...left, ...skipped]).toEqual([]);
});

test('no registry host and no path of one machine in any file', () => {
  const hosts = words('registry\\.(npm|yarn)', 'npm' + 'mirror', 'proxy\\.golang' + '\\.org', 'pypi' + '\\.org');
  const paths = words(
    '(?<![\\w.])/' + 'work/',
    '(?<![\\w.])/' + 'root/',
    '(?<![\\w.])/' + 'home/\\w',
    '(?<![\\w.])/' + 'Users/\\w',
  );
  const wrong = FILES.flatMap((file) => [...placesOf(hosts, file), ...placesOf(paths, file)]);
  expect(wrong).toEqual([]);
});
