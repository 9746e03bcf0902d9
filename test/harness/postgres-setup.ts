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

/** Each vitest project loads this file anew; the server is one per run all the same. */
const shared = globalThis as { psephosTestPostgres?: RunningServer };

/** vitest globalSetup: one PostgreSQL per run, in a temporary folder that goes with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.psephosTestPostgres ??= { started: startServer(), projects: 0 };
  const running = shared.psephosTestPostgres;
  running.projects += 1;
  const { server, folder } = await running.started;
  project.provide('postgresUrl', server.ownerUrl);
  return async () => {
    running.projects -= 1;
    if (running.projects > 0) return;
    delete shared.psephosTestPostgres;
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function startServer() {
  const folder = await makeSharedTempFolder('psephos-test-');
  const server = await openEmbeddedPostgres({ dataDir: join(folder, 'data') });
  return { server, folder };
}
