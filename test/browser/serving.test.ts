import { get } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { openHall } from './hall.ts';

const hall = await openHall();
afterAll(() => hall.stop());

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
}

/** As it is on the wire: fetch would decode it. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Raw> {
  return new Promise((resolve, reject) => {
    get(hall.url + path, { headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }));
    }).on('error', reject);
  });
}

async function scriptOf(path: string): Promise<string> {
  const html = await (await fetch(hall.url + path)).text();
  return /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
}

const ATTEND = ['/', '/join/K7Q4ZD', '/meeting/0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10', '/meeting/a/votes/b', '/vote/a'];

test('every address of the attendee leads to the same page; the API and its documentation stay where they were', async () => {
  const scripts = await Promise.all(ATTEND.map(scriptOf));
  expect(new Set(scripts).size).toBe(1);
  expect(scripts[0]).toMatch(/^\/assets\/attend-/);
  expect((await ask('/docs')).status).toBe(200);
  expect((await ask('/openapi.json')).headers['content-type']).toBe('application/json');
  expect((await ask('/v1/nothing')).status).toBe(404);
  expect((await ask('/assets/nothing.js')).status).toBe(404);
  expect((await ask('/pages.json')).status).toBe(404);
});

test('pages are asked for each time and answered 304; assets are kept for ever, compressed as the browser likes', async () => {
  const page = await ask('/');
  expect(page.headers['cache-control']).toBe('no-cache');
  const again = await ask('/', { 'if-none-match': String(page.headers.etag) });
  expect([again.status, again.bytes]).toEqual([304, 0]);

  const script = await scriptOf('/');
  const plain = await ask(script);
  const gzip = await ask(script, { 'accept-encoding': 'gzip' });
  const brotli = await ask(script, { 'accept-encoding': 'gzip, deflate, br' });
  const refused = await ask(script, { 'accept-encoding': 'br;q=0, gzip' });
  const encodings = [plain, gzip, brotli, refused].map(({ headers }) => headers['content-encoding']);
  expect(encodings).toEqual([undefined, 'gzip', 'br', 'gzip']);
  expect(brotli.bytes).toBeLessThan(gzip.bytes);
  expect(gzip.bytes).toBeLessThan(plain.bytes / 2);
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(plain.headers.vary).toContain('Accept-Encoding');
});

test('a page may load from here alone and run nothing inline, after a 304 as well', async () => {
  const page = await ask('/vote/a');
  const again = await ask('/vote/a', { 'if-none-match': String(page.headers.etag) });
  for (const { headers } of [page, again]) {
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toMatch(/connect-src 'self' ws:\/\/127\.0\.0\.1:\d+;/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers['referrer-policy']).toBe('no-referrer'); // the address of a voting link goes nowhere
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
  const html = await (await fetch(hall.url)).text();
  expect(html).not.toMatch(/<style|style="|<script(?![^>]+src=)| on\w+="/);
});
