import { afterEach, expect, test } from 'vitest';
import { type ClientOptions, newCastKey, PsephosClient } from '../../../client/index.ts';
import { FakeGateway } from './fake-gateway.ts';

const ELECTION = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
const accepted = { tracking_code: 'f'.repeat(32) };
const refused = (code: string, more: object = {}) => ({ error: { code, message: 'No.', ...more } });
const clients: PsephosClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function connect(gateway: FakeGateway, more: Partial<ClientOptions> = {}): Promise<PsephosClient> {
  const client = await PsephosClient.connect({
    wsUrl: 'ws://fake',
    auth: { apiKey: 'psk_x' },
    WebSocket: gateway.WebSocket,
    requestTimeoutMs: 100,
    backoffMinMs: 5,
    backoffMaxMs: 20,
    ...more,
  });
  clients.push(client);
  return client;
}

test('a cast key is 32 hexadecimal digits, each time others', () => {
  const keys = Array.from({ length: 100 }, newCastKey);
  expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
  expect(new Set(keys).size).toBe(100);
});

test('an accepted ballot gives its tracking code', async () => {
  const gateway = new FakeGateway(() => accepted);
  const result = await (await connect(gateway)).cast(ELECTION, { choice: 'yes' }, { credential: 'a"b' });
  expect(result).toMatchObject({ ok: true, trackingCode: 'f'.repeat(32), attempts: 1 });
  expect(gateway.castsOf()[0]).toMatchObject({ election: ELECTION, ballot: { choice: 'yes' }, credential: 'a"b' });
});

test('a busy credential is tried again twice with the same cast key, then given up', async () => {
  const gateway = new FakeGateway(() => refused('BALLOT_001', { retry_after_ms: 1 }));
  const result = await (await connect(gateway)).cast(ELECTION, {});
  expect(result).toMatchObject({ ok: false, code: 'BALLOT_001', unknown: false, attempts: 3 });
  expect(new Set(gateway.castsOf().map(({ cast_key: key }) => key)).size).toBe(1);
});

test.each(['BALLOT_002', 'BALLOT_004', 'BALLOT_005', 'NOT_FOUND_001', 'VALIDATION_001', 'INTERNAL_001', 'QUOTA_001'])(
  '%s is final',
  async (code) => {
    const gateway = new FakeGateway(() => refused(code));
    const result = await (await connect(gateway)).cast(ELECTION, {});
    expect(result).toMatchObject({ ok: false, code, unknown: false, attempts: 1 });
  },
);

test('a queued ballot is asked after, by the same cast, until it is in', async () => {
  let asked = 0;
  const gateway = new FakeGateway(() => {
    asked += 1;
    return asked < 3 ? { queued: 'a'.repeat(32) } : accepted;
  });
  const told: string[] = [];
  const result = await (await connect(gateway)).cast(ELECTION, {}, { onQueued: (id) => told.push(id) });
  expect(result).toMatchObject({ ok: true, trackingCode: 'f'.repeat(32), attempts: 3 });
  expect(told).toEqual(['a'.repeat(32)]);
  expect(new Set(gateway.castsOf().map(({ cast_key: key }) => key)).size).toBe(1);
});

test('a ballot that is still queued when time is up is neither cast nor refused', async () => {
  const gateway = new FakeGateway(() => ({ queued: 'a'.repeat(32) }));
  const result = await (await connect(gateway)).cast(ELECTION, {}, { deadlineMs: 300 });
  expect(result).toMatchObject({ ok: false, code: 'LOAD_004', unknown: true, queued: 'a'.repeat(32) });
});

test('an answer of a later attempt counts', async () => {
  let asked = 0;
  const gateway = new FakeGateway(() => {
    asked += 1;
    return asked < 3 ? refused('LOAD_001') : accepted;
  });
  expect(await (await connect(gateway)).cast(ELECTION, {})).toMatchObject({ ok: true, attempts: 3 });
});

test('a ballot whose connection broke goes out again on the next one, with the same cast key', async () => {
  const gateway = new FakeGateway((_frame, connection) => (connection < 4 ? 'cut' : accepted));
  const client = await connect(gateway);
  expect(await client.cast(ELECTION, {})).toMatchObject({ ok: true, attempts: 4 });
  expect(new Set(gateway.castsOf().map(({ cast_key: key }) => key)).size).toBe(1);
  expect(client.connections).toBe(4);
});

test('without an answer by the deadline the fate is unknown, and a later cast can learn it', async () => {
  const gateway = new FakeGateway(() => null);
  const client = await connect(gateway);
  const result = await client.cast(ELECTION, {}, { deadlineMs: 250 });
  expect(result).toMatchObject({ ok: false, code: 'LOAD_004', unknown: true });
  gateway.answer = () => accepted;
  const again = await client.cast(ELECTION, {}, { castKey: result.castKey });
  expect(again.ok).toBe(true);
  expect(new Set(gateway.castsOf().map(({ cast_key: key }) => key)).size).toBe(1);
});

test('load after a lost answer leaves the fate unknown; a final refusal settles it', async () => {
  let asked = 0;
  const gateway = new FakeGateway(() => {
    asked += 1;
    return asked === 1 ? 'cut' : refused('LOAD_003', { retry_after_ms: 1 });
  });
  const client = await connect(gateway);
  expect(await client.cast(ELECTION, {})).toMatchObject({ code: 'LOAD_004', unknown: true });
  asked = 0;
  gateway.answer = () => {
    asked += 1;
    return asked === 1 ? 'cut' : refused('BALLOT_004');
  };
  expect(await client.cast(ELECTION, {})).toMatchObject({ code: 'BALLOT_004', unknown: false });
});

test('nothing sent at all is told apart', async () => {
  const gateway = new FakeGateway(() => accepted);
  const client = await connect(gateway);
  gateway.away = true;
  gateway.cut();
  const result = await client.cast(ELECTION, {}, { deadlineMs: 100 });
  expect(result).toMatchObject({ ok: false, code: 'UNREACHABLE', unknown: false, attempts: 0 });
});

test('after close() nothing is sent and nobody waits', async () => {
  const client = await connect(new FakeGateway(() => accepted));
  client.close();
  expect(await client.cast(ELECTION, {})).toMatchObject({ ok: false, code: 'UNREACHABLE', attempts: 0 });
});

test('without a socket a ballot goes over HTTP', async () => {
  const gateway = new FakeGateway(() => accepted);
  const requests: { url: string; body: unknown }[] = [];
  const client = await connect(gateway, {
    httpUrl: 'http://fake',
    fetch: (async (url: string, init: RequestInit) => {
      requests.push({ url, body: JSON.parse(String(init.body)) });
      return Response.json({ tracking_code: 'e'.repeat(32) }, { status: 201 });
    }) as unknown as typeof fetch,
  });
  gateway.away = true;
  gateway.cut();
  const result = await client.cast(ELECTION, { choice: 'no' }, { credential: 'token' });
  expect(result).toMatchObject({ ok: true, trackingCode: 'e'.repeat(32) });
  expect(requests).toEqual([
    {
      url: `http://fake/v1/elections/${ELECTION}/ballots`,
      body: { ballot: { choice: 'no' }, cast_key: result.castKey, credential: 'token' },
    },
  ]);
});
