import { describe, expect, test } from 'vitest';
import { accept, refuse } from '../../../engine/outcome.ts';
import { httpOver } from './http-calls.ts';
import { ELECTION, election, MEETING, meeting, ORG, stubEngine } from './stub-engine.ts';

const { call } = httpOver();
const one = `/v1/elections/${ELECTION}`;

describe('who is calling', () => {
  test('no key, a wrong key, too small a role', async () => {
    const none = await call('GET', one, { as: null });
    expect([none.status, none.json.error_code, none.json.details]).toEqual([401, 'AUTH_001', { reason: 'missing' }]);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect((await call('GET', one, { as: 'nobody' })).json.details).toEqual({ reason: 'unknown' });
    const member = await call('POST', '/v1/meetings', { as: 'member', body: { title: 'x' } });
    expect([member.status, member.json.error_code, member.json.details]).toEqual([
      403,
      'AUTH_002',
      { role: 'moderator' },
    ]);
  });

  test('who may not is told so before the body is looked at', async () => {
    expect((await call('POST', '/v1/meetings', { as: null, raw: '{' })).status).toBe(401);
    expect((await call('POST', '/v1/meetings', { as: 'guest', raw: '{' })).status).toBe(403);
  });

  test('X-Org-Id may only repeat the organisation of the key', async () => {
    expect((await call('GET', one, { headers: { 'x-org-id': ORG.toUpperCase() } })).status).toBe(200);
    for (const other of ['0192f0c1-0000-7cc3-9a51-0000000000ff', 'nonsense']) {
      const answer = await call('GET', one, { headers: { 'x-org-id': other } });
      expect([answer.status, answer.json.error_code]).toEqual([404, 'NOT_FOUND_001']);
    }
  });

  test('an attendee reaches the own meeting only; the rest looks as if it were not there', async () => {
    const paths = [one, `${one}/tally`, `${one}/result`, `${one}/ballots`, `/v1/meetings/${MEETING}`];
    for (const path of paths) {
      const outside = await call('GET', path, { as: 'outsider' });
      expect([path, outside.status, outside.json.error_code]).toEqual([path, 404, 'NOT_FOUND_001']);
    }
    expect((await call('GET', one, { as: 'attendee-guest' })).status).toBe(200);
    expect((await call('GET', `/v1/meetings/${MEETING}`, { as: 'attendee-guest' })).status).toBe(200);
    expect((await call('GET', '/v1/elections', { as: 'attendee-guest' })).status).toBe(200);
    const other = await call('GET', `/v1/elections?meeting_id=${ELECTION}`, { as: 'attendee-guest' });
    expect(other.status).toBe(404);
  });

  test('an unpublished result is for the chair', async () => {
    const guest = await call('GET', `${one}/result`, { as: 'attendee-guest' });
    expect([guest.status, guest.json.error_code]).toEqual([409, 'CONFLICT_001']);
  });
});

test('an address where nothing is: a page for people, the shape of all errors for programs', async () => {
  const page = await call('GET', '/nowhere', { as: null, headers: { accept: 'text/html,*/*;q=0.8' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
  expect(page.text).toContain('href="/moderate"');
  expect((await call('GET', '/nowhere', { as: null })).json.error_code).toBe('NOT_FOUND_001');
  const api = await call('GET', '/v1/nowhere', { as: null, headers: { accept: 'text/html' } });
  expect(api.json.error_code).toBe('NOT_FOUND_001');
});

describe('Idempotency-Key', () => {
  const key = { 'idempotency-key': 'k-1' };

  function counting(answers: ReturnType<typeof refuse>[] = []) {
    let created = 0;
    const engine = stubEngine({
      meetings: {
        create: async (_org, { title }) => {
          created += 1;
          return answers[created - 1] ?? accept({ ...meeting, title });
        },
      },
    });
    return { created: () => created, ...httpOver(engine) };
  }

  test('the same request is carried out once and answered alike', async () => {
    const { call, created } = counting();
    const first = await call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key });
    const again = await call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key });
    expect(again).toMatchObject({ status: 201, json: first.json });
    expect([again.headers.get('idempotency-replayed'), created()]).toEqual(['true', 1]);
  });

  test('another body, or another address, under the same key is 409', async () => {
    const { call, created } = counting();
    await call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key });
    const other = await call('POST', '/v1/meetings', { body: { title: 'B' }, headers: key });
    expect([other.status, other.json.error_code, created()]).toEqual([409, 'CONFLICT_001', 1]);
    const body = { credentials: [{ hash: '0'.repeat(64) }] };
    expect((await call('POST', `${one}/credentials`, { body, headers: key })).status).toBe(409);
  });

  test('a repeat while the first is in work is told to come back', async () => {
    const started = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const engine = stubEngine({
      meetings: {
        create: async () => {
          started.resolve();
          await gate.promise;
          return accept(meeting);
        },
      },
    });
    const { call } = httpOver(engine);
    const first = call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key });
    await started.promise;
    const second = await call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key });
    expect([second.status, second.json.error_code, second.json.details.retry_after_ms]).toEqual([429, 'LOAD_002', 100]);
    gate.resolve();
    expect((await first).status).toBe(201);
  });

  test('a passing failure is not kept, a final one is, with the id of the request that asks again', async () => {
    const passing = counting([refuse('database_away', 'Away.')]);
    expect((await passing.call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key })).status).toBe(503);
    expect((await passing.call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key })).status).toBe(201);
    const final = counting([refuse('over_quota', 'Full.')]);
    await final.call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key });
    const headers = { ...key, 'x-request-id': 'second' };
    const again = await final.call('POST', '/v1/meetings', { body: { title: 'A' }, headers });
    expect([again.status, again.json.request_id, final.created()]).toEqual([429, 'second', 1]);
  });

  test('a bug is not kept', async () => {
    let calls = 0;
    const create = async () => {
      calls += 1;
      if (calls === 1) throw new Error('a bug');
      return accept(meeting);
    };
    const { call } = httpOver(stubEngine({ meetings: { create } }));
    expect((await call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key })).status).toBe(500);
    expect((await call('POST', '/v1/meetings', { body: { title: 'A' }, headers: key })).status).toBe(201);
  });

  test('a malformed key is refused', async () => {
    const headers = { 'idempotency-key': 'x'.repeat(129) };
    expect((await call('POST', '/v1/meetings', { body: { title: 'A' }, headers })).status).toBe(422);
  });
});

