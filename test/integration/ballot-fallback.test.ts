import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { CastReceipt, CastRequest, Engine, Outcome, QueuedBallot } from '../../engine/index.ts';
import { type FaultyProxy, startToxiproxy } from '../../loadtest/fault/toxiproxy.ts';
import {
  accepted,
  castOf,
  kindOf,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
  openEngineAt,
  type Voter,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const server = await startRedis();
const careless = await startRedis({ appendOnly: false });
const evicting = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
const toxiproxy = await startToxiproxy();
afterAll(() => toxiproxy.stop());
const proxy: FaultyProxy = await toxiproxy.createProxy(`fallback-${process.pid}`, new URL(database.ownerUrl).host);
const url = new URL(database.ownerUrl);
url.port = String(proxy.port);
const queued = { redis: { url: server.url, ballotQueue: true } };
type Fallback = NonNullable<Engine['elections']['fallback']>;
/** the gateway that loses its database */
const reports: string[] = [];
const engine = await openEngineAt(url.href, { ...queued, report: (error) => reports.push(String(error)) });
/** sees the database all the time, and drains nothing */
const witness = await openEngine(database);
const redis = new Redis(server.url, { maxRetriesPerRequest: null });
redis.on('error', () => {});
afterAll(() => redis.disconnect());
const orgId = await newOrganisation(witness);
const superuser = connectAs(database.ownerUrl, null);
afterAll(() => superuser.end());

beforeEach(() => proxy.restore());

async function eventually(holds: () => Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`not within 15 s: ${what}`);
    await sleep(20);
  }
}

/** As a client does: the very same request again until there is a receipt or a final refusal. */
async function castUntilTold(at: Engine, request: CastRequest): Promise<Outcome<CastReceipt>> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await at.elections.cast(orgId, request);
    if (outcome.ok || outcome.failure.kind !== 'outcome_unknown' || attempt > 50) return outcome;
    await sleep(outcome.failure.retryAfterMs ?? 25);
  }
}

/** An open election that `engine` could take ballots of without the database. */
async function readyElection(voters: readonly Voter[]) {
  const election = await openElection(witness, orgId, voters);
  await eventually(async () => {
    accepted(await engine.elections.get(orgId, election.electionId));
    return engine.elections.fallback?.isReadyFor(election.electionId) === true;
  }, 'the gateway has the key of the election');
  return election;
}

const statusOf = (id: string) => (engine.elections.fallback as Fallback).status(orgId, id);
const stateOf = async (id: string) => accepted(await statusOf(id)).state;
const votedIn = async (electionId: string) => accepted(await witness.elections.participation(orgId, electionId)).voted;

test('without its database a gateway queues ballots; they are in once it is back, each once', async () => {
  const voters = newVoters(40);
  const election = await readyElection(voters);
  const { electionId } = election;
  await proxy.cut();
  const receipts = await Promise.all(
    voters.map(async (voter) => accepted(await castUntilTold(engine, castOf(election, voter)))),
  );
  const ids = receipts.map(({ queued: id }) => id as string);
  expect(new Set(ids).size).toBe(40);
  const again = await Promise.all(voters.map((voter) => castUntilTold(engine, castOf(election, voter))));
  expect(again.map((outcome) => accepted(outcome).queued)).toEqual(ids);
  expect(await redis.xlen(`psephos:{ballots}:queue:${electionId}`)).toBe(40);
  expect(await votedIn(electionId)).toBe(0);
  expect(await stateOf(ids[0] as string)).toBe('queued');
  await proxy.restore();
  await eventually(async () => (await Promise.all(ids.map(stateOf))).every((state) => state === 'in'), 'all are in');
  expect(await votedIn(electionId)).toBe(40);
  const told = await Promise.all(voters.map((voter) => castUntilTold(witness, castOf(election, voter))));
  expect(told.map((outcome) => accepted(outcome))).toEqual(receipts.map(({ trackingCode }) => ({ trackingCode })));
  expect(accepted(await engine.elections.close(orgId, electionId, 'mia'))).toMatchObject({ state: 'closed' });
  const recount = accepted(await witness.elections.recount(orgId, electionId));
  expect(recount).toMatchObject({ ballots: 40, equalsTally: true });
});

