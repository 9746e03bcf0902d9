import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Engine, Identity } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import type { SocketLimits } from '../../gateway/socket/limits.ts';
import { createSocketServer, type SocketServer } from '../../gateway/socket/server.ts';
import { socketOperations, topicMessages } from '../../protocol/frames.ts';
import {
  accepted,
  issueTo,
  newElection,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { identified } from '../harness/two-organisations.ts';
import { RawSocket } from './raw-socket.ts';

const ORIGIN = 'https://vote.example';
const servers: SocketServer[] = [];
const database = await freshDatabase();
const engine = await openEngine(database);
const { port } = await gateway(engine);
const orgId = await newOrganisation(engine);
const apiKey = await keyOf(orgId);
const opened: RawSocket[] = [];

afterAll(() => Promise.all(servers.map((server) => server.drain())));

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

async function gateway(
  on: Engine,
  limits: Partial<SocketLimits> = {},
): Promise<{ server: SocketServer; port: number }> {
  const server = createSocketServer({
    engine: on,
    logger: createLogger({ level: 'silent' }),
    origins: [ORIGIN],
    limits,
  });
  servers.push(server);
  return { server, ...(await server.listen('127.0.0.1', 0)) };
}

async function keyOf(org: string): Promise<string> {
  return accepted(await engine.apiKeys.create(org, { name: 'test', roles: ['moderator'] })).secret;
}

async function known(at = port, secret: { api_key: string } | { ticket: string } = { api_key: apiKey }) {
  const socket = await RawSocket.as(at, secret);
  opened.push(socket);
  return socket;
}

async function unknown(at = port) {
  const socket = await RawSocket.open(at);
  opened.push(socket);
  return socket;
}

async function attendee(org: string, meetingId: string): Promise<Identity> {
  const meeting = accepted(await engine.meetings.get(org, meetingId));
  const joined = accepted(await engine.meetings.join(meeting.joinCode, { name: 'Ada' }));
  return identified(await engine.accounts.authenticate(joined.sessionToken));
}

async function ticketOf(identity: Identity): Promise<string> {
  return accepted(await engine.accounts.issueSocketTicket(identity)).ticket;
}

function castFrame(
  id: number,
  electionId: string,
  token: string,
  choice = 'yes',
  key = randomBytes(16).toString('hex'),
) {
  return { id, op: 'cast', election: electionId, credential: token, ballot: { choice }, cast_key: key };
}

test('upgrades only with the subprotocol and an allowed origin; all else is answered 426', async () => {
  const attempt = (protocols: string[], origin?: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, protocols, origin === undefined ? {} : { origin });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => {});
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
    });
  expect(await attempt(['psephos.v1'])).toBe(101);
  expect(await attempt(['other', 'psephos.v1'], ORIGIN)).toBe(101);
  expect(await attempt(['psephos.v1'], 'https://evil.example')).toBe(426);
  expect(await attempt(['psephos.v1'], 'null')).toBe(426);
  expect(await attempt(['psephos.v2'])).toBe(426);
  expect(await attempt([])).toBe(426);
  for (const method of ['GET', 'POST', 'DELETE']) {
    expect((await fetch(`http://127.0.0.1:${port}/v1/elections`, { method })).status).toBe(426);
  }
});

test('a used port is refused with words', async () => {
  const other = createSocketServer({ engine, logger: createLogger({ level: 'silent' }), origins: [] });
  await expect(other.listen('127.0.0.1', port)).rejects.toThrow(`port ${port}`);
  await other.drain();
});

test('hello by API key, and by a ticket that works once', async () => {
  const byKey = await unknown();
  const reply = await byKey.ask({ id: 1, op: 'hello', api_key: apiKey });
  expect(reply).toMatchObject({ id: 1, ok: true, org_id: orgId, roles: ['moderator'], meeting_id: null });
  expect(socketOperations.hello.reply.safeParse(reply).error).toBeUndefined();
  expect((await byKey.ask({ id: 2, op: 'hello', api_key: apiKey })).error.code).toBe('CONFLICT_001');

  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  const ticket = await ticketOf(await attendee(orgId, meeting.meetingId));
  const byTicket = await unknown();
  expect(await byTicket.ask({ id: 'a', op: 'hello', ticket })).toMatchObject({
    ok: true,
    meeting_id: meeting.meetingId,
  });
  const again = await unknown();
  expect((await again.ask({ id: 'b', op: 'hello', ticket })).error).toMatchObject({ code: 'AUTH_001' });
  expect(await again.untilClosed()).toBe(1008);
});

