import { WalReceiver } from '../sql/backup/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { backupSecrets, runningSource, storeAt } from './backup-place.ts';
import type { Settings } from './settings.ts';

type Told = (level: 'info' | 'warn' | 'error', line: string, error?: unknown) => void;

/** The archive of the log as the settings want it; not started yet. */
export function logReceiver(settings: Settings, to: string | undefined, told: Told): WalReceiver {
  const url = () => {
    const source = runningSource(settings);
    if (source === null) throw new StartProblem('The embedded PostgreSQL does not run.');
    return source.url;
  };
  return new WalReceiver({
    url,
    store: storeAt(settings, to),
    secrets: backupSecrets(settings),
    everyMs: settings.BACKUP_WAL_SECONDS * 1_000,
    told,
  });
}

/** Archives until SIGTERM or SIGINT. */
export async function archiveLog(settings: Settings, to: string | undefined): Promise<void> {
  if (runningSource(settings) === null) {
    throw new StartProblem('The embedded PostgreSQL does not run: start it (npm start), then archive its log.');
  }
  const receiver = logReceiver(settings, to, (_level, line, error) => {
    const why = error === undefined ? '' : `: ${(error as Error).message}`;
    process.stderr.write(`${new Date().toISOString()} ${line}${why}\n`);
  });
  receiver.start();
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once('SIGTERM', resolve).once('SIGINT', resolve);
  const alive = setInterval(() => {}, 60_000); // between two attempts nothing else holds the process
  await promise;
  clearInterval(alive);
  await receiver.stop();
}
