import { afterAll, expect, test } from 'vitest';
import { createHttp } from '../../gateway/http/server.ts';
import { createLogger } from '../../gateway/logging.ts';
import { accepted, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const MEMBERS = 100_000;
/** Far less than it takes to enter so many on a roll: every other request would be answered that its fate is not known. */
const REQUEST_TIMEOUT_MS = 250;

const database = await freshDatabase();
const engine = await openEngine(database);
const http = createHttp({
  engine,
  logger: createLogger({ level: 'silent' }),
  settings: { origins: [], requestTimeoutMs: REQUEST_TIMEOUT_MS },
  socketUrl: (host) => `ws://${host}:1`,
  asyncApi: { info: { title: 'socket', version: '1' } },
});
const { port } = await http.listen('127.0.0.1', 0);
const superuser = connectAs(database.ownerUrl, null);
afterAll(async () => {
  await http.drain();
  await superuser.end();
});

test(`opening with ${MEMBERS} members is answered with what happened, however long it takes`, async () => {
  const orgId = await newOrganisation(engine);
  const { secret } = accepted(await engine.apiKeys.create(orgId, { name: 'Chair', roles: ['moderator'] }));
  await superuser`ALTER TABLE app.members DISABLE TRIGGER USER`; // search words: none of this test's business
  await superuser`INSERT INTO app.members (org_id, member_id, number, name)
    SELECT ${orgId}, gen_random_uuid(), n::text, 'Member ' || n FROM generate_series(1, ${MEMBERS}::int) n`;
  await superuser`ALTER TABLE app.members ENABLE TRIGGER USER`;
  const { electionId } = await newElection(engine, orgId, { roll: 'members' });
  const startMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/v1/elections/${electionId}/open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
  });
  const tookMs = performance.now() - startMs;
  expect([response.status, ((await response.json()) as { state?: string }).state]).toEqual([200, 'open']);
  expect(tookMs).toBeGreaterThan(REQUEST_TIMEOUT_MS); // or this test shows nothing
  expect(accepted(await engine.elections.participation(orgId, electionId)).roll).toBe(MEMBERS);
  process.stdout.write(`opened with ${MEMBERS} members in ${Math.round(tookMs)} ms\n`);
});
