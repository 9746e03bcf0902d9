import postgres from 'postgres';
import { expect, test } from 'vitest';
import { migrate } from '../../sql/migrate.ts';
import { openBackend } from '../../workers/backend.ts';
import { checkJobsPlace } from '../../workers/jobs-place.ts';
import { migrateJobs } from '../../workers/jobs-schema.ts';
import { startPgBouncer } from '../harness/pgbouncer.ts';
import { emptyDatabase, freshDatabase } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';

const said: string[] = [];
const note = (facts: unknown, words?: string) => void said.push(words ?? String(facts));
const logger = { debug: note, info: note, warn: note, error: note };
const database = await freshDatabase();
const place = { databaseUrl: database.ownerUrl };

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  );

test('a Redis that evicts keys is refused, whatever its policy is called', async () => {
  for (const maxmemoryPolicy of ['allkeys-lru', 'volatile-ttl']) {
    const redis = await startRedis({ maxmemoryPolicy });
    const words = await refusal(checkJobsPlace({ ...place, redisUrl: redis.url }, logger));
    expect(words).toContain(`RedisProblem: REDIS_URL: the Redis at 127.0.0.1:${redis.port} has maxmemory-policy`);
    expect(words).toContain('Set maxmemory-policy noeviction');
  }
});

test('one without an append-only file is taken with a warning, one with it without', async () => {
  const [safe, unsafe] = [await startRedis(), await startRedis({ appendOnly: false })];
  await checkJobsPlace({ ...place, redisUrl: safe.url }, logger);
  expect(said).toEqual([]);
  await checkJobsPlace({ ...place, redisUrl: unsafe.url }, logger);
  expect(said).toEqual([expect.stringContaining('appendonly yes')]);
});

test('a Redis that is not there holds up no gateway, and workers wait for it; it is named without its password', async () => {
  said.length = 0;
  const redis = await startRedis();
  await redis.kill();
  const away = { ...place, redisUrl: `redis://:hunter2@127.0.0.1:${redis.port}` };
  expect(await refusal(checkJobsPlace(away, logger))).toBe('accepted');
  expect(said).toEqual([]);
  const opening = openBackend({ ...place, redisUrl: redis.url }, logger);
  await expect.poll(() => said.length).toBe(1);
  expect(said[0]).toMatch(/^REDIS_URL: no Redis answers at 127\.0\.0\.1:\d+ .*Background work waits for it/);
  expect(said[0]).not.toContain('hunter2');
  await redis.startAgain();
  await (await opening).close();
  expect(said.slice(1)).toEqual(['Redis is there']);

  const stopping = new AbortController();
  await redis.kill();
  const waiting = refusal(openBackend(away, logger, stopping.signal));
  await expect.poll(() => said.length).toBe(3);
  stopping.abort();
  expect(await waiting).toContain('AbortError');
});

test('one that comes with a policy that loses jobs is refused then', async () => {
  said.length = 0;
  const redis = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
  await redis.kill();
  const opening = refusal(openBackend({ ...place, redisUrl: redis.url }, logger));
  await expect.poll(() => said.length).toBe(1);
  await redis.startAgain();
  expect(await opening).toMatch(/^RedisProblem: .*maxmemory-policy allkeys-lru/);
});

test('jobs are not kept through a pooler', async () => {
  const bouncer = await startPgBouncer(database.ownerUrl);
  try {
    const words = await refusal(checkJobsPlace({ databaseUrl: bouncer.url }, logger));
    expect(words).toMatch(/^JobsDatabaseProblem: DATABASE_URL leads through a pooler.*JOBS_DATABASE_URL/);
    await migrateJobs(bouncer.url); // by transactions alone, so this may
  } finally {
    await bouncer.stop();
  }
});

test('a database without the schema, and a login without the right, are told what to do', async () => {
  const bare = await emptyDatabase();
  await migrate(bare.ownerUrl);
  expect(await refusal(checkJobsPlace({ databaseUrl: bare.ownerUrl }, logger))).toContain('the schema jobs is missing');
  await Promise.all([migrateJobs(bare.ownerUrl), migrateJobs(bare.ownerUrl)]);
  expect(await refusal(checkJobsPlace({ databaseUrl: bare.ownerUrl }, logger))).toBe('accepted');

  const login = `plain_${database.name}`;
  const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(`CREATE ROLE ${login} LOGIN PASSWORD 'plain'`);
  const url = new URL(database.ownerUrl);
  url.username = login;
  url.password = 'plain';
  const asked = { databaseUrl: url.href, databaseVariable: 'JOBS_DATABASE_URL' as const };
  const words = await refusal(checkJobsPlace(asked, logger));
  await sql.unsafe(`DROP ROLE ${login}`);
  await sql.end();
  expect(words).toMatch(/^JobsDatabaseProblem: JOBS_DATABASE_URL: its user may not act as psephos_worker/);
});
