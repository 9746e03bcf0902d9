import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { WebSocket as WsSocket } from 'ws';
import { type ClientOptions, PsephosClient, PsephosHttp, type SocketConstructor } from '../../client/index.ts';
import { createEngine } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { type Gateway, startGateway } from '../../gateway/main.ts';
import type { TopicMessage } from '../../protocol/frames/messages.ts';
import type { TallyView } from '../../protocol/tally.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const lines: string[] = [];
const logger = createLogger({
  level: 'trace',
  destination: new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  }),
});

/** What tests open, ended after the file: hooks that are registered inside a test are not run. */
const ends: (() => unknown)[] = [];
const bugs: unknown[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  expect(bugs).toEqual([]);
});

async function start(): Promise<Gateway> {
  const engine = await createEngine({ url: database.ownerUrl, report: (error) => bugs.push(error) });
  const settings = { host: '127.0.0.1', port: 0, socketPort: 0, origins: [] };
  const gateway = await startGateway(settings, { engine, logger });
  ends.push(() => gateway.drain());
  return gateway;
}

const engine = await openEngine(database);
const orgId = await newOrganisation(engine);
const apiKey = accepted(await engine.apiKeys.create(orgId, { name: 'test', roles: ['moderator'] })).secret;
const gateway = await start();
const httpUrl = `http://127.0.0.1:${gateway.port}`;
const http = new PsephosHttp({ baseUrl: httpUrl, secret: apiKey });

/** A way to a port that can be cut: every connection ends at once, without a word. */
async function cuttable(to: () => number): Promise<{ url: string; cut(): void }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const further = connect(to(), '127.0.0.1');
    for (const end of [socket, further]) {
      open.add(end);
      end.on('error', () => {});
      end.on('close', () => open.delete(end));
    }
    socket.pipe(further).pipe(socket);
    socket.on('close', () => further.destroy());
    further.on('close', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const end of [...open]) end.resetAndDestroy();
  };
  ends.push(() => {
    cut();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as { port: number }).port}`, cut };
}

async function client(options: Partial<ClientOptions>): Promise<PsephosClient> {
  const made = await PsephosClient.connect({ auth: { apiKey }, backoffMinMs: 10, backoffMaxMs: 50, ...options });
  ends.push(() => made.close());
  return made;
}

async function openElection(tokens: readonly string[]): Promise<string> {
  const { election_id: id } = await http.createElection({
    title: 'A motion',
    method: { method: 'motion', settings: {} },
  });
  const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
  await http.issueCredentials(
    id,
    tokens.map((token) => ({ hash: hashOf(token) })),
  );
  await http.open(id);
  return id;
}

const newTokens = (count: number) => Array.from({ length: count }, () => `vt_${randomBytes(16).toString('base64url')}`);

test.each([
  ['the WebSocket of Node', {}],
  ['the package ws', { WebSocket: WsSocket as unknown as SocketConstructor }],
])('votes, watches, closes and counts with %s', async (_name, more) => {
  const tokens = newTokens(5);
  const election = await openElection(tokens);
  const voter = await client({ httpUrl, ...more });
  expect(voter.hello.org_id).toBe(orgId);
  const tallies: TallyView[] = [];
  await voter.subscribe(`tally:${election}`, ({ data }) => tallies.push(data as TallyView));
  for (const credential of tokens)
    expect((await voter.cast(election, { choice: 'yes' }, { credential })).ok).toBe(true);
  expect(await voter.cast(election, { choice: 'no' }, { credential: tokens[0] as string })).toMatchObject({
    ok: false,
    code: 'BALLOT_002',
  });
  expect((await http.close(election)).state).toBe('closed');
  await expect.poll(() => tallies.at(-1)).toMatchObject({ final: true, counted: 5 });
  expect(await http.recount(election)).toMatchObject({ ballots: 5, equals_tally: true });
  expect((await http.result(election)).ruling.outcome).toBe('carried');
  voter.close();
});

test('an attendee joins by code, gets tickets by itself, and votes by right of attending', async () => {
  const meeting = await http.createMeeting('Assembly');
  const { election_id: election } = await http.createElection({
    title: 'A motion',
    method: { method: 'motion', settings: {} },
    meeting_id: meeting.meeting_id,
    roll: 'meeting',
  });
  await http.open(election);
  const joined = await new PsephosHttp({ baseUrl: httpUrl }).join(meeting.join_code, 'Ada');
  const ada = await client({ httpUrl, auth: { sessionToken: joined.session_token } });
  expect(ada.hello.meeting_id).toBe(meeting.meeting_id);
  expect((await ada.cast(election, { choice: 'yes' })).ok).toBe(true);
  ada.close();
});

test('connections are cut and the gateway restarts while 300 vote: each ballot once, the watcher without a gap', async () => {
  let now = await start();
  const way = await cuttable(() => now.socketPort);
  const tokens = newTokens(300);
  const election = await openElection(tokens);
  const voters = await Promise.all(Array.from({ length: 6 }, () => client({ wsUrl: way.url })));
  const watcher = await client({ wsUrl: way.url });
  const seen: TopicMessage[] = [];
  const subscription = await watcher.subscribe(`tally:${election}`, (message) => seen.push(message));
  const results = tokens.map(async (credential, i) => {
    await sleep(i * 5);
    const voter = voters[i % voters.length] as PsephosClient;
    return voter.cast(election, { choice: 'yes' }, { credential });
  });
  for (let i = 0; i < 6; i += 1) {
    await sleep(150);
    way.cut();
  }
  const before = now;
  now = await start();
  await before.drain();
  const told = await Promise.all(results);
  expect(told.filter(({ ok }) => !ok)).toEqual([]);
  expect(new Set(told.map((result) => result.ok && result.trackingCode)).size).toBe(300);
  expect((await http.participation(election)).voted).toBe(300);
  await http.close(election);
  await expect.poll(() => (seen.at(-1)?.data as TallyView | undefined)?.counted, { timeout: 5_000 }).toBe(300);
  expect(subscription.gaps).toBe(0);
  expect(watcher.connections).toBeGreaterThan(2);
  seen.forEach((message, i) => {
    if (message.snapshot !== true) expect(message.previous).toBeLessThanOrEqual(seen[i - 1]?.offset ?? -1);
  });
  for (const each of [...voters, watcher]) each.close();
});

test('a wrong key is told at once', async () => {
  await expect(client({ httpUrl, auth: { apiKey: 'psk_wrong' } })).rejects.toMatchObject({ code: 'AUTH_001' });
});

test('no log line holds a key, token, cast key or ballot', async () => {
  const [token = ''] = newTokens(1);
  const election = await openElection([token]);
  const voter = await client({ httpUrl });
  const castKey = randomBytes(16).toString('hex');
  await voter.cast(election, { choice: 'yes' }, { credential: token, castKey });
  await voter.cast(election, { choice: 'perhaps' }, { credential: token });
  voter.close();
  await sleep(100);
  const log = lines.join('');
  expect(log).toContain('socket hello');
  for (const secret of [apiKey, token, castKey, 'perhaps', 'pkt_', 'pst_']) expect(log).not.toContain(secret);
});
