import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newCastKey, newToken } from './http-server.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const STARTED = /^\{"port":(\d+),"ws_port":(\d+)\}$/m;
const IRV = {
  title: 'Chair',
  method: { method: 'irv', settings: {} },
  options: [
    { id: 'ada', title: 'Ada' },
    { id: 'grace', title: 'Grace' },
  ],
};

const database = await freshDatabase();
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** `node cli/gateway.ts`; resolves once it listens or has ended. */
async function startProcess(port = 0) {
  const child = spawn(process.execPath, ['cli/gateway.ts', '--port', String(port), '--ws-port', '0'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, DATABASE_URL: database.ownerUrl, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let said = '';
  const listening = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        said += data.toString();
        if (STARTED.test(said)) done();
      });
    }
    child.once('close', () => done());
  });
  await listening;
  return { child, said: () => said, port: Number(STARTED.exec(said)?.[1] ?? 0) };
}

async function makeKey(): Promise<string> {
  const engine = await createEngine({ url: database.ownerUrl });
  const organisation = await engine.accounts.createOrganisation({ name: 'Two doors' });
  if (!organisation.ok) throw new Error(organisation.failure.message);
  const key = await engine.apiKeys.create(organisation.value.orgId, { name: 'admin', roles: ['admin'] });
  await engine.close();
  if (!key.ok) throw new Error(key.failure.message);
  return key.value.secret;
}

test('two gateways on one database give one truth, and stop cleanly when told', async () => {
  const key = await makeKey();
  const [one, two] = await Promise.all([startProcess(), startProcess()]);
  const call = async (port: number, method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/elections${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of several shapes
    return { status: response.status, json: (await response.json()) as any };
  };
  const { json: election } = await call(one.port, 'POST', '', IRV);
  const path = `/${election.election_id}`;
  const tokens = [newToken(), newToken(), newToken()];
  await call(two.port, 'POST', `${path}/credentials`, { credentials: tokens.map(({ hash }) => ({ hash })) });
  expect((await call(one.port, 'POST', `${path}/open`)).status).toBe(200);
  const cast = (port: number, index: number, cast_key = newCastKey()) =>
    call(port, 'POST', `${path}/ballots`, { credential: tokens[index]?.token, ballot: { ranking: ['ada'] }, cast_key });

  const cast_key = newCastKey();
  const first = await cast(one.port, 0, cast_key);
  expect(first.status).toBe(201);
  expect((await cast(two.port, 0, cast_key)).json).toEqual(first.json);
  expect((await cast(two.port, 0)).json.error_code).toBe('BALLOT_002');
  expect((await cast(two.port, 1)).status).toBe(201);
  expect((await call(two.port, 'POST', `${path}/close`)).status).toBe(200);
  expect((await cast(one.port, 2)).json.error_code).toBe('BALLOT_004');
  await call(one.port, 'POST', `${path}/publish`);
  for (const { port } of [one, two]) {
    const { json } = await call(port, 'GET', `${path}/result`);
    expect(json.count.totals).toEqual({ ada: '2', grace: '0' });
  }

  const busy = await startProcess(one.port);
  expect(busy.child.exitCode ?? (await once(busy.child, 'exit'))[0]).toBe(1);
  expect(busy.said()).toBe(
    `Port ${one.port} is in use by another program. Stop that program, or choose another port with --port.\n`,
  );
  for (const [gateway, signal] of [
    [one, 'SIGTERM'],
    [two, 'SIGINT'],
  ] as const) {
    const ended = once(gateway.child, 'exit');
    gateway.child.kill(signal);
    expect(await ended).toEqual([0, null]);
  }
});
