import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, limits } from '../../engine/index.ts';
import type { JobsPlace } from '../../workers/settings.ts';
import { accepted, kindOf, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase, type TestDatabase } from '../harness/postgres.ts';
import { type RunningQueues, startQueues } from '../harness/queues.ts';
import { startRedis, type TestRedis } from '../harness/redis.ts';
import { MAKE_TRACES, openTestQueues } from '../harness/test-queues.ts';
import { connectAs } from '../harness/urn.ts';
import { until } from '../harness/webhook-receiver.ts';

/** Processes take a while to start where others run. */
const PATIENT = { timeout: 90_000 };

/** One suite over both stores of jobs: whatever holds them, the same must be true. */
interface Store {
  readonly name: string;
  readonly database: TestDatabase;
  readonly jobs: JobsPlace;
  readonly redis: TestRedis | null;
  readonly engine: Engine;
}

async function onPostgres(): Promise<Store> {
  const database = await freshDatabase();
  const engine = await openEngine(database);
  return { name: 'PostgreSQL', database, jobs: { databaseUrl: database.ownerUrl }, redis: null, engine };
}

async function onRedis(): Promise<Store> {
  const [database, redis] = [await freshDatabase(), await startRedis()];
  const engine = await openEngine(database);
  return { name: 'Redis', database, jobs: { databaseUrl: database.ownerUrl, redisUrl: redis.url }, redis, engine };
}

const STORES = [await onPostgres(), await onRedis()];

