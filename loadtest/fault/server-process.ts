import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findServiceUser } from '../../sql/embedded/index.ts';

const READY_TIMEOUT_MS = 10_000;
const READY_POLL_MS = 20;
const STOP_TIMEOUT_MS = 3_000;

/** A server that a test started. */
export interface ServerProcess {
  readonly pid: number;
  /** SIGTERM, then SIGKILL after 3 s */
  stop(): Promise<void>;
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (typeof address !== 'object' || address === null) throw new Error('the system gave no port');
  return address.port;
}

/** Below 32,768, where Linux begins to take the ports of outgoing connections from, and above those of usual servers. */
const STEADY_PORTS = { from: 15_000, to: 32_000 } as const;

/**
 * A port that nobody listens on now, and that no outgoing connection will take while its server is down: for servers
 * that are killed and come back.
 */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = randomInt(STEADY_PORTS.from, STEADY_PORTS.to);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/**
 * Starts a server program as an unprivileged user (servers such as pgbouncer refuse to run as root) and waits until it
 * listens.
 * @throws with the server's own words when it does not come up
 */
export async function startServerProcess(
  program: string,
  args: readonly string[],
  port: number,
): Promise<ServerProcess> {
  const user = findServiceUser();
  const child = spawn(program, args, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  }
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const until = performance.now() + READY_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (failure || child.exitCode !== null || performance.now() > until) {
      await stop(child);
      throw new Error(`${program} did not start on port ${port}: ${failure?.message ?? said}`);
    }
    await sleep(READY_POLL_MS);
  }
  return { pid: child.pid ?? 0, stop: () => stop(child) };
}

/** The process that another one started and that runs a script of this name, by Linux's list of processes; undefined: none. */
export function childOf(parent: number, script: string): number | undefined {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const isIt = (pid: string) => {
    try {
      const after = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1); // 'state parent …'
      if (Number(after?.split(' ')[1]) !== parent) return false;
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.some((word) => word.endsWith(`/${script}`));
    } catch {
      return false; // it has ended meanwhile
    }
  };
  const found = all.find(isIt);
  return found === undefined ? undefined : Number(found);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const harder = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(harder);
}