test('Redis holds nothing that says who voted or how', async () => {
  const [voter] = newVoters(1) as [Voter];
  const election = await readyElection([voter]);
  await proxy.cut();
  const { queued: id, trackingCode } = accepted(await castUntilTold(engine, castOf(election, voter)));
  const texts: string[] = [];
  for (const key of await redis.keys('psephos:{ballots}:*')) {
    const type = await redis.type(key);
    if (type === 'stream') texts.push(JSON.stringify(await redis.xrange(key, '-', '+')));
    else if (type === 'set') texts.push(JSON.stringify(await redis.smembers(key)));
    else texts.push((await redis.get(key)) ?? '');
    texts.push(key);
  }
  const everything = texts.join('\n');
  expect(everything).toContain(id);
  for (const secret of [voter.credential, voter.castKey, voter.token, trackingCode, '"yes"']) {
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
  }
});

test('of two ballots of one credential the first counts, and the voter of the second is told', async () => {
  const [voter, ...others] = newVoters(5) as [Voter, ...Voter[]];
  const election = await readyElection([voter, ...others]);
  await proxy.cut();
  const first = accepted(await castUntilTold(engine, castOf(election, voter, { choice: 'no' })));
  for (const other of others) accepted(await castUntilTold(engine, castOf(election, other)));
  const second = accepted(
    await castUntilTold(engine, castOf(election, { ...voter, castKey: 'ab'.repeat(16) }, { choice: 'yes' })),
  );
  const told = new Map<string, QueuedBallot>();
  for (const { queued: id } of [first, second]) {
    engine.elections.fallback?.onSettled(id as string, (ballot) => told.set(id as string, ballot));
  }
  await proxy.restore();
  await eventually(async () => told.size === 2, 'both are told');
  expect(told.get(first.queued as string)).toEqual({ state: 'in' });
  expect(told.get(second.queued as string)).toMatchObject({ state: 'refused', failure: { kind: 'already_voted' } });
  accepted(await witness.elections.close(orgId, election.electionId, 'mia'));
  const { options } = accepted(await witness.elections.tally(orgId, election.electionId));
  expect(options?.map(({ option, count }) => [option, count])).toEqual([
    ['yes', 4],
    ['no', 1],
  ]);
});

test('what somebody writes into Redis of a ballot’s fate is not believed, and is reported', async () => {
  const [voter, other] = newVoters(2) as [Voter, Voter];
  const election = await readyElection([voter, other]);
  await proxy.cut();
  const id = accepted(await castUntilTold(engine, castOf(election, voter))).queued as string;
  const others = accepted(await castUntilTold(engine, castOf(election, other))).queued as string;
  const told: QueuedBallot[] = [];
  engine.elections.fallback?.onSettled(id, (ballot) => told.push(ballot));
  const key = `psephos:{ballots}:status:${orgId}:${id}`;
  const own = (await redis.get(key)) as string;
  expect(own).toMatch(/^[\w-]{43} queued$/);
  const refused = JSON.stringify({ kind: 'closed', message: 'The vote is over.' });
  const forgeries = [
    ...['in', refused, ' ', `${'A'.repeat(43)} in`, own.replace('queued', 'in'), own.replace('queued', refused)],
    (await redis.get(`psephos:{ballots}:status:${orgId}:${others}`)) as string, // true of another ballot
  ];
  for (const forgery of forgeries) {
    await redis.set(key, forgery);
    reports.length = 0;
    expect(kindOf(await statusOf(id)), forgery).toBe('not_found');
    expect(reports.join()).toContain(id);
    expect(kindOf(await engine.elections.cast(orgId, castOf(election, voter))), forgery).toBe('outcome_unknown');
  }
  await redis.set(key, own);
  expect(await stateOf(id)).toBe('queued');
  await redis.set(key, 'in');
  await proxy.restore();
  await eventually(async () => told.length > 0, 'the voter is told');
  expect(told).toEqual([{ state: 'in' }]); // and it is: the one who drained it has written over the forgery
  expect(await votedIn(election.electionId)).toBe(2);
  expect(await stateOf(id)).toBe('in');
});

test('keys of votes that are over and of which nothing waits are swept, whoever should have erased them', async () => {
  const [over, waiting, open] = [
    await readyElection(newVoters(1)),
    await readyElection(newVoters(1)),
    await readyElection(newVoters(1)),
  ].map(({ electionId }) => electionId) as [string, string, string];
  for (const electionId of [over, waiting]) {
    accepted(await witness.elections.close(orgId, electionId, 'mia'));
    accepted(await witness.elections.recount(orgId, electionId)); // counted: nobody looks at it again
    await superuser`INSERT INTO urn.fallback_key VALUES (${orgId}, ${electionId}, sha256('left')) ON CONFLICT DO NOTHING`;
  }
  await redis.xadd(`psephos:{ballots}:queue:${waiting}`, '*', 'id', 'x', 'sealed', 'x');
  await engine.elections.fallback?.forgetLate();
  const left = await superuser<
    { election_id: string }[]
  >`SELECT election_id FROM urn.fallback_key WHERE org_id = ${orgId}`;
  const ids = left.map(({ election_id: id }) => id);
  expect([over, waiting, open].map((id) => ids.includes(id))).toEqual([false, true, true]);
});

