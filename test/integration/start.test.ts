import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { makeSharedTempFolder } from '../../sql/embedded/index.ts';
import { processExists } from '../../sql/embedded/instance-lock.ts';
import { type Command, endCommands, runCommandOf } from '../harness/command.ts';

const WARM_START_MS = 5_000;
const STOP_MS = 10_000;
const ANY_PORTS = ['--port', '0', '--ws-port', '0'];
const RUNS = /Ctrl-C stops it/;

const root = await makeSharedTempFolder('psephos-start-');
let folders = 0;

afterAll(async () => {
  await endCommands();
  rmSync(root, { recursive: true, force: true });
});

function newFolder(): string {
  folders += 1;
  return join(root, `data-${folders}`);
}

function start(dataDir: string, args: readonly string[] = ANY_PORTS, environment: Record<string, string> = {}) {
  return runCommandOf('start', [...args, '--data-dir', dataDir], environment);
}

async function startJson(dataDir: string) {
  const command = start(dataDir, [...ANY_PORTS, '--json']);
  const [line] = await command.says(/^\{.*\}$/m);
  const {
    http_url: httpUrl,
    api_key: apiKey,
    pid,
    postgres_pid: postgresPid,
    workers_pid: workersPid,
  } = JSON.parse(line);
  return { command, httpUrl, apiKey, pid, postgresPid, workersPid };
}

async function stop(command: Command): Promise<void> {
  const startedAtMs = performance.now();
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
  expect(performance.now() - startedAtMs).toBeLessThan(STOP_MS);
}

/** Runs the two lines that the start printed for copying, in a shell. */
async function tryExample(said: string): Promise<Record<string, unknown>> {
  const lines = said.split('\n').filter((line) => /^ {2}(TOKEN=|curl )/.test(line));
  expect(lines).toHaveLength(2);
  const { stdout } = await promisify(execFile)('sh', ['-c', lines.join('\n')]);
  return JSON.parse(stdout);
}

/** A command that must not start: its one line. */
async function refusalOf(command: Command): Promise<string> {
  expect(await command.ended).toBe(1);
  const lines = command.err().trim().split('\n');
  expect(command.err().trim()).toBe(lines[0]);
  return lines[0] ?? '';
}

const postgresLog = (dataDir: string) => {
  const folder = join(dataDir, 'postgres', 'log');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
};

describe('npm start', () => {
  const dataDir = newFolder();
  let apiKey = '';

  test('says on the first start what a person needs, and the example that it prints works', async () => {
    const command = start(dataDir);
    await command.says(RUNS);
    const said = command.out();
    expect(said).toMatch(/Addresses +http:\/\/127\.0\.0\.1:\d+\n/);
    expect(said).toMatch(/API page +http:\/\/127\.0\.0\.1:\d+\/docs\n/);
    expect(said).toMatch(/Sign in +http:\/\/127\.0\.0\.1:\d+\/sign-in#magic=psl_[\w-]+\n/);
    expect(said).toMatch(/Socket +ws:\/\/127\.0\.0\.1:\d+ /);
    expect(said).toMatch(/Join code +[A-Z0-9]{6} /);
    apiKey = /API key +(psk_\S+)/.exec(said)?.[1] ?? '';
    expect(await tryExample(said)).toEqual({ tracking_code: expect.stringMatching(/^[0-9a-f]{32}$/) });
    await stop(command);
  });

  test(`takes a ballot within ${WARM_START_MS} ms on a warm data folder, and prints no key again`, async () => {
    const startedAtMs = performance.now();
    const command = start(dataDir);
    await command.says(RUNS);
    await tryExample(command.out());
    expect(performance.now() - startedAtMs).toBeLessThan(WARM_START_MS);
    expect(command.out()).not.toContain('psk_');
    expect(command.out()).toContain('npm start -- --new-key');
    const url = /Addresses +(\S+)/.exec(command.out())?.[1];
    const elections = await fetch(`${url}/v1/elections`, { headers: { authorization: `Bearer ${apiKey}` } });
    const { items } = (await elections.json()) as { items: { state: string; method: { method: string } }[] };
    expect(items.filter(({ state }) => state === 'open').map(({ method }) => method.method)).toEqual(
      expect.arrayContaining(['motion', 'irv', 'points', 'choose']),
    );
    await stop(command);
    // Connections were closed before the database was told to go
    expect(postgresLog(dataDir)).not.toContain('terminating connection');
    expect(postgresLog(dataDir)).toContain('database system is shut down');
  });

  test('makes another key when asked, and the first one still works', async () => {
    const command = start(dataDir, [...ANY_PORTS, '--new-key']);
    await command.says(RUNS);
    const another = /API key +(psk_\S+)/.exec(command.out())?.[1] ?? '';
    const url = /Addresses +(\S+)/.exec(command.out())?.[1];
    for (const key of [apiKey, another]) {
      const answer = await fetch(`${url}/v1/meetings`, { headers: { authorization: `Bearer ${key}` } });
      expect(answer.status).toBe(200);
    }
    expect(another).not.toBe(apiKey);
    await stop(command);
  });

  test('while it runs, npm run admin works on its data', { timeout: 60_000 }, async () => {
    const running = await startJson(dataDir);
    const admin = runCommandOf('admin', ['platform-admin', 'grace@example.org', '--data-dir', dataDir]);
    expect(await admin.ended).toBe(0);
    expect(admin.out()).toContain('grace@example.org runs this installation.');
    expect(admin.err()).toContain('Using the PostgreSQL of the Psephos that is running');
    const reset = /#reset=([\w-]+)/.exec(admin.out())?.[1];
    const answer = await fetch(`${running.httpUrl}/v1/auth/password-reset/redeem`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: reset, password: 'four blue otters sing' }),
    });
    expect(answer.ok).toBe(true); // the server that runs knows the account
    await stop(running.command);
  });

  test('heals after everything was killed', async () => {
    const killed = await startJson(dataDir);
    for (const pid of [killed.command.child.pid, killed.pid, killed.postgresPid]) process.kill(pid, 'SIGKILL');
    await killed.command.ended;
    const next = await startJson(dataDir);
    const answer = await fetch(`${next.httpUrl}/v1/elections`, { headers: { authorization: `Bearer ${apiKey}` } });
    expect(answer.status).toBe(200);
    await stop(next.command);
    expect(processExists(next.postgresPid)).toBe(false);
  });

  test('runs workers in a process of their own, starts them again when they die, and ends with them', async () => {
    const { command, workersPid } = await startJson(dataDir);
    const atWork = () =>
      [...command.err().matchAll(/"pid":(\d+).*"workers are at work"/g)].map(([, pid]) => Number(pid));
    await expect.poll(atWork, { timeout: 20_000 }).toEqual([workersPid]);
    process.kill(workersPid, 'SIGKILL');
    await expect.poll(() => atWork().length, { timeout: 20_000 }).toBe(2);
    expect(command.err()).toMatch(/"signal":"SIGKILL".*the workers ended: they are started again/);
    await stop(command);
    expect(atWork().some(processExists)).toBe(false);
    expect(command.err()).not.toMatch(/"level":[56]0/); // nothing was at work when the database went
  });

  test('ends with its bootstrap, even when that is killed outright', async () => {
    const { command, pid, postgresPid, workersPid } = await startJson(dataDir);
    command.child.kill('SIGKILL');
    const left = () => [pid, postgresPid, workersPid].filter(processExists);
    await expect.poll(left, { timeout: STOP_MS }).toEqual([]);
  });
});