describe.each(STORES)('jobs in $name', ({ database, jobs, redis, engine }) => {
  const superuser = connectAs(database.ownerUrl, null);
  const running: RunningQueues[] = [];
  const children: ChildProcess[] = [];
  let spare: ChildProcess | undefined;
  let own: Awaited<ReturnType<typeof openTestQueues>>;

  beforeAll(async () => {
    spare = spawnProcess();
    await superuser.unsafe(MAKE_TRACES);
    await superuser.unsafe(`
      CREATE TABLE app.staged (org_id uuid NOT NULL);
      GRANT ALL ON app.staged TO psephos_app, psephos_door;
      CREATE OR REPLACE FUNCTION door.changes_behind(p_limit integer) RETURNS TABLE (queue text, org_id uuid)
        LANGUAGE sql AS $$ SELECT DISTINCT 'changes', s.org_id FROM app.staged s LIMIT p_limit $$;
      ALTER FUNCTION door.changes_behind(integer) SECURITY DEFINER`);
    own = await openTestQueues(database.ownerUrl);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
    await Promise.all(running.splice(0).map((queues) => queues.stop()));
  });
  afterAll(async () => {
    if (spare !== undefined) await kill(spare);
    await own.close();
    await superuser.end();
  });

  async function start(relay = true): Promise<RunningQueues> {
    const queues = await startQueues(engine, jobs, own.queues, { relay });
    running.push(queues);
    return queues;
  }

  function spawnProcess(): ChildProcess {
    const program = join(import.meta.dirname, '../harness/run-queues.ts');
    return spawn(process.execPath, [program, database.ownerUrl, JSON.stringify(jobs)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
  }

  /** The same in a process of its own; the next one loads meanwhile. */
  async function startProcess(): Promise<ChildProcess> {
    const child = spare ?? spawnProcess();
    spare = undefined;
    children.push(child);
    child.send('begin');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    spare ??= spawnProcess();
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  const writeRows = (orgId: string, count: number) =>
    superuser`SELECT urn.append_log(${orgId}, ${orgId}, 'meeting.changed', jsonb_build_object('n', n)) FROM generate_series(1, ${count}) n`;
  const taken = async (orgId: string) =>
    (await superuser<{ pos: bigint }[]>`SELECT pos FROM app.taken WHERE org_id = ${orgId} ORDER BY seq`).map(
      ({ pos }) => Number(pos),
    );
  const traces = async (id: string) =>
    superuser<{ pid: number; at: Date }[]>`SELECT pid, at FROM app.traces WHERE id = ${id} ORDER BY at`;
  const numbers = (to: number) => Array.from({ length: to }, (_, i) => i + 1);
  const allTaken = (orgId: string, to: number, withinMs = 30_000) =>
    until(async () => (await taken(orgId)).length >= to, `${to} rows`, withinMs);

  test('every log row takes effect once and in order, whoever relays and works', PATIENT, async () => {
    const orgs = [await newOrganisation(engine), await newOrganisation(engine), await newOrganisation(engine)];
    await Promise.all([start(), start(), startProcess()]);
    for (let round = 0; round < 10; round += 1) for (const orgId of orgs) await writeRows(orgId, 60);
    for (const orgId of orgs) {
      await allTaken(orgId, 600);
      expect(await taken(orgId)).toEqual(numbers(600));
    }
  });

  test('a row is taken in within a second of its commit', async () => {
    const orgId = await newOrganisation(engine);
    await start();
    const waits: number[] = [];
    for (let i = 1; i <= 20; i += 1) {
      await writeRows(orgId, 1);
      const writtenMs = performance.now();
      await allTaken(orgId, i);
      waits.push(performance.now() - writtenMs);
    }
    expect(waits.sort((a, b) => a - b)[18]).toBeLessThan(1_000);
  });

  test('relay and workers killed at any point: nothing is lost, doubled or out of order', PATIENT, async () => {
    const orgId = await newOrganisation(engine);
    let written = 0;
    const write = async (times: number) => {
      for (let i = 0; i < times; i += 1) {
        await writeRows(orgId, 40);
        written += 40;
        await sleep(randomInt(60));
      }
    };
    // one of them relays, all of them work; when it is killed, at any point of a round, another takes over
    for (const child of await Promise.all([startProcess(), startProcess(), startProcess()])) {
      const before = (await taken(orgId)).length;
      await write(3);
      await until(async () => (await taken(orgId)).length > before, 'work under way');
      await write(3);
      await kill(child);
    }
    await start();
    await allTaken(orgId, written);
    expect(await taken(orgId)).toEqual(numbers(written));
  });

  test('jobs that come again, late, overlapping and without their rows change nothing and lose nothing', async () => {
    const orgId = await newOrganisation(engine);
    await writeRows(orgId, 30);
    const queues = await start(false);
    const entries = accepted(await engine.feed.read(orgId, 0, 100));
    const run = (from: number, to: number, epoch = engine.feed.epoch(), rows = true) => ({
      ...{ org_id: orgId, epoch, from, to },
      rows: entries
        .filter(({ pos }) => rows && pos >= from && pos <= to)
        .map(({ orgId: _, at, ...entry }) => ({ ...entry, at: at.toISOString() })),
    });
    await queues.add('rows', 'rows', run(21, 30));
    await allTaken(orgId, 30);
    for (const again of [run(1, 10), run(5, 25), run(1, 30), run(21, 30, 'another'), run(11, 20, undefined, false)]) {
      await queues.add('rows', 'rows', again);
    }
    await queues.add('errands', 'errands', { id: `behind ${orgId}` });
    await until(async () => (await traces(`behind ${orgId} done`)).length === 1);
    expect(await taken(orgId)).toEqual(numbers(30));
  });

  test('rows that a job of another life of the database carries are not believed', async () => {
    const orgId = await newOrganisation(engine);
    await writeRows(orgId, 2);
    const queues = await start(false);
    const row = (pos: number) => ({ pos, topic: orgId, kind: 'forged', payload: {}, at: new Date().toISOString() });
    await queues.add('rows', 'rows', { org_id: orgId, epoch: 'before', from: 1, to: 5, rows: numbers(5).map(row) });
    await allTaken(orgId, 2);
    expect(await taken(orgId)).toEqual([1, 2]);
  });

  test('runs whose jobs the store has lost are added again', async () => {
    const orgId = await newOrganisation(engine);
    await writeRows(orgId, 7);
    await superuser`INSERT INTO app.relay_cursors (org_id, pos) VALUES (${orgId}, 7)`; // as after a store without a file
    await start();
    await allTaken(orgId, 7);
    expect(await taken(orgId)).toEqual(numbers(7));
  });

  test('a delayed job waits for its time', async () => {
    const queues = await start(false);
    const addedMs = Date.now();
    await queues.add('errands', 'errands', { id: 'later' }, { delay: 600 });
    await until(async () => (await traces('later')).length === 1);
    expect(((await traces('later'))[0]?.at.getTime() ?? 0) - addedMs).toBeGreaterThanOrEqual(590);
  });

  test('a job that fails is tried again, each time later', async () => {
    const queues = await start(false);
    await queues.add('errands', 'errands', { id: 'stubborn', failures: 2 });
    await until(async () => (await traces('stubborn done')).length === 1);
    const [first, second, third] = (await traces('stubborn')).map(({ at }) => at.getTime()) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(10); // 20 ms, of which half is left to chance
    expect(third - second).toBeGreaterThanOrEqual(20);
  });

  test('malformed, unknown and exhausted jobs become dead letters that say why, and stop nothing', async () => {
    const queues = await start();
    await queues.add('errands', 'errands', { id: 5 }, { jobId: 'malformed' });
    await queues.add('errands', 'dance', { id: 'x' }, { jobId: 'unknown' });
    await queues.add('errands', 'errands', { id: 'hopeless', failures: 3 }, { jobId: 'exhausted' });
    await queues.add('errands', 'errands', { id: 'fine' });
    await until(async () => (await traces('fine done')).length === 1);
    const letters = async () => accepted(await engine.deadLetters.list(null, { queue: 'errands' })).items;
    await until(async () => (await letters()).length === 3, 'three letters');
    const byJob = new Map((await letters()).map((letter) => [letter.jobId, letter]));
    expect(byJob.get('malformed')).toMatchObject({
      reason: expect.stringContaining('malformed'),
      orgId: null,
      payload: { id: 5 },
    });
    expect(byJob.get('unknown')).toMatchObject({
      reason: 'The queue errands knows no job of the name "dance".',
      attempts: 1,
    });
    expect(byJob.get('exhausted')).toMatchObject({ reason: 'hopeless fails the 3. time', attempts: 3, times: 1 });

    // run again: what is mended is done, what is not comes back
    for (const { letterId } of byJob.values()) accepted(await engine.deadLetters.retry(null, letterId));
    await until(async () => (await traces('hopeless done')).length === 1, 'the mended one');
    await until(async () => (await letters()).filter(({ state }) => state === 'waiting').length === 2, 'the others');
    expect((await letters()).map(({ jobId }) => jobId).sort()).toEqual(['malformed', 'unknown']);
    for (const { letterId } of await letters()) accepted(await engine.deadLetters.drop(null, letterId));
    expect(await letters()).toEqual([]);
    expect(kindOf(await engine.deadLetters.retry(null, byJob.get('unknown')?.letterId ?? ''))).toBe('not_found');
  });

  test('a clock strikes once, however many processes hear it', PATIENT, async () => {
    await superuser`DELETE FROM app.traces WHERE id = 'tick'`;
    await Promise.all([start(false), start(false), startProcess()]);
    await until(async () => (await traces('tick')).length >= 5, 'five ticks');
    const atMs = (await traces('tick')).map(({ at }) => at.getTime());
    // one that was late does not move the next; three that heard each stroke would make three times as many
    const strokes = ((atMs.at(-1) ?? 0) - (atMs[0] ?? 0)) / 1_000 + 1;
    expect(atMs.length).toBeLessThan(1.5 * strokes + 1);
  });

  test('a job whose process is killed is done by another', PATIENT, async () => {
    const child = await startProcess();
    const queues = await start(false);
    // more than this process would take at a time, so that the other one has some
    for (let i = 0; i < 8; i += 1) await queues.add('errands', 'errands', { id: `heavy ${i}`, lastsMs: 1_500 });
    const held = () => superuser`SELECT FROM app.traces WHERE id LIKE 'heavy%' AND pid = ${child.pid as number}`;
    await until(async () => (await held()).length > 0, 'a job of the other process');
    await kill(child);
    await until(
      async () => (await superuser`SELECT FROM app.traces WHERE id LIKE 'heavy % done'`).length === 8,
      'all eight',
    );
    const done = await superuser<{ pid: number }[]>`SELECT pid FROM app.traces WHERE id LIKE 'heavy % done'`;
    expect(done.every(({ pid }) => pid === process.pid)).toBe(true);
  });

  test('stopping finishes what is short and hands on what is long', async () => {
    const queues = await startQueues(engine, jobs, own.queues, { relay: false });
    await queues.add('errands', 'errands', { id: 'short', lastsMs: 300 });
    await queues.add('errands', 'errands', { id: 'long', lastsMs: 4_000 });
    await until(async () => (await traces('short')).length + (await traces('long')).length === 2, 'both begun');
    const startedMs = performance.now();
    await queues.stop();
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(await traces('short done')).toHaveLength(1);
    expect(await traces('long done')).toHaveLength(0);
    await start(false);
    await until(async () => (await traces('long done')).length === 1, 'the long one elsewhere', 20_000);
  });

  test('organisations with staged changes are woken until they have none', async () => {
    const orgId = await newOrganisation(engine);
    await start();
    for (let i = 1; i <= 3; i += 1) {
      await superuser`INSERT INTO app.staged VALUES (${orgId})`;
      await until(async () => (await superuser`SELECT FROM app.staged`).length === 0, 'nothing staged');
      await until(async () => (await traces(`changes of ${orgId}`)).length >= i, 'a wake-up');
    }
  });

  test('what waits and what was done is told to the engine', async () => {
    const queues = await start(false);
    const of = async (name: string) => accepted(await engine.queues.stats()).find(({ queue }) => queue === name);
    const before = (await of('errands'))?.done ?? 0;
    for (let i = 0; i < 6; i += 1) await queues.add('errands', 'errands', { id: `counted ${i}`, lastsMs: 2_500 });
    await queues.add('errands', 'errands', { id: 'counted late' }, { delay: 60_000 });
    await until(async () => (await of('errands'))?.active === 4, 'four in work', 10_000);
    expect(await of('errands')).toMatchObject({ waiting: 2, delayed: 1 });
    expect((await of('errands'))?.oldestAgeMs).toBeGreaterThan(0);
    await until(async () => ((await of('errands'))?.done ?? 0) >= before + 6, 'six done', 15_000);
    expect((await of('errands'))?.ageMs).toBeLessThan(2 * limits.queueStatsMs);
  });

  if (redis !== null)
    test('Redis killed in the middle: it goes on by itself once that is back', PATIENT, async () => {
      const orgId = await newOrganisation(engine);
      await Promise.all([start(), startProcess()]);
      let written = 0;
      const write = async (times: number) => {
        for (let i = 0; i < times; i += 1) {
          await writeRows(orgId, 20);
          written += 20;
          await sleep(10);
        }
      };
      for (let round = 0; round < 3; round += 1) {
        await write(10);
        await redis.kill();
        await write(10);
        await redis.startAgain();
      }
      await allTaken(orgId, written);
      expect(await taken(orgId)).toEqual(numbers(written));
    });

  test('connections to the database cut in the middle: it goes on by itself, and no attempt is counted', async () => {
    const orgId = await newOrganisation(engine);
    await start();
    let written = 0;
    for (let round = 0; round < 5; round += 1) {
      await writeRows(orgId, 20);
      written += 20;
      await sleep(randomInt(60));
      await superuser`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'psephos hot'`;
    }
    await allTaken(orgId, written);
    expect(await taken(orgId)).toEqual(numbers(written));
    expect(accepted(await engine.deadLetters.list(orgId, {})).items).toEqual([]);
  });
});
