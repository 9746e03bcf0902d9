import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLogger } from '../../gateway/logging.ts';
import { type Gateway, startGateway } from '../../gateway/main.ts';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { RawSocket } from './raw-socket.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const [direct, proxied] = [await gateway(), await gateway('127.0.0.0/8')];
const gateways = [direct, proxied];
afterAll(() => Promise.all(gateways.map((each) => each.drain())));

const opened: RawSocket[] = [];
afterEach(async () => {
  for (const socket of opened.splice(0)) {
    socket.close();
    await socket.untilClosed();
  }
});

async function gateway(trustedProxies?: string): Promise<Gateway> {
  const settings = { host: '127.0.0.1', port: 0, socketPort: 0, origins: [], trustedProxies };
  const socketLimits = { connectionsMax: 5, connectionsPerAddressMax: 3 };
  const parts = { engine: await openEngine(database), logger: createLogger({ level: 'silent' }) };
  return startGateway({ ...settings, socketLimits }, parts);
}

/** 101, or the status that the upgrade was refused with. */
async function connect({ socketPort }: Gateway, from?: string): Promise<number> {
  const headers = from === undefined ? {} : { 'x-forwarded-for': from };
  const refused = new Promise<number>((resolve) => {
    const probe = new WebSocket(`ws://127.0.0.1:${socketPort}`, SUBPROTOCOL, { headers });
    probe.on('error', () => {});
    probe.on('unexpected-response', (_request, response) => {
      expect(response.headers['retry-after']).toBe('2');
      resolve(response.statusCode ?? 0);
    });
    probe.on('open', () => {
      probe.terminate();
      probe.on('close', () => resolve(101));
    });
  });
  const status = await refused;
  if (status !== 101) return status;
  opened.push(await RawSocket.open(socketPort, { headers }));
  return 101;
}

test('an address has as many sockets as it may, and gets a place again when one is closed', async () => {
  for (let i = 0; i < 3; i += 1) expect(await connect(direct)).toBe(101);
  expect(await connect(direct)).toBe(429);
  const [first] = opened.splice(0, 1);
  first?.close();
  await first?.untilClosed();
  expect(await connect(direct)).toBe(101);
});

test('without a trusted proxy nobody makes himself another by X-Forwarded-For', async () => {
  for (let i = 0; i < 3; i += 1) expect(await connect(direct, `192.0.2.${i}`)).toBe(101);
  expect(await connect(direct, '192.0.2.77')).toBe(429);
});

test('behind a trusted one each address has its own, up to what the gateway holds', async () => {
  for (const from of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])
    expect(await connect(proxied, from)).toBe(101);
  expect(await connect(proxied, '192.0.2.1')).toBe(429);
  expect(await connect(proxied, '203.0.113.9, 192.0.2.1')).toBe(429); // the first is what the caller wrote
  expect(await connect(proxied, '192.0.2.3')).toBe(101);
  expect(await connect(proxied, '192.0.2.4')).toBe(503);
});

test('join codes are guessed 300 times from one address, then 20 times a second, whatever it calls itself', async () => {
  const orgId = await newOrganisation(engine);
  const guess = async ({ port }: Gateway, i: number, code = `WRONG${i}`) => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.${i >> 8}.${i & 255}` },
      body: JSON.stringify({ code, name: 'Eve' }),
    });
    return { status: answer.status, retryAfter: Number(answer.headers.get('retry-after')) };
  };
  const startedMs = performance.now();
  const statuses: number[] = [];
  for (let from = 0; from < 450; from += 25) {
    const answers = await Promise.all(Array.from({ length: 25 }, (_, i) => guess(direct, from + i)));
    statuses.push(...answers.map(({ status }) => status));
  }
  expect(statuses.filter((status) => status === 404).length).toBeGreaterThanOrEqual(300);
  const seconds = Math.floor((performance.now() - startedMs) / 1_000) + 1;
  expect(statuses.filter((status) => status === 404).length).toBeLessThan(330 + 20 * seconds);
  expect(statuses).toContain(429);
  const { joinCode } = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  let late = await guess(direct, 999, joinCode);
  for (; late.status === 429; late = await guess(direct, 999, joinCode)) {
    expect(late.retryAfter).toBeLessThanOrEqual(2);
    await sleep(200);
  }
  expect(late.status).toBe(201); // who has the code gets in, from the same address
  expect((await guess(proxied, 999, joinCode)).status).toBe(201); // somebody else, says the proxy that is trusted
});
