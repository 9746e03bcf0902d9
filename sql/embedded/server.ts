import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import type { Binaries } from './binaries.ts';
import { type DataFolder, giveTo } from './data-folder.ts';
import { processExists } from './instance-lock.ts';
import type { ServiceUser } from './service-user.ts';
import { StartProblem } from './start-problem.ts';

/** Everything that starting the server needs and that stays the same over its restarts. */
export interface ServerSite {
  readonly binaries: Binaries;
  readonly folder: DataFolder;
  readonly user: ServiceUser | null;
  readonly settings: Readonly<Record<string, string>>;
  /** how long a start may take; absent: as long as replaying max_wal_size */
  readonly readyMaxMs?: number;
}

export const LISTEN_HOST = '127.0.0.1';
const READY_POLL_MS = 15;
const READY_TIMEOUT_MS = 60_000; // crash recovery replays at most max_wal_size
const FAST_STOP_MS = 6_000; // leaves room below the 10 s from SIGTERM to exit
const IMMEDIATE_STOP_MS = 2_000;
const SHOWN_LOG_LINES = 12;
/** Linux: has the kernel stop PostgreSQL (SIGINT, a fast shutdown) when we are killed outright. */
const SETPRIV = '/usr/bin/setpriv';

/** An eighth of the memory, at most 1 GiB: a roll of a million voters and its index then stay in it. */
function sharedBuffersMiB(): number {
  return Math.max(128, Math.min(1_024, Math.floor(totalmem() / 8 / 2 ** 20)));
}

/** Set for the hot path (design: hot-path.md); durability is never traded away. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: LISTEN_HOST,
  unix_socket_directories: '', // a socket's path may be 107 bytes at most; data folders may be longer
  max_connections: '100',
  shared_buffers: `${sharedBuffersMiB()}MB`,
  fsync: 'on',
  synchronous_commit: 'on', // acknowledged means on disk
  wal_compression: 'off', // pglz is all that these binaries have: it nearly halved the rate on a large roll
  max_wal_size: '4GB', // the default forced 236 checkpoints in one bench
  checkpoint_completion_target: '0.9',
  max_slot_wal_keep_size: '8GB', // an archive of the log that nobody writes any more must not fill the disk
  jit: 'off', // milliseconds of compiling for statements that take one
  log_parameter_max_length: '0', // credentials beside ballots must not reach a log
  log_parameter_max_length_on_error: '0',
  logging_collector: 'on', // a file per weekday, overwritten a week later
  log_directory: 'log',
  log_filename: 'postgres-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
};

/**
 * Creates the database cluster if there is none. initdb writes beside and is renamed when whole, so that a start that
 * was killed half-way leaves nothing that looks like a cluster.
 * @throws StartProblem with initdb's words
 */
