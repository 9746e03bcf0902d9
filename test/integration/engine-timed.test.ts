import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { limits } from '../../engine/index.ts';
import {
  accepted,
  castOf,
  issueTo,
  kindOf,
  newElection,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
// two gateways sweep one database: what is due happens once
const engines = [await openEngine(database), await openEngine(database)] as const;
const [engine] = engines;
const orgId = await newOrganisation(engine);
const sql = postgres(database.ownerUrl, { max: 1 });
afterAll(() => sql.end());

const soon = (ms: number) => new Date(Date.now() + ms);
/** The sweep's own 250 ms, and 50 ms for its round. */
const LATE_MAX_MS = 300;

async function until(electionId: string, state: string, ms = 5_000) {
  const giveUp = Date.now() + ms;
  for (;;) {
    const election = accepted(await engine.elections.get(orgId, electionId));
    if (election.state === state) return election;
    if (Date.now() > giveUp) throw new Error(`still ${election.state} after ${ms} ms, not ${state}`);
    await sleep(10);
  }
}

test('opens and closes by itself at its times, once', async () => {
  const [opensAt, closesAt] = [soon(400), soon(900)];
  const draft = await newElection(engine, orgId, { opensAt, closesAt });
  const closed = await until(draft.electionId, 'closed');
  const lateness = [Number(closed.openedAt) - Number(opensAt), Number(closed.closedAt) - Number(closesAt)];
  for (const late of lateness) {
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(LATE_MAX_MS);
  }
  const entries = accepted(await engine.feed.read(orgId, 0, 500, draft.electionId));
  const kinds = entries.map(({ kind }) => kind).filter((kind) => kind !== 'election.counted');
  expect(kinds).toEqual(['election.created', 'election.opened', 'election.closed']);
  expect(entries[1]?.payload).toMatchObject({ by: 'clock' });
});

test('a ballot sent after closes_at is refused as closed, and its voter never waits beyond the deadline', async () => {
  const voters = newVoters(40);
  const closesAt = soon(600);
  const election = await openElection(engine, orgId, voters, { closesAt });
  const [before, after] = [voters.slice(0, 20), voters.slice(20)];
  for (const voter of before) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  await sleep(Number(closesAt) - Date.now() + 5);
  const started = performance.now();
  const late = await Promise.all(
    after.map((voter, i) => (engines[i % 2] ?? engine).elections.cast(orgId, castOf(election, voter))),
  );
  expect(new Set(late.map(kindOf))).toEqual(new Set(['closed']));
  expect(performance.now() - started).toBeLessThan(limits.engineDeadlineMs);
  const { state, closedAt } = await until(election.electionId, 'closed');
  expect(state).toBe('closed');
  expect(Number(closedAt)).toBeGreaterThanOrEqual(Number(closesAt));
  expect(accepted(await engine.elections.recount(orgId, election.electionId)).ballots).toBe(before.length);
});

test('casts all around the closing time: the box holds exactly those that were accepted', async () => {
  const voters = newVoters(600);
  const election = await newElection(engine, orgId, { closesAt: soon(700) });
  await issueTo(engine, election, voters);
  accepted(await engine.elections.open(orgId, election.electionId, 'mia'));
  const outcomes = await Promise.all(
    voters.map(async (voter, i) => {
      await sleep(i * 2);
      return (engines[i % 2] ?? engine).elections.cast(orgId, castOf(election, voter));
    }),
  );
  const kinds = outcomes.map(kindOf);
  expect(new Set(kinds)).toEqual(new Set(['ok', 'closed']));
  await until(election.electionId, 'closed');
  const recount = accepted(await engine.elections.recount(orgId, election.electionId));
  expect(recount).toMatchObject({ equalsTally: true, equalsResult: true });
  expect(recount.ballots).toBe(kinds.filter((kind) => kind === 'ok').length);
});

test('an election that should have closed already is not opened', async () => {
  const closesAt = soon(50);
  const draft = await newElection(engine, orgId, { closesAt });
  await sleep(Number(closesAt) - Date.now() + 5);
  expect(kindOf(await engine.elections.open(orgId, draft.electionId, 'mia'))).toBe('conflict');
  expect(accepted(await engine.elections.get(orgId, draft.electionId)).state).toBe('draft');
});

test('a count that takes long holds up nobody else’s clock', async () => {
  const voters = newVoters(3);
  const long = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(long, voter)));
  const closesAt = soon(700);
  const short = await openElection(engine, orgId, voters, { closesAt });
  await sql.begin(async (tx) => {
    await tx`LOCK TABLE urn.box IN EXCLUSIVE MODE`; // nothing is sealed as long as it is held
    accepted(await engine.elections.close(orgId, long.electionId, 'mia'));
    const closed = await until(short.electionId, 'closed', 2_500);
    expect(Number(closed.closedAt) - Number(closesAt)).toBeLessThanOrEqual(LATE_MAX_MS);
  });
  for (const { electionId } of [long, short]) {
    expect(accepted(await engine.elections.recount(orgId, electionId)).equalsResult).toBe(true);
  }
});

test('counts that a process left behind are finished by a sweep', async () => {
  const voters = newVoters(5);
  const left = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(left, voter)));
  // closed by a process that dies right after the barrier
  await sql`SELECT urn.change_state(${orgId}, ${left.electionId}, 'closed', null, false, 'mia')`;
  const counted = async () => {
    const entries = accepted(await engine.feed.read(orgId, 0, 500, left.electionId));
    return entries.some(({ kind }) => kind === 'election.counted');
  };
  const giveUp = Date.now() + 5_000;
  while (!(await counted()) && Date.now() < giveUp) await sleep(20);
  expect(await counted()).toBe(true);
});