test('Redis dies with ballots in it and comes back with them; while both are away ballots are refused as ever', async () => {
  const voters = newVoters(6);
  const election = await readyElection(voters);
  await proxy.cut();
  const ids = await Promise.all(
    voters
      .slice(0, 5)
      .map(async (voter) => accepted(await castUntilTold(engine, castOf(election, voter))).queued as string),
  );
  await server.kill();
  const last = await castUntilTold(engine, castOf(election, voters[5] as Voter));
  expect(kindOf(last)).toBe('database_away');
  expect(kindOf(await statusOf(ids[0] as string))).toBe('database_away');
  await server.startAgain();
  await proxy.restore();
  await eventually(async () => {
    const states = await Promise.all(ids.map((id) => statusOf(id)));
    return states.every((state) => state.ok && state.value.state === 'in');
  }, 'all that were queued are in');
  expect(await votedIn(election.electionId)).toBe(5);
});

test('a ballot that is drained after the close is refused, and never said to be in', async () => {
  const voters = newVoters(3);
  const election = await readyElection(voters);
  await proxy.cut();
  const ids = await Promise.all(
    voters.map(async (voter) => accepted(await castUntilTold(engine, castOf(election, voter))).queued as string),
  );
  accepted(await witness.elections.close(orgId, election.electionId, 'mia')); // knows nothing of the queue
  await proxy.restore();
  await eventually(async () => (await Promise.all(ids.map(stateOf))).every((state) => state === 'refused'), 'refused');
  const told = await castUntilTold(witness, castOf(election, voters[0] as Voter));
  expect(kindOf(told)).toBe('closed');
  expect(accepted(await witness.elections.recount(orgId, election.electionId))).toMatchObject({ ballots: 0 });
});

test('a close through a gateway with the queue takes in what waits there first', async () => {
  const voters = newVoters(20);
  const election = await readyElection(voters);
  await proxy.cut();
  for (const voter of voters) accepted(await castUntilTold(engine, castOf(election, voter)));
  await proxy.restore();
  const second = await openEngine(database, queued);
  onTestFinished(second.close);
  const closed = accepted(await second.elections.close(orgId, election.electionId, 'mia'));
  expect(closed).not.toHaveProperty('queuedOutstanding');
  expect(accepted(await witness.elections.recount(orgId, election.electionId))).toMatchObject({ ballots: 20 });
});

test('lanes over their bound are relieved by the queue', async () => {
  const voters = newVoters(400);
  const small = await openEngine(database, { ...queued, laneLimits: { laneMax: 20, batchMax: 10 } });
  onTestFinished(small.close);
  const election = await openElection(small, orgId, voters);
  accepted(await castUntilTold(small, castOf(election, voters[0] as Voter)));
  await eventually(async () => {
    small.elections.fallback?.prepare(orgId, election.electionId);
    const outcomes = await Promise.all(voters.map((voter) => small.elections.cast(orgId, castOf(election, voter))));
    expect(outcomes.filter((outcome) => !outcome.ok).map(kindOf)).not.toContain('database_away');
    return outcomes.every(({ ok }) => ok) && outcomes.some((outcome) => accepted(outcome).queued !== undefined);
  }, 'all are received, some of them queued');
  await eventually(async () => (await votedIn(election.electionId)) === 400, 'all are in');
  accepted(await small.elections.close(orgId, election.electionId, 'mia'));
  expect(accepted(await witness.elections.recount(orgId, election.electionId))).toMatchObject({ ballots: 400 });
});

test('a Redis that could lose a ballot, or is not there, is refused at the start', async () => {
  const open = (address: string) => openEngine(database, { redis: { url: address, ballotQueue: true } });
  await expect(open(careless.url)).rejects.toThrow(/could lose a ballot .*Set appendonly yes, appendfsync always/);
  await expect(open(evicting.url)).rejects.toThrow(/maxmemory-policy allkeys-lru/);
  await expect(open('redis://127.0.0.1:1')).rejects.toThrow(/no Redis answers at REDIS_URL/);
});
