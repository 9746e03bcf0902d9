import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBackend } from '../../workers/backend.ts';
import { startHeldWire } from '../harness/held-wire.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { MAKE_TRACES, openTestQueues } from '../harness/test-queues.ts';
import { connectAs } from '../harness/urn.ts';
import { until } from '../harness/webhook-receiver.ts';

const database = await freshDatabase();
const wire = await startHeldWire(database.ownerUrl);
const superuser = connectAs(database.ownerUrl, null);
const own = await openTestQueues(database.ownerUrl);
const silent = () => {};
const backend = await openBackend(
  { databaseUrl: database.ownerUrl },
  { debug: silent, info: silent, warn: silent, error: silent },
);
/** Those of openTestQueues. */
const QUEUES = 4;
const children: ChildProcess[] = [];
beforeAll(() => superuser.unsafe(`${MAKE_TRACES} CREATE TABLE app.staged (org_id uuid NOT NULL);`));
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await own.close();
  await superuser.end();
});

const cut = (ports: number[]) =>
  superuser`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY (string_to_array(${ports.join()}, ',')::integer[])`;
const done = async (id: string) => (await superuser`SELECT FROM app.traces WHERE id = ${`${id} done`}`).length === 1;

/** A process whose jobs, and nothing else, come through the wire. */
async function startProcess(): Promise<ChildProcess> {
  const program = join(import.meta.dirname, '../harness/run-queues.ts');
  const child = spawn(process.execPath, [program, database.ownerUrl, JSON.stringify({ databaseUrl: wire.url })], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.push(child);
  child.send('begin');
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

test('a connection cut in the very packet that greets it ends no process, and the next one listens again', async () => {
  const child = await startProcess();
  wire.hold();
  await cut(wire.ports());
  await until(() => wire.held().length >= QUEUES, 'greetings that wait');
  wire.pass();
  await cut(wire.held());
  await until(() => wire.held().length === 0, 'greetings that arrived with the last words');
  await until(() => wire.ports().length >= 2 * QUEUES, 'workers that listen again');
  const errands = backend.openQueue('errands');
  await errands.add('errands', { id: 'after the cut' }, { jobId: 'after-the-cut' });
  await until(() => done('after the cut'), 'a job that came after it');
  await errands.close();
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
});
