import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, makeSharedTempFolder, openEmbeddedPostgres } from '../../sql/embedded/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** superuser of the run's PostgreSQL, database `psephos`; tests take freshDatabase() instead */
    readonly postgresUrl: string;
  }
}

interface RunningServer {
  readonly started: Promise<{ server: EmbeddedPostgres; folder: string }>;
  projects: number;
}

/** Each vitest project loads this file anew; a server is one per run all the same. */
const shared = globalThis as { psephosTestPostgres?: Map<string, RunningServer> };

/**
 * Nothing that runs on it checks that a commit survives a loss of power. 200 commits take 570 ms with fsync and 30 ms
 * without, dropping a database 300 ms and 20 ms.
 */
const QUICK = { fsync: 'off', full_page_writes: 'off' };

/** vitest globalSetup: one PostgreSQL per run, in a temporary folder that goes with it. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return shareServer(project, 'quick', QUICK);
}

/** The run's server of this name, started by the first project that wants it, stopped after the last. */
export async function shareServer(
  project: TestProject,
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  shared.psephosTestPostgres ??= new Map();
  const servers = shared.psephosTestPostgres;
  const running = servers.get(name) ?? { started: startServer(settings), projects: 0 };
  servers.set(name, running);
  running.projects += 1;
  const { server, folder } = await running.started;
  project.provide('postgresUrl', server.ownerUrl);
  return async () => {
    running.projects -= 1;
    if (running.projects > 0) return;
    servers.delete(name);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function startServer(settings: Readonly<Record<string, string>>) {
  const folder = await makeSharedTempFolder('psephos-test-');
  const server = await openEmbeddedPostgres({ dataDir: join(folder, 'data'), settings });
  return { server, folder };
}
