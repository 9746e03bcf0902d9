import { expect, test } from 'vitest';
import { documentationPage } from '../../../gateway/docs/page.ts';
import { allOperations } from '../../../gateway/http/app.ts';
import { failuresOf, openApiDocument } from '../../../gateway/http/document.ts';
import { PAGE_PATHS } from '../../../gateway/http/pages.ts';
import { asyncApiDocument } from '../../../gateway/socket/asyncapi.ts';
import { asyncApi, httpOver } from './http-calls.ts';

const operations = allOperations({ socketUrl: () => 'ws://x', draining: () => false });
const document = openApiDocument(operations);
const { app, call } = httpOver();

test('every route is an operation of the document or a page', () => {
  const served = app.routes
    .filter(({ method, path }) => method !== 'ALL' && !(PAGE_PATHS as readonly string[]).includes(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const documented = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.length).toBeGreaterThan(20);
  expect([...new Set(served)].sort()).toEqual(documented.sort());
});

test('operation ids are unique and every path parameter is described', () => {
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  for (const op of operations) {
    const methods = (document.paths?.[op.path] ?? {}) as Record<
      string,
      { parameters?: { name: string; in: string }[] }
    >;
    const raw = methods[op.method];
    const named = [...op.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const described = raw?.parameters?.filter((one) => one.in === 'path').map(({ name }) => name) ?? [];
    expect(described).toEqual(named);
  }
});

test('what takes a body has an example that its own schema takes', () => {
  for (const op of operations) {
    if (op.body === undefined) continue;
    const example = op.body.meta()?.example;
    expect(op.body.safeParse(example), op.id).toMatchObject({ success: true });
  }
});

test('every operation says that it may fail by a bug, and who needs a key that it may lack', () => {
  for (const op of operations) {
    const kinds = failuresOf(op);
    expect(kinds).toContain('bug');
    // signing in itself needs nobody who is signed in, and may be refused for the same reason
    const signsIn = op.failures.includes('unauthenticated');
    expect(kinds.includes('unauthenticated')).toBe(op.permission !== null || signsIn);
  }
});

test('/openapi.json is the document, with examples for every error', async () => {
  const { json, headers } = await call('GET', '/openapi.json', { as: null });
  expect(headers.get('content-type')).toBe('application/json');
  expect(json.openapi).toBe('3.1.0');
  const cast = json.paths['/v1/elections/{election_id}/ballots'].post;
  expect(Object.keys(cast.responses)).toEqual(
    expect.arrayContaining(['201', '401', '404', '409', '422', '423', '503']),
  );
  expect(Object.keys(cast.responses['409'].content['application/json'].examples)).toEqual([
    'BALLOT_002',
    'BALLOT_003',
    'BALLOT_004',
  ]);
  expect(cast.requestBody.content['application/json'].example.cast_key).toMatch(/^[0-9a-f]{32}$/);
});

test('every reference within the document leads somewhere', () => {
  const text = JSON.stringify(document);
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(Object.keys(document.components?.schemas ?? {})).toContain(name);
  }
});

test('the page shows every operation and code, asks nobody else for anything, and runs no script', () => {
  const page = documentationPage(document, asyncApiDocument());
  for (const { id } of operations) expect(page).toContain(`id="${id}"`);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${target}"`);
  expect(page).not.toMatch(/<script|<img|<iframe|style="| on\w+="/);
  expect([...page.matchAll(/(?:src|href)="(?!#|\/)/g)]).toEqual([]);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(ids.length).toBe(new Set(ids).size);
});

test('/ leads to the page, the page and its style are served', async () => {
  const root = await call('GET', '/', { as: null });
  expect([root.status, root.headers.get('location')]).toEqual([302, '/docs']);
  expect((await call('GET', '/docs', { as: null })).headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect((await call('GET', '/docs/style.css', { as: null })).status).toBe(200);
  expect((await call('GET', '/asyncapi.json', { as: null })).json).toEqual(asyncApi);
});
