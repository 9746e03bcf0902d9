import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startServerProcess } from '../../loadtest/fault/server-process.ts';
import { pgbouncerProgram } from '../../loadtest/fault/tools.ts';
import { findServiceUser, makeSharedTempFolder } from '../../sql/embedded/index.ts';

export interface PgBouncer {
  /** the same database and user as the URL it stands before */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts a real PgBouncer in transaction mode before a database.
 * @param databaseUrl where it connects to, and who may connect to it
 * @param otherUrls further users of the same server who may connect
 */
export async function startPgBouncer(databaseUrl: string, otherUrls: readonly string[] = []): Promise<PgBouncer> {
  const program = await pgbouncerProgram();
  const target = new URL(databaseUrl);
  const port = await freePort();
  const folder = await makeSharedTempFolder('psephos-pgbouncer-');
  const users = [target, ...otherUrls.map((text) => new URL(text))];
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    const user = findServiceUser();
    if (user) chownSync(file, user.uid, user.gid);
    return file;
  };
  // Plain passwords: PgBouncer needs them to log in to the server by SCRAM itself
  const userList = write(
    'users.txt',
    users
      .map(({ username, password }) => `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`)
      .join(''),
  );
  const config = write(
    'pgbouncer.ini',
    `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${userList}
stats_users = ${decodeURIComponent(target.username)}
pool_mode = transaction
max_client_conn = 500
default_pool_size = 10
`,
  );
  const server = await startServerProcess(program, ['-q', config], port);
  const url = new URL(databaseUrl);
  url.port = String(port);
  return {
    url: url.href,
    port,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
