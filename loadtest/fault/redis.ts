import { chownSync, rmSync } from 'node:fs';
import { findServiceUser, makeSharedTempFolder } from '../../sql/embedded/index.ts';
import { type ServerProcess, startServerProcess, steadyPort } from './server-process.ts';
import { redisProgram } from './tools.ts';

/** A real Redis that writes each command to its disk before it answers, as ballots need it. */
export interface FaultRedis {
  readonly url: string;
  /** SIGKILL, and up again at once on the same port with what it had written. */
  kill(): Promise<void>;
  /** also removes its folder */
  stop(): Promise<void>;
}

/** Starts one on loopback, in a temporary folder. @throws with what is missing */
export async function startFaultRedis(): Promise<FaultRedis> {
  const program = await redisProgram();
  const folder = await makeSharedTempFolder('psephos-fault-redis-');
  const user = findServiceUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const port = await steadyPort();
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    ...['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--appendfsync', 'always'],
  ];
  let server: ServerProcess = await startServerProcess(program, args, port);
  let changing: Promise<void> = Promise.resolve();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill() {
      changing = changing.then(async () => {
        process.kill(server.pid, 'SIGKILL');
        await server.stop(); // waits for its end
        server = await startServerProcess(program, args, port);
      });
      return changing;
    },
    async stop() {
      await changing.catch(() => {});
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
