import { expect, test } from 'vitest';
import {
  accepted,
  castOf,
  kindOf,
  newOrganisation,
  newVoters,
  openElection,
  openEngineAt,
  type Voter,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startWireCounter } from '../harness/wire-counter.ts';

const counter = await startWireCounter((await freshDatabase()).ownerUrl);
const CONNECTIONS = 2;
const engine = await openEngineAt(counter.url, { hotConnections: CONNECTIONS });
const orgId = await newOrganisation(engine);
const HOT = 'psephos hot';

/** The first statement of a connection is parsed and described; from then on it is prepared. */
async function warmUp(): Promise<void> {
  const voters = newVoters(CONNECTIONS);
  const elections = await Promise.all(voters.map((voter) => openElection(engine, orgId, [voter])));
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(
      elections.map((election, i) => engine.elections.cast(orgId, castOf(election, voters[i] as Voter))),
    );
  }
  counter.reset();
}

test.each([
  [1, 1],
  [2, 1],
  [300, 1],
  [500, 1],
  [501, 2],
  [1_700, 4],
])('%i ballots at once are %i batches, each one round trip', async (ballots, batches) => {
  const voters = newVoters(ballots);
  const election = await openElection(engine, orgId, voters);
  await warmUp();
  const unknown = castOf(election, newVoters(1)[0] as Voter);
  await engine.elections.cast(orgId, unknown); // the engine knows the election from now on
  counter.reset();
  const outcomes = await Promise.all(voters.map((voter) => engine.elections.cast(orgId, castOf(election, voter))));
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  expect(counter.exchanges(HOT)).toEqual({ parse: 0, bind: batches, execute: batches, sync: batches, query: 0 });
  expect(accepted(await engine.elections.participation(orgId, election.electionId)).voted).toBe(ballots);
});

test('refusals cost no more than acceptances, and a ballot that breaks the rules costs nothing', async () => {
  const voters = newVoters(200);
  const election = await openElection(engine, orgId, voters.slice(0, 100));
  await warmUp();
  await engine.elections.cast(orgId, castOf(election, newVoters(1)[0] as Voter));
  counter.reset();
  const mixed = voters.flatMap((voter) => [castOf(election, voter), castOf(election, voter, { choice: 'no' })]);
  const outcomes = await Promise.all(mixed.map((request) => engine.elections.cast(orgId, request)));
  const kinds = outcomes.map(kindOf);
  const expected = voters.flatMap((_, i) => (i < 100 ? ['ok', 'already_voted'] : ['not_found', 'not_found']));
  expect(kinds).toEqual(expected);
  expect(counter.exchanges(HOT)).toMatchObject({ execute: 1, sync: 1 });
  counter.reset();
  const wrong = castOf(election, voters[0] as Voter, { choice: 'maybe' });
  expect(kindOf(await engine.elections.cast(orgId, wrong))).toBe('ballot_invalid');
  expect(counter.exchanges(HOT)).toMatchObject({ execute: 0, sync: 0 });
});

test('a batch never waits for a timer: a lone ballot goes at once', async () => {
  const voters = newVoters(20);
  const election = await openElection(engine, orgId, voters);
  await warmUp();
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  expect(counter.exchanges(HOT)).toMatchObject({ execute: voters.length, sync: voters.length });
});
