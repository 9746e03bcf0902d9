import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { PsephosHttp } from '../../client/index.ts';
import { newVotingTokens, PsephosService } from '../../client/service.ts';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { MOTION_OPTIONS } from '../../protocol/methods/motion.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const logger = createLogger({ level: 'silent' });
const superuser = connectAs(database.ownerUrl, null);
const gateway = await startGateway({ host: '127.0.0.1', port: 0, socketPort: 0, origins: [] }, { engine, logger });
afterAll(async () => {
  await gateway.drain();
  await superuser.end();
});
const baseUrl = `http://127.0.0.1:${gateway.port}`;
const orgId = await newOrganisation(engine);
const key = accepted(await engine.apiKeys.create(orgId, { name: 'members', roles: ['moderator'] }));
const service = new PsephosService({ baseUrl, key: { secret: key.secret } });

const motion = { title: 'Motion', method: { method: 'motion' as const, settings: {} }, options: MOTION_OPTIONS };
const election = async () => accepted(await engine.elections.create(orgId, motion, 'test')).electionId;
const members = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ reference: `member ${i}`, weight: '1.5' }));

describe('against a real gateway', () => {
  test('members service and voting service: tokens out, hashes over, ballots in, result back', async () => {
    const electionId = await election();
    const tokens = newVotingTokens(members(3));
    expect(await service.issue(electionId, tokens)).toEqual({ issued: 3, repeated: 0 });
    expect(await service.issue(electionId, tokens)).toEqual({ issued: 0, repeated: 3 });
    expect((await service.election(electionId)).state).toBe('draft');
    accepted(await engine.elections.open(orgId, electionId, 'test'));
    // the holder of a token needs nothing else
    const voter = new PsephosHttp({ baseUrl, secret: key.secret });
    const cast = { ballot: { choice: 'yes' }, cast_key: '0'.repeat(32), credential: tokens[0]?.token as string };
    await voter.castOnce(electionId, cast, 5_000);
    expect(await service.participation(electionId)).toMatchObject({ roll: 3, voted: 1, roll_weight: '4.5' });
    accepted(await engine.elections.close(orgId, electionId, 'test'));
    accepted(await engine.elections.publish(orgId, electionId, 'test'));
    expect(JSON.stringify(await service.result(electionId))).toContain('1.5');
    expect((await service.election(electionId)).state).toBe('published');
  });

  test('nothing of a member and no token crosses over, and the order of the roll is not the order of the members', async () => {
    const bodies: string[] = [];
    const relay = await startToxic(async (request, answer) => {
      bodies.push(request.body);
      answer(200, { issued: 0, repeated: 0 });
    });
    const tokens = newVotingTokens(members(12_000));
    await new PsephosService({ baseUrl: relay.url, key: { secret: 'psk_x' } }).issue('e', tokens);
    expect(bodies).toHaveLength(3);
    const sent = bodies.flatMap((body) => JSON.parse(body).credentials as { hash: string }[]);
    expect(sent).toHaveLength(12_000);
    expect(sent.map(({ hash }) => hash)).toEqual(sent.map(({ hash }) => hash).sort());
    expect(Object.keys(sent[0] ?? {}).sort()).toEqual(['hash', 'weight']);
    for (const { token } of tokens.slice(0, 100)) expect(bodies.join()).not.toContain(token);
    expect(bodies.join()).not.toContain('member');
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(12_000);
  });

  test('20,000 tokens are on the roll within the time that each attempt has', async () => {
    const electionId = await election();
    expect(await service.issue(electionId, newVotingTokens(members(20_000)))).toEqual({ issued: 20_000, repeated: 0 });
  });

  test('signed requests: the secret never leaves, and each signature is good once', async () => {
    const signed = accepted(await engine.apiKeys.create(orgId, { name: 'signed', roles: ['moderator'], signed: true }));
    const signing = new PsephosService({
      baseUrl,
      key: { keyId: signed.keyId, signingSecret: signed.signingSecret },
    });
    const electionId = await election();
    expect(await signing.issue(electionId, newVotingTokens(members(2)))).toEqual({ issued: 2, repeated: 0 });
    expect((await Promise.all([1, 2, 3, 4].map(() => signing.election(electionId)))).length).toBe(4);
    const wrong = new PsephosService({ baseUrl, key: { keyId: signed.keyId, signingSecret: 'pss_wrong' } });
    await expect(wrong.election(electionId)).rejects.toMatchObject({ code: 'AUTH_001', status: 401 });
  });

  test('refusals come at once, with their code', async () => {
    const electionId = await election();
    accepted(await engine.elections.open(orgId, electionId, 'test'));
    accepted(await engine.elections.close(orgId, electionId, 'test'));
    await expect(service.issue(electionId, newVotingTokens(members(1)))).rejects.toMatchObject({ status: 409 });
    await expect(service.election('0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10')).rejects.toMatchObject({
      code: 'NOT_FOUND_001',
    });
  });
});

