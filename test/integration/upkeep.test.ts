import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import type { WorkerSettings } from '../../workers/index.ts';
import { upkeep } from '../../workers/upkeep.ts';
import { accepted, castOf, newOrganisation, newVoters, openElection, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const other = await openEngine(database);
const orgId = await newOrganisation(engine);
const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => {}, types: { bigint: postgres.BigInt } });
afterAll(() => sql.end());

const stateOf = async (task: string) => (await engine.upkeepTasks.state()).find((each) => each.task === task);

test('a task that two processes begin at once is done once, and again only after its pause', async () => {
  const done: string[] = [];
  const work = (who: string) => async () => {
    done.push(who);
    return { who };
  };
  const outcomes = await Promise.all([
    engine.upkeepTasks.once('backup', 60_000, work('one')),
    other.upkeepTasks.once('backup', 60_000, work('other')),
  ]);
  expect(outcomes.filter(Boolean).length).toBe(1);
  expect(done.length).toBe(1);
  expect(await engine.upkeepTasks.once('backup', 60_000, work('again'))).toBe(false);
  expect(await engine.upkeepTasks.once('backup', 0, work('later'))).toBe(true);
  expect(await stateOf('backup')).toMatchObject({ problem: null, summary: { who: 'later' } });
});

test('a task that fails says why, is done again without a pause, and keeps when it last went well', async () => {
  const failing = () => Promise.reject(new Error('the disk is full'));
  await engine.upkeepTasks.once('restore-drill', 60_000, async () => ({ ok: true }));
  const well = await stateOf('restore-drill');
  await expect(engine.upkeepTasks.once('restore-drill', 0, failing)).rejects.toThrow('the disk is full');
  expect(await stateOf('restore-drill')).toMatchObject({
    problem: 'the disk is full',
    succeededAt: well?.succeededAt,
    summary: { ok: true },
  });
  expect(await other.upkeepTasks.once('restore-drill', 60_000, async () => ({ ok: 'again' }))).toBe(true);
  expect(await stateOf('restore-drill')).toMatchObject({ problem: null, summary: { ok: 'again' } });
});

test('the hourly upkeep makes partitions and forgets what nobody can use any more', async () => {
  const [person] = await sql<{ account_id: string }[]>`
    INSERT INTO app.accounts (account_id, display_name) VALUES (gen_random_uuid(), 'Gone') RETURNING account_id`;
  const account = person?.account_id ?? '';
  await sql`INSERT INTO app.account_sessions (account_id, session_id, method, expires_at) VALUES
    (${account}, gen_random_uuid(), 'password', now() - interval '1 year'), (${account}, gen_random_uuid(), 'password', now() + interval '1 day')`;
  await sql`INSERT INTO app.idempotency_keys (org_id, key, request_hash, created_at)
    VALUES (${orgId}, 'old', '\\x00', now() - interval '2 days'), (${orgId}, 'new', '\\x00', now())`;
  await sql`INSERT INTO app.socket_tickets (org_id, ticket_hash, identity, expires_at)
    VALUES (${orgId}, sha256('a'), '{}', now() - interval '1 minute'), (${orgId}, sha256('b'), '{}', now() + interval '1 minute')`;
  expect(await engine.upkeepTasks.tidy(0)).toBe(true);
  expect(await stateOf('tidy')).toMatchObject({ problem: null, summary: { sessions: 1, answers: 1, tickets: 1 } });
  expect(await sql`SELECT FROM app.account_sessions WHERE account_id = ${account}`).toHaveLength(1);
  // a gateway whose workers live leaves it to them
  expect(await other.upkeepTasks.tidy(90 * 60_000)).toBe(false);
});

test('a tally that nobody watches has a snapshot once enough ballots are in', async () => {
  const voters = newVoters(40);
  const election = await openElection(engine, orgId, voters);
  for (const voter of voters) accepted(await engine.elections.cast(orgId, castOf(election, voter)));
  const snapshots = () =>
    sql<{ cast_count: bigint }[]>`SELECT cast_count FROM urn.tally_snapshot WHERE election_id = ${election.electionId}`;
  await engine.upkeepTasks.snapshots(0, 50);
  expect(await snapshots()).toHaveLength(0);
  await engine.upkeepTasks.snapshots(0, 30);
  const [snapshot] = await snapshots();
  expect(Number(snapshot?.cast_count)).toBeGreaterThanOrEqual(38); // a secret vote shows whole steps of three
  // not again while nothing has come
  await engine.upkeepTasks.snapshots(0, 30);
  expect((await stateOf('snapshots'))?.summary).toMatchObject({ taken: 0 });
  expect(accepted(await engine.elections.tally(orgId, election.electionId)).cast).toBe(40);
});

test('tables that have grown are analysed, by a role that owns none of them', async () => {
  const election = await openElection(engine, orgId, newVoters(2_000));
  // figures of changes reach the server's statistics when a connection is idle
  await sql`SELECT pg_stat_force_next_flush()`;
  const analysed = async () => {
    await engine.upkeepTasks.statistics(0, 1_000);
    return ((await stateOf('statistics'))?.summary.analysed ?? []) as string[];
  };
  const giveUp = Date.now() + 20_000;
  const seen = new Set<string>();
  while (!seen.has('urn.credential') && Date.now() < giveUp) for (const table of await analysed()) seen.add(table);
  expect([...seen]).toContain('urn.credential');
  const [row] = await sql<
    { n: number }[]
  >`SELECT reltuples::integer AS n FROM pg_class WHERE oid = 'urn.credential'::regclass`;
  expect(row?.n).toBeGreaterThanOrEqual(2_000);
  expect(election.state).toBe('open');
});