describe.concurrent('what cannot start says why in one line and exits with 1', () => {
  test('a port that is taken, of HTTP and of sockets', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = String(typeof address === 'object' && address ? address.port : 0);
    const dataDir = newFolder();
    expect(await refusalOf(start(dataDir, ['--port', port, '--ws-port', '0']))).toContain(`Port ${port} is in use`);
    expect(await refusalOf(start(dataDir, ['--port', '0', '--ws-port', port]))).toMatch(
      new RegExp(`port ${port} for sockets.*--ws-port`),
    );
    taken.close();
  });

  test('a data folder of another version, and one that another instance uses', async () => {
    const dataDir = newFolder();
    const first = start(dataDir);
    await first.says(RUNS);
    expect(await refusalOf(start(dataDir))).toMatch(/is in use by another Psephos \(process \d+\).*--data-dir/);
    await tryExample(first.out());
    await stop(first);
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    expect(await refusalOf(start(dataDir))).toContain(
      'was written by PostgreSQL 17; this Psephos carries PostgreSQL 18',
    );
  });

  test('a wrong setting, a wrong flag, a wrong host', async () => {
    const dataDir = newFolder();
    const [setting, port, flag, host] = await Promise.all(
      [
        start(dataDir, ANY_PORTS, { HOT_POOL: '9' }),
        start(dataDir, ['--port', '99999']),
        start(dataDir, ['--prot', '1']),
        start(dataDir, ANY_PORTS, { HOST: '203.0.113.1' }),
      ].map(refusalOf),
    );
    expect(setting).toBe('HOT_POOL="9": not a whole number from 2 to 4; example: HOT_POOL=3');
    expect(port).toContain('--port 99999: not a whole number');
    expect(flag).toContain("Unknown option '--prot'");
    expect(host).toContain('HOST=203.0.113.1');
  });

  test('a database that is away, and a password that is wrong, without showing it', async () => {
    const away = runCommandOf('start', ANY_PORTS, { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:9/votes' });
    const said = await refusalOf(away);
    expect(said).toContain('DATABASE_URL: no PostgreSQL answers at 127.0.0.1:9/votes');
    expect(away.out() + said).not.toContain('hunter2');
  });
});

test('--help says what there is', async () => {
  const command = runCommandOf('start', ['--help']);
  expect(await command.ended).toBe(0);
  for (const flag of ['--port N', '--ws-port N', '--data-dir FOLDER', '--help']) expect(command.out()).toContain(flag);
});
