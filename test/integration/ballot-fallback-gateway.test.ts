import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { queuedBallot, queuedReceipt } from '../../protocol/ballots.ts';
import { ownMessages, socketOperations } from '../../protocol/frames.ts';
import { accepted, newOrganisation, newVoters, openElection, openEngine, type Voter } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';
import { RawSocket } from './raw-socket.ts';

const database = await freshDatabase();
const redis = { url: (await startRedis()).url, ballotQueue: true };
/** too busy for any ballot: whatever comes to it is queued, and it drains nothing */
const busy = await openEngine(database, { redis, laneLimits: { queueMax: 0 } });
const orgId = await newOrganisation(busy);
const apiKey = accepted(await busy.apiKeys.create(orgId, { name: 'test', roles: ['moderator'] })).secret;
const elsewhere = accepted(
  await busy.apiKeys.create(await newOrganisation(busy), { name: 'x', roles: ['admin'] }),
).secret;
const settings = { host: '127.0.0.1', port: 0, socketPort: 0, origins: [] };
const gateway = await startGateway(settings, { engine: busy, logger: createLogger({ level: 'silent' }) });
afterAll(() => gateway.drain());

async function call(path: string, { body, as = apiKey }: { body?: unknown; as?: string } = {}) {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

/** Open, with its key in the busy gateway's memory. */
async function readyElection(voters: readonly Voter[]): Promise<string> {
  const { electionId } = await openElection(busy, orgId, voters);
  while (busy.elections.fallback?.isReadyFor(electionId) !== true) await sleep(5);
  return electionId;
}

/** A gateway that has room takes in what waits. */
async function drainElsewhere(): Promise<void> {
  const idle = await openEngine(database, { redis });
  onTestFinished(idle.close);
}

test('over HTTP: 202, a status to poll, and 201 for the same cast once it is in', async () => {
  const [voter, other] = newVoters(2) as [Voter, Voter];
  const electionId = await readyElection([voter]);
  const path = `/v1/elections/${electionId}/ballots`;
  const bodyOf = ({ token, castKey }: Voter, choice: string) => ({
    ...{ credential: token, ballot: { choice }, cast_key: castKey },
  });
  expect(await call(path, { body: bodyOf(voter, 'maybe') })).toMatchObject({
    status: 422,
    json: { error_code: 'BALLOT_005' },
  });
  const answer = await call(path, { body: bodyOf(voter, 'yes') });
  expect(answer.status).toBe(202);
  const { queued } = queuedReceipt.parse(answer.json);
  const refused = queuedReceipt.parse((await call(path, { body: bodyOf(other, 'yes') })).json).queued;
  expect(await call(`/v1/ballots/queued/${queued}`)).toEqual({ status: 200, json: { state: 'queued' } });
  expect((await call(`/v1/ballots/queued/${queued}`, { as: elsewhere })).status).toBe(404);
  expect((await call(`/v1/ballots/queued/${'0'.repeat(32)}`)).status).toBe(404);
  expect(await call(`/v1/elections/${electionId}/participation`)).toMatchObject({ json: { voted: 0 } });
  await drainElsewhere();
  const stateOf = async (id: string) => queuedBallot.parse((await call(`/v1/ballots/queued/${id}`)).json);
  while ((await stateOf(refused)).state === 'queued') await sleep(20);
  expect(await stateOf(queued)).toEqual({ state: 'in' });
  expect(await stateOf(refused)).toMatchObject({ state: 'refused', error: { code: 'NOT_FOUND_001' } });
  const again = await call(path, { body: bodyOf(voter, 'yes') });
  expect(again).toMatchObject({ status: 201, json: { tracking_code: expect.stringMatching(/^[0-9a-f]{32}$/) } });
  expect(await call(`/v1/elections/${electionId}/participation`)).toMatchObject({ json: { voted: 1 } });
});

test('over the socket: the reply says queued, a message what became of it', async () => {
  const [voter] = newVoters(1) as [Voter];
  const electionId = await readyElection([voter]);
  const socket = await RawSocket.as(gateway.socketPort, { api_key: apiKey });
  onTestFinished(() => socket.close());
  const cast = {
    ...{ id: 7, op: 'cast', election: electionId, credential: voter.token },
    ...{ ballot: { choice: 'yes' }, cast_key: voter.castKey },
  };
  const reply = socketOperations.cast.reply.parse(await socket.ask(cast));
  if (!('queued' in reply)) throw new Error('the ballot was not queued');
  await drainElsewhere();
  const message = await socket.until((frame) => frame.queued === reply.queued && frame.id === undefined);
  const outcome = ownMessages.queuedOutcome.parse(message);
  expect(outcome).toMatchObject({ state: 'in', tracking_code: expect.any(String) });
  const again = socketOperations.cast.reply.parse(await socket.ask({ ...cast, id: 8 }));
  expect(again).toEqual({ id: 8, ok: true, tracking_code: outcome.tracking_code });
});

test('the metrics page says how many wait, whether Redis answers, and how often caches had what was asked for', async () => {
  const [voter] = newVoters(1) as [Voter];
  const electionId = await readyElection([voter]);
  const body = { credential: voter.token, ballot: { choice: 'no' }, cast_key: voter.castKey };
  expect((await call(`/v1/elections/${electionId}/ballots`, { body })).status).toBe(202);
  const metrics = async () => (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
  while (!(await metrics()).includes('psephos_ballots_queued 1')) await sleep(20);
  const text = await metrics();
  expect(text).toContain('psephos_redis_up 1');
  expect(text).toMatch(/psephos_cache_lookups_total\{cache="elections",result="miss"\} \d+/);
});
