import { afterAll, expect, test } from 'vitest';
import { createLogger } from '../../gateway/logging.ts';
import { startWorkers } from '../../workers/index.ts';
import { auditPlace } from '../harness/audit-place.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';
import { accepted, newElection, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';
import { until } from '../harness/webhook-receiver.ts';

/** The search as it runs in the product: nobody here indexes anything but the workers and the command. */

const CHANGES = 10;
const FRESH_MS = 1_000;

const database = await freshDatabase();
const superuser = connectAs(database.ownerUrl, null);
const engine = await openEngine(database);
afterAll(() => Promise.all([superuser.end(), endCommands()]));
const audit = auditPlace();
const orgId = await newOrganisation(engine);

async function titles(q: string): Promise<string[]> {
  const reader = { orgId, meetingId: null, audience: null, kinds: [{ kind: 'elections', drafts: true }] };
  const { hits } = accepted(await engine.search.search(reader, { q }));
  return hits.map(({ title }) => title.map(({ text }) => text).join(''));
}

test('workers of the product find each change of an election within a second of its commit', async () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'warn', destination: { write: (line) => lines.push(line) } });
  const settings = { mail: null, webhookAllowPrivate: true, jobs: { databaseUrl: database.ownerUrl }, audit };
  const workers = await startWorkers(engine, settings, logger);
  const { electionId } = await newElection(engine, orgId, { title: 'Lighthouse' });
  await until(async () => (await titles('lighthouse')).length === 1, 'the new election');

  const waitedMs: number[] = [];
  for (let n = 0; n < CHANGES; n += 1) {
    const title = `Harbour${'abcdefghij'[n]?.repeat(6)}`;
    accepted(await engine.elections.edit(orgId, electionId, { title }, 'test'));
    const committedMs = performance.now();
    await until(async () => (await titles(title)).includes(title), title);
    waitedMs.push(Math.round(performance.now() - committedMs));
  }
  await until(async () => (await engine.search.figures()).dirty === 0, 'nothing waits any more');
  await workers.stop();
  expect(Math.max(...waitedMs), `waited ${waitedMs.join(', ')} ms`).toBeLessThanOrEqual(FRESH_MS);
  expect(lines.filter((line) => line.includes('search'))).toEqual([]);
  expect(await superuser`SELECT FROM app.dead_letters`).toHaveLength(0);
});

test('npm run search -- check proves it, names what differs and ends with 1; reindex mends it', {
  timeout: 180_000,
}, async () => {
  const run = async (...args: string[]) => {
    const command = runCommandOf('search', args, { DATABASE_URL: database.ownerUrl });
    const code = await command.ended;
    return { code, out: command.out(), err: command.err() };
  };
  await openElection(engine, orgId, newVoters(1), { title: 'Breakwater' });
  await engine.search.catchUp(orgId);
  const whole = await run('check', '--json');
  expect(whole.code, whole.err).toBe(0);
  const [said = '', json = ''] = whole.out.trim().split('\n');
  expect(said).toMatch(/^The search has what the database has: \d+ documents compared\.$/);
  expect(JSON.parse(json)).toMatchObject({ act: 'check', compared: 2, differences: 0 });

  await superuser`UPDATE app.search_documents SET title = 'Planted' WHERE org_id = ${orgId} AND title = 'Breakwater'`;
  const wrong = await run('check', '--org', orgId, '--kind', 'elections');
  expect(wrong.code).toBe(1);
  expect(wrong.out).toMatch(new RegExp(`^postgresql: differs: elections [0-9a-f-]{36} of ${orgId}$`, 'm'));
  expect(wrong.out).toContain('1 differences in 2 documents. To mend them: npm run search -- reindex');

  await superuser`DELETE FROM app.search_documents WHERE org_id = ${orgId}`;
  expect(await titles('breakwater')).toEqual([]);
  const mended = await run('reindex');
  expect([mended.code, mended.out]).toEqual([
    0,
    expect.stringMatching(/^2 documents are indexed anew in \d+\.\d s\.\n$/),
  ]);
  expect(await titles('breakwater')).toEqual(['Breakwater']);
  expect((await run('check')).code).toBe(0);
});

test('npm run search says what it does not understand', { timeout: 120_000 }, async () => {
  const commands = [['vacuum'], ['check', '--kind', 'secrets'], ['check', '--org', 'ours']].map((args) =>
    runCommandOf('search', args, { DATABASE_URL: database.ownerUrl }),
  );
  expect(await Promise.all(commands.map(({ ended }) => ended))).toEqual([1, 1, 1]);
  const [nothing, kind, org] = commands.map((command) => command.err());
  expect(nothing).toContain('Say what to do: npm run search -- reindex, or npm run search -- check');
  expect(kind).toContain('--kind secrets: not one of elections, results, meetings, members');
  expect(org).toContain('--org ours: not an id of an organisation');
});
