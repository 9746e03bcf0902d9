import { actAs, createEngine, type Engine, type EngineOptions } from '../engine/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { accountOptionsOf } from './account-settings.ts';
import { addressesOf } from './addresses.ts';
import { databaseInUse } from './database.ts';
import type { Settings } from './settings.ts';

const OPERATOR = { actor: 'operator', origin: '', requestId: '' };

/**
 * Opens the engine for a command of whoever runs the installation, on the database that the product uses, and closes both
 * after it. Says which data it works on: an act on other data than the server's would look like success.
 * @param work is given the URL of the database's owner too; null where the settings know none
 * @throws StartProblem for a database that another version migrated
 */
export async function withOperatorEngine<T>(
  settings: Settings,
  more: Partial<EngineOptions>,
  work: (engine: Engine, ownerUrl: string | null) => Promise<T>,
): Promise<T> {
  const database = await databaseInUse(settings, (line) => process.stderr.write(`${line}\n`));
  try {
    const publicUrl = addressesOf(settings, settings.PORT, settings.WS_PORT).httpUrl;
    const url = database.ownerUrl ?? database.url;
    const engine = await createEngine({ url, ...accountOptionsOf(settings, publicUrl), ...more });
    try {
      const ready = await engine.ready();
      if (!ready.ok) throw new StartProblem(`${ready.failure.message} Use the version of Psephos that is running.`);
      return await actAs(OPERATOR, () => work(engine, database.ownerUrl));
    } finally {
      await engine.close();
    }
  } finally {
    await database.stop();
  }
}