test('a wrong key, no hello first, and silence end the connection', async () => {
  const wrong = await unknown();
  expect((await wrong.ask({ id: 1, op: 'hello', api_key: 'psk_wrong' })).error.details.reason).toBe('unknown');
  expect(await wrong.untilClosed()).toBe(1008);
  const rude = await unknown();
  expect((await rude.ask({ id: 1, op: 'ping' })).error.details.reason).toBe('missing');
  expect(await rude.untilClosed()).toBe(1008);
  const { port: impatient } = await gateway(engine, { helloMs: 300 });
  expect(await (await unknown(impatient)).untilClosed()).toBe(1008);
});

test('casts: accepted, the same again, another ballot, unknown credential, not open, closed', async () => {
  const [ada, grace] = newVoters(2) as [ReturnType<typeof newVoters>[0], ReturnType<typeof newVoters>[0]];
  const election = await openElection(engine, orgId, [ada, grace]);
  const draft = await newElection(engine, orgId);
  await issueTo(engine, draft, [ada]);
  const socket = await known();
  const first = await socket.ask(castFrame(1, election.electionId, ada.token, 'yes', ada.castKey));
  expect(socketOperations.cast.reply.safeParse(first).error).toBeUndefined();
  expect(await socket.ask(castFrame(2, election.electionId, ada.token, 'yes', ada.castKey))).toEqual({
    ...first,
    id: 2,
  });
  const codeOf = async (frame: ReturnType<typeof castFrame>) => (await socket.ask(frame)).error.code;
  expect(await codeOf(castFrame(3, election.electionId, ada.token, 'no'))).toBe('BALLOT_002');
  expect(await codeOf(castFrame(4, election.electionId, 'a token of nobody here'.replaceAll(' ', '_')))).toBe(
    'NOT_FOUND_001',
  );
  expect(await codeOf(castFrame(5, draft.electionId, ada.token))).toBe('BALLOT_003');
  expect(await codeOf(castFrame(6, randomUUID(), ada.token))).toBe('NOT_FOUND_001');
  expect(await codeOf(castFrame(7, 'no-uuid', ada.token))).toBe('VALIDATION_001');
  expect(await codeOf(castFrame(8, election.electionId, grace.token, 'maybe'))).toBe('BALLOT_005');
  accepted(await engine.elections.close(orgId, election.electionId, 'test'));
  expect(await codeOf(castFrame(9, election.electionId, grace.token))).toBe('BALLOT_004');
  expect(await socket.ask(castFrame(10, election.electionId, ada.token, 'yes', ada.castKey))).toEqual({
    ...first,
    id: 10,
  });
});

test('one organisation does not reach into another', async () => {
  const voters = newVoters(1);
  const election = await openElection(engine, orgId, voters);
  const stranger = await known(port, { api_key: await keyOf(await newOrganisation(engine, 'Rowing club')) });
  const cast = await stranger.ask(castFrame(1, election.electionId, voters[0]?.token ?? ''));
  expect(cast.error.code).toBe('NOT_FOUND_001');
  for (const kind of ['tally', 'election', 'meeting']) {
    const reply = await stranger.ask({ id: kind, op: 'subscribe', topic: `${kind}:${election.electionId}` });
    expect(reply.error.code).toBe('NOT_FOUND_001');
  }
});

test('an attendee watches the own meeting and its elections, nothing else; votes by right of attending', async () => {
  const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  const inside = await newElection(engine, orgId, { meetingId: meeting.meetingId, roll: 'meeting' });
  const outside = await openElection(engine, orgId, []);
  const socket = await known(port, { ticket: await ticketOf(await attendee(orgId, meeting.meetingId)) });
  const subscribe = (topic: string) => socket.ask({ id: topic, op: 'subscribe', topic });
  expect((await subscribe(`meeting:${meeting.meetingId}`)).ok).toBe(true);
  const snapshot = await socket.next();
  expect(topicMessages.meetingSnapshot.safeParse(snapshot).error).toBeUndefined();
  expect(snapshot.data.elections).toEqual([]); // a draft
  expect((await subscribe(`tally:${inside.electionId}`)).error.code).toBe('NOT_FOUND_001');
  expect((await subscribe(`tally:${outside.electionId}`)).error.code).toBe('NOT_FOUND_001');
  expect((await subscribe(`meeting:${randomUUID()}`)).error.code).toBe('NOT_FOUND_001');
  accepted(await engine.elections.open(orgId, inside.electionId, 'test'));
  const events = await socket.until((frame) => frame.data?.events?.length > 0);
  expect(topicMessages.eventsMessage.safeParse(events).error).toBeUndefined();
  expect(events.data.events.map(({ kind }: { kind: string }) => kind)).toContain('election.opened');
  expect((await subscribe(`tally:${inside.electionId}`)).ok).toBe(true);
  const { credential: _none, ...ballot } = castFrame(5, inside.electionId, '');
  expect((await socket.ask(ballot)).ok).toBe(true);
});

