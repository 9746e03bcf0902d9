import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
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
