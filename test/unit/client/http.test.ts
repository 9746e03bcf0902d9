import { expect, test } from 'vitest';
import { PsephosHttp } from '../../../client/index.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly authorization: string | null;
}

/** Gives the answers in order, the last one again and again; null breaks the connection. */
function http(...answers: (readonly [status: number, body: object] | null)[]) {
  const asked: Asked[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    const { pathname, search } = new URL(url);
    asked.push({
      method: init.method ?? '',
      path: pathname + search,
      key: headers.get('idempotency-key'),
      authorization: headers.get('authorization'),
    });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer === null || answer === undefined) throw new TypeError('broken');
    return Response.json(answer[1], { status: answer[0] });
  };
  const client = new PsephosHttp({
    baseUrl: 'http://fake/',
    secret: 's',
    fetch: fetch as unknown as typeof globalThis.fetch,
  });
  return { client, asked };
}

const error = (code: string, details: object = { retry_after_ms: 1 }) => ({
  error_code: code,
  message: 'No.',
  details,
  timestamp: '',
  request_id: 'r',
});

test('creates with one Idempotency-Key over all attempts', async () => {
  const { client, asked } = http([503, error('LOAD_003')], null, [201, { meeting_id: 'm' }]);
  expect(await client.createMeeting('Assembly')).toEqual({ meeting_id: 'm' });
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  expect(asked[0]).toMatchObject({ key: expect.any(String), authorization: 'Bearer s', path: '/v1/meetings' });
});

test('retries twice, then tells', async () => {
  const { client, asked } = http([429, error('LOAD_002')]);
  await expect(client.election('e')).rejects.toMatchObject({ code: 'LOAD_002', status: 429, requestId: 'r' });
  expect(asked).toHaveLength(3);
});

test.each([
  [404, 'NOT_FOUND_001'],
  [422, 'VALIDATION_001'],
  [409, 'CONFLICT_001'],
  [429, 'QUOTA_001'],
  [401, 'AUTH_001'],
] as const)('%i %s is final', async (status, code) => {
  const { client, asked } = http([status, error(code)]);
  await expect(client.election('e')).rejects.toMatchObject({ code, status });
  expect(asked).toHaveLength(1);
});

test('a close whose answer was lost and that finds itself done is a success', async () => {
  const { client, asked } = http(null, [409, error('BALLOT_004', { state: 'closed' })], [200, { state: 'closed' }]);
  expect(await client.close('e')).toEqual({ state: 'closed' });
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/elections/e/close',
    'POST /v1/elections/e/close',
    'GET /v1/elections/e',
  ]);
});

test('a close of an election that somebody else closed is a refusal', async () => {
  const { client } = http([409, error('BALLOT_004', { state: 'closed' })]);
  await expect(client.close('e')).rejects.toMatchObject({ code: 'BALLOT_004' });
});

test('many credentials go in parts of 20,000', async () => {
  const { client, asked } = http([200, { issued: 2, repeated: 1 }]);
  const credentials = Array.from({ length: 40_001 }, () => ({ hash: 'a'.repeat(64) }));
  expect(await client.issueCredentials('e', credentials)).toEqual({ issued: 6, repeated: 3 });
  expect(new Set(asked.map(({ key }) => key)).size).toBe(3);
});

test('what is no answer of ours still has a code and a status', async () => {
  const fetch = async () => new Response('<html>bad gateway</html>', { status: 502 });
  const client = new PsephosHttp({ baseUrl: 'http://fake', fetch: fetch as unknown as typeof globalThis.fetch });
  await expect(client.ready()).rejects.toMatchObject({ code: 'LOAD_004', status: 502 });
});