describe('load and time', () => {
  test('beyond the bound a request is refused at once; health is not', async () => {
    const gate = Promise.withResolvers<void>();
    const get = async () => {
      await gate.promise;
      return accept(election);
    };
    const { call } = httpOver(stubEngine({ elections: { get } }), { requestsInWork: 2 });
    const waiting = [call('GET', one), call('GET', one)];
    const refused = await call('GET', one);
    expect([refused.status, refused.json.error_code, refused.headers.get('retry-after')]).toEqual([
      503,
      'LOAD_001',
      '1',
    ]);
    expect((await call('GET', '/health', { as: null })).status).toBe(200);
    expect((await call('GET', '/ready', { as: null })).status).toBe(200);
    gate.resolve();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a request has its time; its room is free again only when its work ends', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = async () => {
      await gate.promise;
      return accept(election);
    };
    const engine = stubEngine({ elections: { get: slow, close: slow } });
    const { call } = httpOver(engine, { requestTimeoutMs: 20, requestsInWork: 2 });
    expect((await call('GET', one)).json.error_code).toBe('LOAD_003');
    expect((await call('POST', `${one}/close`)).json.error_code).toBe('LOAD_004');
    expect((await call('GET', one)).json.error_code).toBe('LOAD_001');
    gate.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await call('GET', one)).status).toBe(200);
  });

  test('not ready is 503, whatever the reason', async () => {
    const { call } = httpOver(stubEngine({ ready: async () => refuse('conflict', 'Migration 0007 is missing.') }));
    expect(await call('GET', '/ready', { as: null })).toMatchObject({ status: 503, json: { error_code: 'LOAD_003' } });
  });
});

describe('headers', () => {
  test('request ids are echoed where they are plain', async () => {
    const plain = await call('GET', one, { headers: { 'x-request-id': 'r-1.a', 'x-correlation-id': 'c_1' } });
    expect([plain.headers.get('x-request-id'), plain.headers.get('x-correlation-id')]).toEqual(['r-1.a', 'c_1']);
    const odd = await call('GET', one, { headers: { 'x-request-id': '{"x":1}' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const failed = await call('GET', '/v1/nothing', { headers: { 'x-request-id': 'r-2' } });
    expect([failed.headers.get('x-request-id'), failed.json.request_id]).toEqual(['r-2', 'r-2']);
  });

  test('the ETag of an election spares the answer', async () => {
    const first = await call('GET', one);
    const etag = first.headers.get('etag') ?? '';
    for (const held of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await call('GET', one, { headers: { 'if-none-match': held } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await call('GET', one, { headers: { 'if-none-match': '"old"' } })).status).toBe(200);
  });

  test('every answer carries the security headers', async () => {
    for (const path of [one, '/docs', '/v1/nothing', '/health']) {
      const { headers } = await call('GET', path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
    }
  });

  test('secrets are not cached', async () => {
    const ticket = await call('POST', '/v1/socket-tickets');
    const join = await call('POST', '/v1/join', { as: null, body: { code: 'K7Q4', name: 'Ada' } });
    expect([ticket.status, join.status]).toEqual([201, 201]);
    expect([ticket, join].map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store']);
  });

  test('only origins of the list are let in by browsers', async () => {
    const ask = (origin: string) =>
      call('OPTIONS', one, { as: null, headers: { origin, 'access-control-request-method': 'POST' } });
    const known = await ask('https://vote.example');
    expect(known.headers.get('access-control-allow-origin')).toBe('https://vote.example');
    expect(known.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBe(null);
  });

  test('the socket is where the caller can reach it', async () => {
    const { json } = await call('GET', 'http://192.168.1.5:8080/v1/socket', { as: null });
    expect(json).toEqual({ url: 'ws://192.168.1.5:8081', subprotocol: 'psephos.v1' });
  });
});