export function initialiseCluster({ binaries, folder, user }: ServerSite): void {
  if (existsSync(folder.pgData)) return;
  const staging = `${folder.pgData}.new`;
  const passwordFile = join(folder.dataDir, 'initdb-password');
  rmSync(staging, { recursive: true, force: true });
  // initdb makes its folder itself, which needs the right to write beside it; an empty one of its own does as well
  mkdirSync(staging, { mode: 0o700 });
  writeFileSync(passwordFile, `${folder.password}\n`, { mode: 0o600 });
  giveTo(staging, user);
  giveTo(passwordFile, user);
  const args = ['-D', staging, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  // The built-in provider sorts the same on every machine, and needs no locale installed
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const run = spawnSync(binaries.initdb, [...args, ...locale, '--no-instructions'], {
    ...runAs(user),
    encoding: 'utf8',
  });
  rmSync(passwordFile, { force: true });
  if (run.status !== 0) {
    throw new StartProblem(`PostgreSQL's initdb failed in ${folder.dataDir}:\n${run.error?.message ?? run.stderr}`);
  }
  renameSync(staging, folder.pgData);
}

/** Stops a server that a killed start left behind in this folder. Call with the lock held: nobody else uses it. */
export async function stopOrphan(folder: DataFolder, say: (line: string) => void): Promise<void> {
  const pid = postmasterOf(folder)?.pid;
  if (pid === undefined) return;
  if (processExists(pid) && isServerOf(folder, pid)) {
    say('Stopping the PostgreSQL that an earlier, killed start left behind …');
    await endProcess(pid);
  }
  rmSync(join(folder.pgData, 'postmaster.pid'), { force: true });
}

/**
 * Starts the server and waits until it accepts connections.
 * @throws StartProblem with the last lines of its log
 */
export async function startServer(site: ServerSite, port: number, say: (line: string) => void): Promise<ChildProcess> {
  const { binaries, folder, user } = site;
  const settings = { ...SETTINGS, ...site.settings, port: String(port) };
  const args = [
    '-D',
    folder.pgData,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const linked = process.platform === 'linux' && isMainThread && existsSync(SETPRIV); // follows the thread that spawned it
  const [command, ...rest] = linked ? [SETPRIV, '--pdeathsig', 'INT', binaries.postgres] : [binaries.postgres];
  const log = openSync(folder.startLog, 'w', 0o644);
  // A group of its own: a Ctrl-C in the terminal is ours to pass on, after the engine has drained
  const child = spawn(command, [...rest, ...args], {
    ...runAs(user),
    detached: true,
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  const startedAt = performance.now();
  let told = false;
  for (;;) {
    const postmaster = postmasterOf(folder);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return child;
    if (failure !== undefined || hasExited(child)) throw new StartProblem(startFailed(folder, failure));
    const waitedMs = performance.now() - startedAt;
    const maxMs = site.readyMaxMs ?? READY_TIMEOUT_MS;
    if (waitedMs > maxMs) {
      child.kill('SIGQUIT');
      throw new StartProblem(startFailed(folder, `not ready after ${maxMs / 1_000} s`));
    }
    if (waitedMs > 3_000 && !told) {
      told = true;
      say('PostgreSQL is recovering from an unclean stop …');
    }
    await sleep(READY_POLL_MS);
  }
}

/** Fast shutdown (sessions are ended, data is written), harder only when that takes too long. */
export async function endProcess(pid: number): Promise<void> {
  const steps = [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
    ['SIGKILL', IMMEDIATE_STOP_MS],
  ] as const;
  for (const [signal, waitMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch {
      return; // gone
    }
    const until = performance.now() + waitMs;
    while (performance.now() < until) {
      if (!processExists(pid)) return;
      await sleep(READY_POLL_MS);
    }
  }
}

/** A port nobody listens on now; `wanted` 0 lets the system choose. @throws StartProblem when `wanted` is taken */
export function findPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(new StartProblem(`PostgreSQL's port ${wanted} on ${LISTEN_HOST} cannot be used: ${error.message}`)),
    );
    probe.listen(wanted, LISTEN_HOST, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wanted));
    });
  });
}

export function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Nothing of our environment reaches the server: PG* variables would change it, and secrets are none of its business. */
function runAs(user: ServiceUser | null) {
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  return { cwd: '/', env, ...(user ? { uid: user.uid, gid: user.gid } : {}) };
}

/** postmaster.pid: line 1 the process, line 8 its status (padded). */
function postmasterOf(folder: DataFolder): { pid: number; status: string } | null {
  try {
    const lines = readFileSync(join(folder.pgData, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' };
  } catch {
    return null;
  }
}

/** Whether that process is a server on this folder, and not one that got a dead server's number. */
function isServerOf(folder: DataFolder, pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder.pgData);
  } catch {
    const listed = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
    return listed.includes(folder.pgData);
  }
}

function startFailed(folder: DataFolder, reason: string | undefined): string {
  const logs = join(folder.pgData, 'log');
  const newest = existsSync(logs) ? readdirSync(logs).map((name) => join(logs, name)) : [];
  const said = [folder.startLog, ...newest]
    .filter((file) => existsSync(file))
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(-SHOWN_LOG_LINES))
    .filter((line) => line !== '' && !line.includes('redirecting log output') && !line.includes('Future log output'));
  return [
    `PostgreSQL did not start in ${folder.dataDir}${reason ? `: ${reason}` : ''}. It said:`,
    ...said.slice(-SHOWN_LOG_LINES),
  ].join('\n  ');
}
