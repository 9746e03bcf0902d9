import { expect, test } from 'vitest';
import { castOf, kindOf, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const FLOOD = 18_000;
// a flood of three times what a second can hold, and deadlines beyond it: what is late is unfair, not expired
const laneLimits = { deadlineMs: 20_000 };
const engine = await openEngine(await freshDatabase(), { laneLimits });

test("an organisation's few ballots are answered long before another's flood", async () => {
  const [flooding, other] = [await newOrganisation(engine, 'Flood'), await newOrganisation(engine, 'Trickle')];
  const crowd = await openElection(engine, flooding, newVoters(1));
  const voters = newVoters(30);
  const election = await openElection(engine, other, voters);
  await engine.elections.cast(other, castOf(election, newVoters(1)[0] as never)); // known to the engine from now on
  await engine.elections.cast(flooding, castOf(crowd, newVoters(1)[0] as never));

  let answered = 0;
  const flood = newVoters(FLOOD).map(async (voter) => {
    await engine.elections.cast(flooding, castOf(crowd, voter));
    answered += 1;
  });
  await new Promise(setImmediate); // the flood's first batches are on their way
  const places: number[] = [];
  const trickle = voters.map(async (voter) => {
    expect(kindOf(await engine.elections.cast(other, castOf(election, voter)))).toBe('ok');
    places.push(answered);
  });
  await Promise.all(trickle);
  // 3 connections with 2 batches each were taken when the ballots came; a turn of the flood may come before theirs
  expect(Math.max(...places)).toBeLessThanOrEqual(FLOOD / 3);
  await Promise.all(flood);
});
