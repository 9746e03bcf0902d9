import { afterAll, expect, test } from 'vitest';
import { PsephosHttp } from '../../client/index.ts';
import { type OwnServer, startOwnServer } from '../../loadtest/server.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';
import { emptyDatabase } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';

const database = await emptyDatabase();
const redis = await startRedis();
const servers: OwnServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await endCommands();
});

const PATIENT = { timeout: 20_000 };

test('npm start comes up while Redis is down, goes on without it, and uses it when it comes', async () => {
  await redis.kill();
  const server = await startOwnServer({ environment: { DATABASE_URL: database.ownerUrl, REDIS_URL: redis.url } });
  servers.push(server);
  expect(server.log()).toContain('REDIS_URL: no Redis answers. The gateway goes on without it');
  await expect.poll(() => server.log(), PATIENT).toContain('Background work waits for it');
  const metrics = async () => (await fetch(`${server.httpUrl}/metrics`)).text();
  expect(await metrics()).toContain('psephos_redis_up 0');
  const http = new PsephosHttp({ baseUrl: server.httpUrl, secret: server.apiKey ?? '' });
  const made = await http.createElection({ title: 'A motion', method: { method: 'motion', settings: {} } });
  expect((await http.open(made.election_id)).state).toBe('open');
  expect(server.log()).not.toContain('workers are at work');

  await redis.startAgain();
  await expect.poll(() => server.log(), PATIENT).toContain('workers are at work');
  await expect.poll(metrics, PATIENT).toContain('psephos_redis_up 1');
  // the relay's jobs lie in Redis, and are done: what happened meanwhile is in the audit
  await expect.poll(metrics, PATIENT).toMatch(/psephos_queue_done_total\{queue="audit"\} [1-9]/);
  expect(await server.stop()).toBe(0);
});

test('workers that wait for Redis say so on their monitor, and stop at once when they are told to', async () => {
  await redis.kill();
  const workers = runCommandOf('workers', [], { DATABASE_URL: database.ownerUrl, REDIS_URL: redis.url });
  await expect.poll(() => workers.err(), PATIENT).toContain('Background work waits for it');
  const [, monitor = ''] = /"monitor":"([^"]+)"/.exec(workers.err()) ?? [];
  const [health, ready] = [await fetch(`${monitor}/health`), await fetch(`${monitor}/ready`)];
  expect([health.status, ready.status, await ready.json()]).toEqual([
    ...[200, 503, { status: 'away', message: expect.stringContaining('The store of jobs cannot be reached') }],
  ]);
  const startedMs = performance.now();
  workers.child.kill('SIGTERM');
  expect(await workers.ended).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test('with BALLOT_FALLBACK=queue it is refused: ballots would have nowhere to wait', async () => {
  const environment = { DATABASE_URL: database.ownerUrl, REDIS_URL: redis.url, BALLOT_FALLBACK: 'queue' };
  await expect(startOwnServer({ environment })).rejects.toThrow(/BALLOT_FALLBACK=queue: no Redis answers at REDIS_URL/);
});
