import { createEngine, type Engine, QueueProblem } from '../engine/index.ts';
import type { Logger } from '../gateway/logging.ts';
import { type Gateway, startGateway } from '../gateway/main.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { checkJobsPlace } from '../workers/jobs-place.ts';
import { type Addresses, addressesOf, originsOf } from './addresses.ts';
import { databaseProblem, type StartedDatabase } from './database.ts';
import { type Demo, openDemo } from './demo-organisation.ts';
import { gatewaySettingsOf, servingEngineOptions } from './gateway-settings.ts';
import { makePlatformAdmin } from './platform-admin.ts';
import { warnWithoutRedis } from './redis-settings.ts';
import type { Settings } from './settings.ts';
import { showsOutbox, workerSettingsOf } from './worker-settings.ts';
import { WorkersProcess } from './workers-process.ts';

/** A running server goes on without the administrator that it cannot make: the line says why. */
export async function adminLine({ engine }: Running, { ownerUrl }: StartedDatabase, email: string): Promise<string> {
  if (ownerUrl === null) return 'No administrator was made: the user of DATABASE_URL does not own the database.';
  return makePlatformAdmin(engine, ownerUrl, email).catch(
    (error: Error) => `No administrator was made: ${error.message}`,
  );
}

/** A Psephos that answers. */
export interface Running {
  readonly engine: Engine;
  readonly gateway: Gateway;
  readonly workers: WorkersProcess;
  readonly addresses: Addresses;
  readonly demo: Demo | null;
}

/**
 * Opens engine and gateway on a database, and workers in a process of their own.
 * @throws StartProblem, or the database's own error
 */
export async function serve(
  database: StartedDatabase,
  settings: Settings,
  logger: Logger,
  newKey: boolean,
  pagesFolder: string,
): Promise<Running> {
  const engine = await openEngine(database, settings, logger);
  const workers = new WorkersProcess(
    { DATABASE_URL: database.url, DATABASE_OWNER_URL: '', DATA_DIR: settings.DATA_DIR ?? '' },
    logger,
  );
  try {
    warnWithoutRedis(engine, settings, logger);
    await checkJobsPlace(workerSettingsOf(settings, database.url).jobs, logger);
    const gateway = await startGateway(
      gatewaySettingsOf(settings, originsOf(settings, settings.PORT), pagesFolder, { outbox: showsOutbox(settings) }),
      { engine, logger },
    ).catch((error: Error) => {
      throw new StartProblem(error.message); // its errors are made for people: a port that cannot be had
    });
    const demo =
      database.ownerUrl === null ? null : await openDemo(engine, database.ownerUrl, newKey, showsOutbox(settings));
    workers.start();
    return { engine, gateway, workers, addresses: addressesOf(settings, gateway.port, gateway.socketPort), demo };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openEngine(database: StartedDatabase, settings: Settings, logger: Logger): Promise<Engine> {
  const options = servingEngineOptions(settings, database.url, logger);
  const engine = await createEngine(options).catch((error: unknown) => {
    const { message } = error as Error;
    if (error instanceof QueueProblem) throw new StartProblem(message);
    if (message.startsWith('API_KEYS_FILE')) throw new StartProblem(message);
    // No such table or schema, or no right to it: a database that nobody has migrated yet
    const unknown = /^(42P01|3F000|42501)$/.test(String((error as { code?: unknown }).code));
    throw database.ownerUrl === null && unknown
      ? notMigrated('The database has not been migrated.')
      : databaseProblem(error, 'DATABASE_URL', database.url);
  });
  if (database.ownerUrl !== null) return engine;
  const ready = await engine.ready();
  if (ready.ok) return engine;
  await engine.close();
  throw notMigrated(ready.failure.message);
}

function notMigrated(what: string): StartProblem {
  return new StartProblem(
    `DATABASE_URL: ${what} Its user may not migrate: set DATABASE_OWNER_URL to a role that owns the database, here or ` +
      'for npm run migrate.',
  );
}