test('garbage is answered and harmless; too much of it in a row ends the connection', async () => {
  const socket = await known();
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
  const odd = [
    '{',
    'null',
    '7',
    '"x"',
    '[]',
    '{}',
    deep,
    '{"id":1,"op":"constructor"}',
    '{"id":1,"op":"__proto__"}',
    '{"__proto__":{"op":"ping"},"id":1}',
    '{"id":1e400,"op":"ping"}',
    '{"id":{"a":1},"op":"ping"}',
    '{"id":1,"op":"ping","__proto__":null}',
    '{"id":1,"op":"subscribe","topic":"tally:x"}',
    '{"id":1,"op":"subscribe","topic":"tally:0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10","offset":-1,"epoch":"e"}',
    '{"id":1,"op":"cast"}',
    '{"id":1,"op":"cast","election":null,"ballot":{},"cast_key":"0"}',
  ];
  for (const text of odd) {
    socket.send(text);
    expect((await socket.next()).error.code, text.slice(0, 60)).toBe('VALIDATION_001');
  }
  socket.send(`{"id":"${'x'.repeat(60_000)}","op":"ping"}`);
  expect((await socket.next()).error.code).toBe('VALIDATION_002');
  expect(await socket.ask({ id: 'fine', op: 'ping' })).toMatchObject({ id: 'fine', ok: true });
  for (let i = 0; i < 20; i += 1) socket.send(Buffer.from([0, 1, 2]));
  expect((await socket.next()).error.code).toBe('VALIDATION_001');
  expect(await socket.untilClosed()).toBe(1003);
  const large = await known();
  large.send('x'.repeat(64 * 1024 + 1));
  expect(await large.untilClosed()).toBe(1006);
});

test('bounds per connection: frames a second and requests in work', async () => {
  const { port: narrow } = await gateway(engine, { framesPerSecondMachine: 5, requestsInWork: 2 });
  const election = await openElection(engine, orgId, []);
  const socket = await known(narrow);
  await sleep(1_100); // a fresh second: hello counts as a frame too
  for (let id = 1; id <= 4; id += 1) socket.send(castFrame(id, election.electionId, 'a_token_of_nobody_here'));
  const codes = [];
  for (let i = 0; i < 4; i += 1) codes.push((await socket.next()).error);
  expect(codes.filter(({ code }) => code === 'LOAD_001')).toHaveLength(2);
  expect(codes.filter(({ code }) => code === 'NOT_FOUND_001')).toHaveLength(2);
  expect(codes.find(({ code }) => code === 'LOAD_001').retry_after_ms).toBeGreaterThan(0);
  for (let id = 5; id <= 24; id += 1) socket.send({ id, op: 'ping' });
  const refused = await socket.until((frame) => frame.error?.code === 'LOAD_002');
  expect(refused.error.retry_after_ms).toBeLessThanOrEqual(1_000);
});

test('a drain answers what was accepted, takes nothing new, and ends with 1012', async () => {
  const { server, port: ending } = await gateway(engine);
  const voters = newVoters(50);
  const election = await openElection(engine, orgId, voters);
  const socket = await known(ending);
  voters.forEach(({ token, castKey }, id) => {
    socket.send(castFrame(id, election.electionId, token, 'yes', castKey));
  });
  while (server.stats().requestsInWork === 0) await sleep(1);
  const drained = server.drain();
  socket.send(castFrame(999, election.electionId, 'a_token_of_nobody_here'));
  await drained;
  expect(await socket.untilClosed()).toBe(1012);
  const answered = socket.frames.filter(({ id }) => typeof id === 'number' && id < 50);
  expect(answered).toHaveLength(50);
  const participation = accepted(await engine.elections.participation(orgId, election.electionId));
  expect(participation.voted).toBe(answered.filter(({ ok }) => ok).length);
  await expect(RawSocket.open(ending)).rejects.toThrow();
});
