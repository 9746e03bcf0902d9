import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { freePort } from '../../loadtest/fault/server-process.ts';
import { newestMigration } from '../../sql/migrate.ts';
import { accepted, castOf, kindOf, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { emptyDatabase, freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const empty = await emptyDatabase();
const engine = await openEngine(database);
const closing = await openEngine(database);
const sql = postgres(database.ownerUrl, { max: 1 });
afterAll(() => sql.end());
const newest = await newestMigration();

test('ready names the migration that it is at', async () => {
  expect(accepted(await engine.ready())).toEqual({ database: 'up', migration: newest });
});

test('a database of a newer or an older version is not ready, and says what it is at', async () => {
  await sql`UPDATE history.files SET name = '9999_from_the_future' WHERE name = ${newest}`;
  const newer = await engine.ready();
  expect(newer).toMatchObject({ ok: false, failure: { kind: 'database_away' } });
  expect(JSON.stringify(newer)).toContain('9999_from_the_future');
  await sql`UPDATE history.files SET name = '0000_long_ago' WHERE name = '9999_from_the_future'`;
  const older = await engine.ready();
  expect(older).toMatchObject({ ok: false, failure: { kind: 'database_away' } });
  expect(JSON.stringify(older)).toContain(newest);
  await sql`UPDATE history.files SET name = ${newest} WHERE name = '0000_long_ago'`;
  expect(kindOf(await engine.ready())).toBe('ok');
});

test('an engine is not made on a database that was never migrated, and leaves no connection behind', async () => {
  await expect(createEngine({ url: empty.ownerUrl })).rejects.toMatchObject({ code: '42P01' });
});

test('an engine is not made where there is no database', async () => {
  const url = new URL(database.ownerUrl);
  url.port = String(await freePort());
  await expect(createEngine({ url: url.href })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('closing finishes what was accepted: no ballot on its way is lost', async () => {
  const orgId = await newOrganisation(engine);
  const voters = newVoters(3_000);
  const election = await openElection(engine, orgId, voters);
  await closing.elections.cast(orgId, castOf(election, newVoters(1)[0] as never)); // it knows the election from now on
  const casts = voters.map((voter) => closing.elections.cast(orgId, castOf(election, voter)));
  await closing.close();
  const kinds = (await Promise.all(casts)).map(kindOf);
  expect(new Set(kinds)).toEqual(new Set(['ok']));
  expect(accepted(await engine.elections.participation(orgId, election.electionId)).voted).toBe(voters.length);
});
