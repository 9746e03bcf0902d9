import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type ClientOptions, PsephosClient, type Subscription } from '../../../client/index.ts';
import type { TopicMessage } from '../../../protocol/frames/messages.ts';
import { FakeGateway } from './fake-gateway.ts';

const TOPIC = 'election:0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
const clients: PsephosClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function connect(gateway: FakeGateway, more: Partial<ClientOptions> = {}): Promise<PsephosClient> {
  const client = await PsephosClient.connect({
    wsUrl: 'ws://fake',
    auth: { apiKey: 'psk_x' },
    WebSocket: gateway.WebSocket,
    requestTimeoutMs: 50,
    heartbeatMs: 30,
    backoffMinMs: 1,
    backoffMaxMs: 5,
    ...more,
  });
  clients.push(client);
  return client;
}

const event = (pos: number) => ({ pos, kind: 'election.present', subject: 'x', at: '2026-11-21T18:00:00Z' });
const events = (previous: number, ...positions: number[]) => ({
  topic: TOPIC,
  epoch: 'e',
  previous,
  offset: positions.at(-1) ?? previous,
  data: { events: positions.map(event) },
});
const snapshot = (offset: number) => ({ topic: TOPIC, epoch: 'e', offset, snapshot: true, data: { election: {} } });
const positionsOf = (messages: readonly TopicMessage[]) =>
  messages.flatMap(({ data, offset, snapshot: whole }) =>
    whole
      ? [`snapshot ${offset}`]
      : (data as { events: { pos: number }[] }).events.map(({ pos }): string | number => pos),
  );

test('a half-open connection is noticed and replaced', async () => {
  const gateway = new FakeGateway((_frame, connection) => (connection === 1 ? null : {}));
  const client = await connect(gateway);
  await sleep(250);
  expect(client.connections).toBeGreaterThanOrEqual(2);
  expect(client.isConnected).toBe(true);
});

test('a live connection is kept', async () => {
  const gateway = new FakeGateway(() => ({}));
  const client = await connect(gateway);
  await sleep(200);
  expect(client.connections).toBe(1);
  expect(gateway.frames.filter(({ op }) => op === 'ping').length).toBeGreaterThan(2);
});

test('each connection gets a ticket of its own', async () => {
  const gateway = new FakeGateway(() => ({}));
  let tickets = 0;
  const client = await connect(gateway, {
    auth: {
      ticket: async () => {
        tickets += 1;
        return `ticket ${tickets}`;
      },
    },
  });
  gateway.cut();
  await sleep(50);
  expect(client.isConnected).toBe(true);
  expect(gateway.frames.filter(({ op }) => op === 'hello').map(({ ticket }) => ticket)).toEqual([
    'ticket 1',
    'ticket 2',
  ]);
});

test('nobody there: connect() says so in time', async () => {
  const gateway = new FakeGateway();
  gateway.away = true;
  await expect(connect(gateway, { connectTimeoutMs: 50 })).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

test('messages in order reach the handler; repeated ones do not, and a gap is asked for', async () => {
  const gateway = new FakeGateway(() => ({}));
  const client = await connect(gateway);
  const got: TopicMessage[] = [];
  const subscription: Subscription = await client.subscribe(TOPIC, (message) => got.push(message));
  gateway.publish(snapshot(5));
  gateway.publish(events(5, 7));
  gateway.publish(events(3, 4)); // older than the snapshot
  gateway.publish(events(5, 7, 8)); // partly known
  expect(subscription).toMatchObject({ offset: 8, gaps: 0, snapshots: 1 });
  gateway.publish(events(12, 13)); // 9 to 12 are missing
  expect(subscription.gaps).toBe(1);
  await sleep(10);
  expect(gateway.frames.filter(({ op }) => op === 'subscribe').at(-1)).toMatchObject({ epoch: 'e', offset: 8 });
  gateway.publish(events(8, 11, 13));
  expect(positionsOf(got)).toEqual(['snapshot 5', 7, 8, 11, 13]);
});

test('neither an older snapshot nor the late reply to a subscribe moves what is held', async () => {
  const gateway = new FakeGateway(() => ({}));
  const client = await connect(gateway);
  const got: TopicMessage[] = [];
  const subscription: Subscription = await client.subscribe(TOPIC, (message) => got.push(message));
  gateway.publish(snapshot(5));
  gateway.publish(snapshot(3)); // of a gateway that lags behind
  gateway.publish({ ok: true, topic: TOPIC, epoch: 'e', offset: 9, mode: 'snapshot' });
  expect(subscription.offset).toBe(5);
  gateway.publish(events(5, 7));
  expect(positionsOf(got)).toEqual(['snapshot 5', 7]);
});

test('after a break every topic is asked for from where it stands', async () => {
  const gateway = new FakeGateway(() => ({}));
  const client = await connect(gateway);
  const got: TopicMessage[] = [];
  await client.subscribe(TOPIC, (message) => got.push(message));
  gateway.publish(snapshot(5));
  gateway.cut();
  await sleep(50);
  const asked = gateway.frames.filter(({ op }) => op === 'subscribe').at(-1);
  expect(asked).toMatchObject({ topic: TOPIC, epoch: 'e', offset: 5 });
  gateway.publish(events(5, 6));
  expect(positionsOf(got)).toEqual(['snapshot 5', 6]);
});

test('a refused topic throws its code; a stopped one gets nothing more', async () => {
  const gateway = new FakeGateway(() => ({ error: { code: 'NOT_FOUND_001', message: 'No.' } }));
  const client = await connect(gateway);
  await expect(client.subscribe(TOPIC, () => {})).rejects.toMatchObject({ code: 'NOT_FOUND_001' });
  gateway.answer = () => ({});
  const got: TopicMessage[] = [];
  const subscription = await client.subscribe(TOPIC, (message) => got.push(message));
  subscription.stop();
  gateway.publish(snapshot(9));
  expect(got).toEqual([]);
  expect(gateway.frames.at(-1)).toMatchObject({ op: 'unsubscribe', topic: TOPIC });
});

test('access that has ended is asked for again: with a good secret all goes on', async () => {
  const gateway = new FakeGateway(() => ({}));
  const client = await connect(gateway);
  gateway.cut(1008, 'access ended');
  await sleep(50);
  expect(client.connections).toBe(2);
  expect(client.isConnected).toBe(true);
});

test('a revoked key is refused once and not tried again', async () => {
  const gateway = new FakeGateway(() => ({}));
  const client = await connect(gateway);
  gateway.refuseHello = { error: { code: 'AUTH_001', message: 'This API key has been revoked.' } };
  gateway.cut(1008, 'access ended');
  await sleep(100);
  expect(client.isConnected).toBe(false);
  expect(gateway.connections).toBe(2);
  expect(await client.cast('e', {})).toMatchObject({ ok: false, code: 'AUTH_001' });
});

test('a gateway that lets in and throws out is not tried for ever', async () => {
  const gateway = new FakeGateway(() => ({}));
  const client = await connect(gateway);
  for (let round = 0; round < 10; round += 1) {
    gateway.cut(1008, 'access ended');
    await sleep(20);
  }
  expect(gateway.connections).toBe(3);
  expect(client.isConnected).toBe(false);
});
