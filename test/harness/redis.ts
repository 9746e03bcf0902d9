import { chownSync, rmSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { type ServerProcess, startServerProcess, steadyPort } from '../../loadtest/fault/server-process.ts';
import { redisProgram } from '../../loadtest/fault/tools.ts';
import { findServiceUser, makeSharedTempFolder } from '../../sql/embedded/index.ts';

/** A real Redis of a test's own, on a port that it keeps over its deaths. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** SIGKILL; resolves once it is gone */
  kill(): Promise<void>;
  /** with what its append-only file holds */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** noeviction, as jobs need it */
  readonly maxmemoryPolicy?: string;
  /** an append-only file, written before each answer; true */
  readonly appendOnly?: boolean;
}

/** Started now, stopped after the file. */
export async function startRedis({
  maxmemoryPolicy = 'noeviction',
  appendOnly = true,
}: RedisOptions = {}): Promise<TestRedis> {
  const program = await redisProgram();
  const folder = await makeSharedTempFolder('psephos-redis-');
  const user = findServiceUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const port = await steadyPort();
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    ...['--maxmemory-policy', maxmemoryPolicy, '--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'always'],
  ];
  const start = () => startServerProcess(program, args, port);
  let server: ServerProcess = await start();
  const url = `redis://127.0.0.1:${port}`;
  const stop = () => server.stop();
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url,
    port,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop(); // waits for its end
    },
    async startAgain() {
      server = await start();
      const redis = new Redis(url, { maxRetriesPerRequest: null });
      await redis.ping(); // it has read its file
      redis.disconnect();
    },
    stop,
  };
}
