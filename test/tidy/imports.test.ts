import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { CODE, type SourceFile, withoutComments } from './sources.ts';

/** House rule: who may import whom. A room not named here may import only itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sql: [],
  client: ['protocol'],
  web: ['client', 'protocol'],
  engine: ['sql', 'protocol'],
  gateway: ['engine', 'protocol'],
  workers: ['engine'],
  loadtest: ['client', 'protocol'],
  cli: ['protocol', 'sql', 'client', 'engine', 'gateway', 'workers', 'loadtest', 'web'],
};
const BENCH_MAY_IMPORT = ['engine', 'sql']; // it measures them directly
const EMBEDDED_SERVER = 'sql/embedded/index.ts'; // every load test may start a database of its own

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf({ path, text }: SourceFile): Import[] {
  const found = withoutComments(text).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.[^']+)'/g);
  return [...found].map(([, target]) => ({ from: path, to: posix.join(posix.dirname(path), target ?? '') }));
}

const IMPORTS = CODE.filter(({ path }) => !path.startsWith('test/') && path.includes('/')).flatMap(importsOf);

const roomOf = (path: string) => path.split('/')[0] ?? '';

/** `engine/elections` of engine/elections/counting/stv.ts; null for files that stand in engine/ itself */
const engineRoomOf = (path: string) => (/^engine\/[^/]+\//.test(path) ? path.split('/').slice(0, 2).join('/') : null);

function isAllowed({ from, to }: Import): boolean {
  if (roomOf(from) === roomOf(to) || to === 'package.json') return true;
  if (from.startsWith('loadtest/') && to === EMBEDDED_SERVER) return true;
  if (from.startsWith('loadtest/bench/') && BENCH_MAY_IMPORT.includes(roomOf(to))) return true;
  return MAY_IMPORT[roomOf(from)]?.includes(roomOf(to)) ?? false;
}

test('imports follow the house: web -> client -> protocol, gateway -> engine -> sql, workers -> engine, cli -> any', () => {
  const wrong = IMPORTS.filter((each) => !isAllowed(each)).map(
    ({ from, to }) =>
      `${from} imports ${to}: ${roomOf(from)}/ may import ${MAY_IMPORT[roomOf(from)]?.join(', ') || 'only itself'}`,
  );
  expect(wrong).toEqual([]);
});

test('rooms of engine/ meet through their index.ts only', () => {
  const wrong = IMPORTS.filter(({ from, to }) => {
    const room = engineRoomOf(to);
    return roomOf(from) === 'engine' && room !== null && room !== engineRoomOf(from) && to !== `${room}/index.ts`;
  }).map(({ from, to }) => `${from} imports ${to}: export it from ${engineRoomOf(to)}/index.ts and import that`);
  expect(wrong).toEqual([]);
});

test('everybody else enters engine/ by its front: the files that stand in engine/ itself', () => {
  const wrong = IMPORTS.filter(
    ({ from, to }) => !['engine', 'loadtest'].includes(roomOf(from)) && engineRoomOf(to) !== null,
  ).map(({ from, to }) => `${from} imports ${to}: export it from engine/index.ts and import that`);
  expect(wrong).toEqual([]);
});

test('only cli/ reads the environment; rooms are given what they need', () => {
  const rooms = ['protocol', 'client', 'engine', 'gateway', 'workers'];
  const wrong = CODE.filter(
    ({ path, text }) => rooms.includes(roomOf(path)) && /process\.env\b/.test(withoutComments(text)),
  );
  expect(wrong.map(({ path }) => `${path}: take it from cli/settings.ts as an argument`)).toEqual([]);
});

/** Files that import each other, also for types alone: neither can be read or moved without the other. */
function circlesOf(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, way: readonly string[]) => {
    const at = way.indexOf(path);
    if (at >= 0) circles.push([...way.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const { to } of next.get(path) ?? []) walk(to, [...way, path]);
    done.add(path);
  };
  for (const path of next.keys()) walk(path, []);
  return circles;
}

/** Folders in which this holds. */
const WITHOUT_CIRCLES = /^(protocol|sql|client|web|gateway\/(?!minutes)|engine\/(?!jobs))/;

test('no files import each other in a circle, not even types', () => {
  const circle = ['a -> b', 'b -> c', 'c -> b', 'c -> d'].map((each) => each.split(' -> '));
  expect(circlesOf(circle.map(([from = '', to = '']) => ({ from, to })))).toEqual(['b -> c -> b']);
  const held = IMPORTS.filter(({ from }) => WITHOUT_CIRCLES.test(from));
  expect(circlesOf(held), 'move what both need into a file of its own').toEqual([]);
});
