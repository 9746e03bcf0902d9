import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import type { LogEntry } from '../../engine/index.ts';
import {
  accepted,
  castOf,
  kindOf,
  newElection,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';
import { identified } from '../harness/two-organisations.ts';

/** What the requirement gives a revocation to reach every gateway. */
const WITHIN_MS = 1_000;

const database = await freshDatabase();
const server = await startRedis();
const redis = { url: server.url };
const here = await openEngine(database, { redis });
const there = await openEngine(database, { redis });
const raw = new Redis(server.url, { maxRetriesPerRequest: null });
raw.on('error', () => {});
afterAll(() => raw.disconnect());
const orgId = await newOrganisation(here);

async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`not within 10 s: ${what}`);
    await sleep(5);
  }
}

const hitsOf = (cache: string) => there.cacheRates.rates().find((rate) => rate.cache === cache)?.hits ?? 0;

test('what one process writes another hears of long before it would have looked', async () => {
  let heardMs = 0;
  const following = await there.feed.follow(orgId, null, () => {
    heardMs = performance.now();
  });
  const lateMs: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    await sleep(60 + 17 * i); // at any moment between two looks, which are 250 ms apart while signals come
    heardMs = 0;
    await newElection(here, orgId);
    const writtenMs = performance.now();
    await eventually(() => heardMs > 0, 'it is heard of');
    lateMs.push(heardMs - writtenMs);
  }
  following.stop();
  expect(lateMs.toSorted((a, b) => a - b)[6]).toBeLessThan(125); // half of the looks would be later than that
});

test('Redis dies in the middle of a vote: every ballot is in, every follower sees all of it, and signals come back', async () => {
  const voters = newVoters(300);
  const election = await openElection(here, orgId, voters);
  const seen: LogEntry[] = [];
  const following = await there.feed.follow(orgId, 0, (entries) => void seen.push(...entries));
  const casts = voters.map(async (voter, i) => {
    await sleep(i * 4);
    return here.elections.cast(orgId, castOf(election, voter));
  });
  await sleep(300);
  await server.kill();
  expect((await Promise.all(casts)).map(kindOf)).toEqual(voters.map(() => 'ok'));
  const head = await here.feed.pos(orgId);
  await eventually(() => seen.at(-1)?.pos === head, 'the follower is at the head without Redis');
  expect(seen.map(({ pos }) => pos)).toEqual(Array.from({ length: head }, (_, i) => i + 1));
  expect(there.redisUp()).toBe(false);
  await server.startAgain();
  await eventually(() => here.redisUp() === true && there.redisUp() === true, 'both are connected again');
  const [channel] = await subscribedChannels();
  expect(channel).toContain(orgId);
  accepted(await here.elections.close(orgId, election.electionId, 'mia'));
  expect(accepted(await there.elections.recount(orgId, election.electionId))).toMatchObject({ ballots: 300 });
  following.stop();
});

/** Of the processes that follow a log, once they have subscribed. */
async function subscribedChannels(): Promise<string[]> {
  let channels: string[] = [];
  await eventually(async () => {
    channels = (await raw.call('PUBSUB', 'SHARDCHANNELS')) as string[];
    return channels.length > 0;
  }, 'a channel is subscribed to');
  return channels;
}

test('a session that one gateway has looked up another finds in Redis, by the hash of its secret alone', async () => {
  const meeting = accepted(await here.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  const { sessionToken } = accepted(await here.meetings.join(meeting.joinCode, { name: 'Ada' }));
  await there.accounts.recall('pst_nobody'); // begins to hear of revocations
  await here.accounts.recall('pst_nobody');
  await eventually(async () => {
    accepted(await here.accounts.recall(sessionToken));
    const before = hitsOf('sessions');
    accepted(await there.accounts.recall(sessionToken));
    return hitsOf('sessions') > before;
  }, 'the other gateway finds it in Redis');
  const kept = accepted(await there.accounts.recall(sessionToken));
  expect(kept).toEqual(accepted(await here.accounts.authenticate(sessionToken)));
  const keys = (await raw.keys('psephos:cache:*')).filter((key) => key.includes(':sessions:'));
  expect(keys).toHaveLength(1);
  expect(keys[0]).toContain(createHash('sha256').update(sessionToken).digest('hex'));
  expect(`${keys[0]} ${await raw.get(keys[0] as string)}`).not.toContain(sessionToken);
  expect(await raw.pttl(keys[0] as string)).toBeLessThanOrEqual(30_000);

  // an entry of somebody else's making is passed over
  const sealed = (await raw.get(keys[0] as string)) as string;
  await raw.set(keys[0] as string, Buffer.from(JSON.stringify({ atMs: Date.now(), value: kept })).toString('base64'));
  const hits = hitsOf('sessions');
  accepted(await there.accounts.recall(sessionToken));
  expect(hitsOf('sessions')).toBe(hits);
  await raw.set(keys[0] as string, sealed);

  // and after a revocation nobody is let in by it, within the second, although the entry is there
  const { id } = identified({ ok: true, value: kept });
  accepted(await here.attendees.remove(orgId, meeting.meetingId, id, 'mia'));
  await sleep(WITHIN_MS);
  for (const engine of [here, there])
    expect(kindOf(await engine.accounts.recall(sessionToken))).toBe('unauthenticated');
  expect(await raw.exists(keys[0] as string)).toBe(1);
});

test('definitions, published results and join codes are read from Redis, and equal what the database says', async () => {
  const voters = newVoters(5);
  const election = await openElection(here, orgId, voters, { title: 'Weighty' });
  for (const voter of voters) accepted(await here.elections.cast(orgId, castOf(election, voter)));
  accepted(await here.elections.close(orgId, election.electionId, 'mia'));
  accepted(await here.elections.publish(orgId, election.electionId, 'mia'));
  const result = accepted(await here.elections.result(orgId, election.electionId));
  await eventually(async () => (await raw.keys('psephos:cache:*:results:*')).length === 1, 'the result is kept');
  const before = [hitsOf('elections'), hitsOf('results')];
  expect(accepted(await there.elections.result(orgId, election.electionId))).toEqual(result);
  expect([hitsOf('elections'), hitsOf('results')]).toEqual(before.map((hits) => hits + 1));
});

test('a join code that was replaced lets nobody in, whatever Redis still says', async () => {
  const meeting = accepted(await here.meetings.create(orgId, { title: 'Assembly' }, 'test'));
  accepted(await there.meetings.join(meeting.joinCode, { name: 'Ada' }));
  await eventually(async () => (await raw.keys('psephos:cache:*:join_codes:*')).length > 0, 'the code is kept');
  const renewed = accepted(await here.meetings.rotateCode(orgId, meeting.meetingId, 'mia'));
  expect(kindOf(await there.meetings.join(meeting.joinCode, { name: 'Bea' }))).toBe('not_found');
  accepted(await there.meetings.join(renewed.joinCode, { name: 'Bea' }));
});
