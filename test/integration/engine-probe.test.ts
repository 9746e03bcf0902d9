import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import type { TallyFigures } from '../../engine/index.ts';
import { accepted, castOf, kindOf, newElection, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
const database = await freshDatabase();
const engine = await openEngine(database);
const orgId = await newOrganisation(engine);
const sql = postgres(database.ownerUrl, { max: 1 });
afterAll(() => sql.end());

test('final figures are whole', async () => {
  let wrong = 0;
  for (let i = 0; i < 60; i += 1) {
    const voters = newVoters(5);
    const election = await openElection(engine, orgId, voters);
    const figures: TallyFigures[] = [];
    const { stop } = accepted(await engine.elections.watchTally(orgId, election.electionId, (f) => void figures.push(f)));
    for (const v of voters.slice(0,4)) accepted(await engine.elections.cast(orgId, castOf(election, v)));
    await sleep(Math.random() * 130);
    accepted(await engine.elections.cast(orgId, castOf(election, voters[4] as never)));
    await sleep(Math.random() * 25);
    accepted(await engine.elections.close(orgId, election.electionId, 'x'));
    await sleep(150);
    stop();
    const bad = figures.filter((f) => f.final && f.counted !== 5);
    if (bad.length) { wrong += 1; console.log(JSON.stringify(bad[0], (_, v) => typeof v === 'bigint' ? String(v) : v)); }
    const dup = figures.filter((f, i) => i > 0 && JSON.stringify([f.state, f.cast, f.counted]) === JSON.stringify([figures[i-1]?.state, figures[i-1]?.cast, figures[i-1]?.counted]));
    if (dup.length && i === 0) console.log('DUP figures', dup.length);
  }
  console.log('WRONG', wrong);
}, 60000);

test('misaligned credentials', async () => {
  const voters = newVoters(6);
  const election = await openElection(engine, orgId, voters);
  await engine.elections.cast(orgId, castOf(election, newVoters(1)[0] as never));
  const out = await Promise.all(voters.map((v, i) => engine.elections.cast(orgId, { ...castOf(election, v), credential: i === 1 ? v.credential.slice(2) : i === 4 ? `${v.credential}00` : v.credential })));
  console.log('MISALIGNED', out.map(kindOf).join());
  const up = { ...castOf(election, voters[0] as never), electionId: election.electionId.toUpperCase() };
  console.log('UPPER', JSON.stringify(await engine.elections.cast(orgId, up)), JSON.stringify(out[0]));
  console.log('NOUUID', await engine.elections.cast(orgId, { ...up, electionId: 'nonsense' }).then((o) => kindOf(o), (e) => `rejects ${e}`));
  console.log('WEIGHT0', await engine.elections.issue(orgId, election.electionId, [{ credential: Buffer.alloc(32, 1), weight: 0n }], 'x').then((o) => kindOf(o), (e) => `rejects ${e}`));
  console.log('SHORTCRED', await engine.elections.issue(orgId, election.electionId, [{ credential: Buffer.alloc(31, 1), weight: 1n },{ credential: Buffer.alloc(33, 1), weight: 1n }], 'x').then((o) => JSON.stringify(o), (e) => `rejects ${e}`));
  console.log('EMPTY', await engine.elections.issue(orgId, election.electionId, [], 'x').then((o) => JSON.stringify(o), (e) => `rejects ${e}`));
});

test('present moves changedPos', async () => {
  const election = await newElection(engine, orgId);
  const changed = accepted(await engine.elections.setPresent(orgId, election.electionId, 7, 'x'));
  console.log('POS', election.changedPos, changed.changedPos);
});

test('a long count holds up the clock', async () => {
  const voters = newVoters(3);
  const a = await openElection(engine, orgId, voters);
  for (const v of voters) accepted(await engine.elections.cast(orgId, castOf(a, v)));
  const closesAt = new Date(Date.now() + 800);
  const b = await openElection(engine, orgId, voters, { closesAt });
  await sql.begin(async (tx) => {
    await tx`LOCK TABLE urn.box IN EXCLUSIVE MODE`;
    accepted(await engine.elections.close(orgId, a.electionId, 'x'));
    await sleep(2500);
    const { state, closedAt } = accepted(await engine.elections.get(orgId, b.electionId));
    console.log('CLOCK', state, Number(closedAt) - Number(closesAt));
  });
}, 20000);
