import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startServerProcess } from '../../loadtest/fault/server-process.ts';
import { s3Program } from '../../loadtest/fault/tools.ts';
import { findServiceUser, makeSharedTempFolder } from '../../sql/embedded/index.ts';

/** A real server with the interface of S3 (Versity S3 Gateway over a folder), with one bucket. */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  /** where its files lie on this machine, to damage one */
  readonly folder: string;
  /** what a client needs in its environment */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const program = await s3Program();
  const [access, secret] = [randomBytes(8).toString('hex'), randomBytes(16).toString('hex')];
  const port = await freePort();
  const home = await makeSharedTempFolder('psephos-s3-');
  const bucket = 'backups';
  const folder = join(home, 'buckets');
  const meta = join(home, 'meta'); // where the file system knows no extended attributes
  for (const path of [folder, join(folder, bucket), meta]) {
    mkdirSync(path);
    const user = findServiceUser();
    if (user) chownSync(path, user.uid, user.gid);
  }
  const args = [
    '--access',
    access,
    '--secret',
    secret,
    '--port',
    `127.0.0.1:${port}`,
    '--region',
    'us-east-1',
    '--quiet',
  ];
  const server = await startServerProcess(program, [...args, 'posix', '--sidecar', meta, folder], port);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    folder: join(folder, bucket),
    environment: { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: 'us-east-1' },
    stop: async () => {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