test('months of the log go by policy, once everybody has had them, and the log stays whole behind them', async () => {
  await sql.unsafe(`
    CREATE TABLE app.log_2020_01 (LIKE app.log INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
    ALTER TABLE app.log_2020_01 OWNER TO psephos_owner;
    ALTER TABLE app.log ATTACH PARTITION app.log_2020_01 FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
    ALTER TABLE app.log_2020_01 ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
  const quiet = await newOrganisation(engine, 'Quiet');
  await sql`INSERT INTO app.log (org_id, pos, topic, kind, payload, at)
    VALUES (${quiet}, 1, ${quiet}, 'meeting.created', '{}', '2020-01-15T12:00:00Z')`;
  await sql`INSERT INTO app.usage (org_id, month, metric, amount) VALUES (${quiet}, '2020-01-01', 'ballots', 5), (${quiet}, '2099-01-01', 'ballots', 5)`;
  const retain = () => engine.upkeepTasks.retention(0, { logMonths: 12, usageMonths: 24 });
  await retain();
  expect((await stateOf('retention'))?.summary).toMatchObject({ log: [], usage: 1 }); // nobody has relayed it yet
  await sql`INSERT INTO app.relay_cursors (org_id, pos) VALUES (${quiet}, 1) ON CONFLICT (org_id) DO UPDATE SET pos = 1`;
  await sql`INSERT INTO app.consumer_cursors (org_id, consumer, pos) VALUES (${quiet}, 'audit', 0) ON CONFLICT (org_id, consumer) DO UPDATE SET pos = 0`;
  await retain();
  expect((await stateOf('retention'))?.summary).toMatchObject({ log: [] });
  await sql`UPDATE app.consumer_cursors SET pos = 1 WHERE org_id = ${quiet}`;
  await retain();
  expect((await stateOf('retention'))?.summary).toMatchObject({ log: ['log_2020_01'] });
  expect(await sql`SELECT FROM pg_class WHERE relname = 'log_2020_01'`).toHaveLength(0);
  const forced =
    await sql`SELECT FROM pg_class WHERE relname IN ('relay_cursors', 'consumer_cursors') AND relforcerowsecurity`;
  expect(forced).toHaveLength(2);
  // for ever unless told otherwise
  await engine.upkeepTasks.retention(0);
  expect((await stateOf('retention'))?.summary).toMatchObject({ log: [], usage: 0 });
});

test('an old transaction and a table that vacuum does not keep up with are told', async () => {
  await sql.unsafe(`CREATE TABLE app.heap_of_dead_rows (n integer) WITH (autovacuum_enabled = off);
    INSERT INTO app.heap_of_dead_rows SELECT generate_series(1, 60000); UPDATE app.heap_of_dead_rows SET n = n + 1`);
  await sql`SELECT pg_stat_force_next_flush()`;
  const told = async () => {
    await engine.upkeepTasks.hints(0);
    return ((await stateOf('hints'))?.summary.hints ?? []) as string[];
  };
  const giveUp = Date.now() + 20_000;
  let hints = await told();
  while (hints.length === 0 && Date.now() < giveUp) hints = await told();
  expect(hints.join(' ')).toMatch(/app\.heap_of_dead_rows holds \d+ dead rows .* run VACUUM/);
  await sql`DROP TABLE app.heap_of_dead_rows`;
});

test('the queue hands each task to the engine; backups only where they are wanted', async () => {
  const settings = { mail: null, webhookAllowPrivate: false } as unknown as WorkerSettings;
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const signal = new AbortController().signal;
  const taken: string[] = [];
  const backups = {
    take: async () => ({ backup: taken.push('backup') }),
    drill: async () => {
      throw new Error('The backup is not good');
    },
  };
  const kept = { retention: { logMonths: 0, usageMonths: 0 }, deliveriesKeptMs: 1, notificationsKeptMs: 1 };
  const wanted = { ...settings, upkeep: { ...kept, backups, logArchive: null } };
  await sql`DELETE FROM app.upkeep_tasks`;
  for (const { payload } of upkeep.schedules ?? []) await upkeep.run(payload, { engine, settings, logger, signal });
  expect((await engine.upkeepTasks.state()).map(({ task }) => task)).toEqual([
    'hints',
    'retention',
    'snapshots',
    'statistics',
    'tidy',
  ]);
  await upkeep.run({ task: 'backup' }, { engine, settings: wanted, logger, signal });
  await upkeep.run({ task: 'backup' }, { engine, settings: wanted, logger, signal });
  expect(taken).toEqual(['backup']);
  const drilling = upkeep.run({ task: 'restore-drill' }, { engine, settings: wanted, logger, signal });
  await expect(drilling).rejects.toThrow('The backup is not good');
  expect((await stateOf('restore-drill'))?.problem).toBe('The backup is not good');
});

test('an engine that only looks at a copy changes nothing by itself', async () => {
  const still = await createEngine({ url: database.ownerUrl, still: true });
  await sql`DELETE FROM app.upkeep_tasks`;
  const election = await openElection(still, orgId, newVoters(1));
  expect(election.state).toBe('open');
  await still.close();
  expect(await engine.upkeepTasks.state()).toEqual([]);
});
