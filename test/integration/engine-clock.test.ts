import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { accepted, newElection, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

/** Requirement: exact to 100 ms, however many processes have a clock. */
const LATE_MAX_MS = 100;

const database = await freshDatabase();
// a gateway and two workers
const engines = [await openEngine(database), await openEngine(database), await openEngine(database)];
const [engine] = engines as [(typeof engines)[number]];
const orgId = await newOrganisation(engine);

const soon = (ms: number) => new Date(Date.now() + ms);

async function until(electionId: string, state: string) {
  const giveUp = Date.now() + 10_000;
  for (;;) {
    const election = accepted(await engine.elections.get(orgId, electionId));
    if (election.state === state) return election;
    if (Date.now() > giveUp) throw new Error(`still ${election.state}, not ${state}`);
    await sleep(20);
  }
}

test('elections open and close within 100 ms of their times, once, with several processes at work', async () => {
  // not on the beat of the sweeps, and further away than an appointment is made ahead
  const times = Array.from({ length: 8 }, (_, i) => ({
    opensAt: soon(3_000 + 137 * i),
    closesAt: soon(5_000 + 171 * i),
  }));
  const drafts = await Promise.all(times.map((each) => newElection(engine, orgId, each)));
  const lateness: number[] = [];
  for (const [i, { electionId }] of drafts.entries()) {
    const closed = await until(electionId, 'closed');
    lateness.push(
      Number(closed.openedAt) - Number(times[i]?.opensAt),
      Number(closed.closedAt) - Number(times[i]?.closesAt),
    );
    const entries = accepted(await engine.feed.read(orgId, 0, 500, electionId));
    const kinds = entries.map(({ kind }) => kind).filter((kind) => kind !== 'election.counted');
    expect(kinds).toEqual(['election.created', 'election.opened', 'election.closed']);
  }
  expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...lateness)).toBeLessThanOrEqual(LATE_MAX_MS);
});

test('a vote that is opened for less time than lies between two sweeps closes in time, too', async () => {
  const draft = await newElection(engine, orgId);
  const closesAt = soon(150);
  accepted(await engine.elections.open(orgId, draft.electionId, 'mia', { closesAt }));
  const closed = await until(draft.electionId, 'closed');
  expect(Number(closed.closedAt) - Number(closesAt)).toBeLessThanOrEqual(LATE_MAX_MS);
});

test('a vote whose end is moved closes at the new one', async () => {
  const closesAt = soon(3_000);
  const later = soon(4_200);
  const election = await openElection(engine, orgId, newVoters(1), { closesAt });
  await sleep(Number(closesAt) - Date.now() - 600); // an appointment has been made by now
  accepted(await engine.elections.extend(orgId, election.electionId, { closesAt: later }, 'mia'));
  const closed = await until(election.electionId, 'closed');
  const late = Number(closed.closedAt) - Number(later);
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThanOrEqual(LATE_MAX_MS);
});
