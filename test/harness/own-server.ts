import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type EmbeddedPostgres, makeSharedTempFolder, openEmbeddedPostgres } from '../../sql/embedded/index.ts';
import { migrate } from '../../sql/migrate.ts';

export interface OwnServer {
  readonly server: EmbeddedPostgres;
  /** a folder for what the test writes; goes with the server */
  readonly folder: string;
}

/** A PostgreSQL that one test file has for itself, migrated: a backup is of a whole server, other files' databases included. */
export async function ownServer(): Promise<OwnServer> {
  const folder = await makeSharedTempFolder('psephos-own-');
  const server = await openEmbeddedPostgres({ dataDir: join(folder, 'data') });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await migrate(server.ownerUrl);
  return { server, folder };
}