interface Asked {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
type Toxin = (request: Asked, answer: (status: number, body: unknown) => void) => unknown;

const toxic: Server[] = [];
afterEach(() => {
  for (const server of toxic.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that misbehaves as the test says, or hands on to the real gateway. */
async function startToxic(toxin: Toxin, port = 0) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const entry = { body: Buffer.concat(parts).toString(), headers: request.headers };
      asked.push(entry);
      toxin(entry, (status, body) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
  });
  toxic.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return { url: `http://127.0.0.1:${bound}`, port: bound, asked };
}

const refusal = (error_code: string) => ({ error_code, message: 'no', details: {}, timestamp: '', request_id: 'r' });
const calling = (url: string, timeoutMs?: number) =>
  new PsephosService({ baseUrl: url, key: { secret: 'psk_x' }, ...(timeoutMs === undefined ? {} : { timeoutMs }) });

describe('against a service that misbehaves', () => {
  test('503 and 429 are repeated twice, 25 to 100 ms apart, with one Idempotency-Key', async () => {
    let answers = [refusal('LOAD_001'), refusal('LOAD_002')];
    const relay = await startToxic((_request, answer) => {
      const [next, ...rest] = answers;
      answers = rest;
      if (next === undefined) answer(200, { issued: 1, repeated: 0 });
      else answer(next.error_code === 'LOAD_001' ? 503 : 429, next);
    });
    const before = performance.now();
    expect(await calling(relay.url).issue('e', newVotingTokens(members(1)))).toEqual({ issued: 1, repeated: 0 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(50);
    expect(relay.asked).toHaveLength(3);
    expect(new Set(relay.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(new Set(relay.asked.map(({ body }) => body)).size).toBe(1);
  });

  test.each([
    [503, 'LOAD_003', 3],
    [423, 'BALLOT_001', 3],
    [429, 'QUOTA_001', 1],
    [409, 'CONFLICT_001', 1],
    [404, 'NOT_FOUND_001', 1],
    [401, 'AUTH_001', 1],
  ])('%i %s: asked %i times, then told', async (status, code, times) => {
    const relay = await startToxic((_request, answer) => answer(status, refusal(code)));
    await expect(calling(relay.url).election('e')).rejects.toMatchObject({ code, status });
    expect(relay.asked).toHaveLength(times);
  });

  test('a slow one is given 1,200 ms and not asked again at once', async () => {
    const relay = await startToxic(() => {});
    const before = performance.now();
    await expect(calling(relay.url).election('e')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('no answer in 1200 ms'),
    });
    const took = performance.now() - before;
    expect(took).toBeGreaterThanOrEqual(1_190);
    expect(took).toBeLessThan(1_900);
    expect(relay.asked).toHaveLength(1);
  });

  test('a dead one: after five failures nobody asks for 2 s, then one attempt decides', async () => {
    const relay = await startToxic(() => {});
    for (const server of toxic.splice(0)) server.close();
    await sleep(20);
    const caller = calling(relay.url);
    const failures: string[] = [];
    const ask = () =>
      caller.election('e').then(
        () => 'ok',
        (error: Error & { details: { reason?: string } }) => error.details.reason ?? 'failed',
      );
    for (let i = 0; i < 7; i += 1) failures.push(await ask());
    expect(failures).toEqual([...Array.from({ length: 5 }, () => 'failed'), 'circuit_open', 'circuit_open']);
    const openedMs = performance.now();
    const alive = await startToxic((_request, answer) => answer(200, { state: 'open' }), relay.port);
    expect(await ask()).toBe('circuit_open');
    expect(alive.asked).toHaveLength(0);
    await sleep(2_050 - (performance.now() - openedMs));
    expect(await ask()).toBe('ok');
    expect(await ask()).toBe('ok');
    expect(alive.asked).toHaveLength(2);
  });

  test('a redirect is an error: the key does not follow it', async () => {
    const thief = await startToxic((_request, answer) => answer(200, {}));
    const relay = createServer((_request, response) => response.writeHead(302, { location: thief.url }).end());
    toxic.push(relay);
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
    await expect(calling(url).election('e')).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(thief.asked).toHaveLength(0);
  });
});
