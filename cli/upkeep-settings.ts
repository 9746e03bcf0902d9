import { findBackup, takeBackup, type WalReceiver } from '../sql/backup/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import type { WorkerSettings } from '../workers/index.ts';
import { logReceiver } from './backup-log.ts';
import { backupSecrets, runningSource, storeAt } from './backup-place.ts';
import { drill } from './drill.ts';
import type { Settings } from './settings.ts';

const DAY_MS = 24 * 3_600_000;

type UpkeepSettings = NonNullable<WorkerSettings['upkeep']>;

/**
 * What the workers do by the clock, from the environment.
 * @throws StartProblem for a BACKUP_KEY_FILE that cannot be used, and for an archive without a place
 */
export function upkeepSettingsOf(settings: Settings): UpkeepSettings {
  if (settings.BACKUP_WAL && settings.BACKUP_TO === undefined) {
    throw new StartProblem(
      'BACKUP_WAL is true, and nobody says where to: set BACKUP_TO to a folder or s3://BUCKET/PREFIX.',
    );
  }
  backupSecrets(settings); // a file that cannot be read is told now, not at night
  return {
    retention: { logMonths: settings.RETENTION_LOG_MONTHS, usageMonths: settings.RETENTION_USAGE_MONTHS },
    deliveriesKeptMs: settings.RETENTION_DELIVERIES_DAYS * DAY_MS,
    notificationsKeptMs: settings.RETENTION_NOTIFICATIONS_DAYS * DAY_MS,
    backups: settings.BACKUP_TO === undefined ? null : backupsOf(settings),
    logArchive: settings.BACKUP_WAL ? archiveOf(settings) : null,
  };
}

function backupsOf(settings: Settings): NonNullable<UpkeepSettings['backups']> {
  return {
    take: async (signal) => {
      const source = runningSource(settings);
      if (source === null) throw new StartProblem('The server to back up does not run.');
      const store = storeAt(settings, undefined);
      const { entry, removed } = await takeBackup({
        ...source,
        store,
        secrets: backupSecrets(settings),
        keep: settings.BACKUP_KEEP,
        signal,
      });
      return { backup: entry.id, place: store.place, bytes: entry.base.bytes, removed };
    },
    drill: async () => {
      const store = storeAt(settings, undefined);
      const report = await drill({ store, secrets: backupSecrets(settings), entry: await findBackup(store) });
      const wrong = report.checks.filter(({ ok }) => ok === false).map(({ name, found }) => `${name}: ${found}`);
      if (!report.ok) throw new Error(`The backup ${report.backup} is not good: ${wrong.join('; ')}`);
      return { ...report };
    },
  };
}

function archiveOf(settings: Settings): NonNullable<UpkeepSettings['logArchive']> {
  let receiver: WalReceiver | undefined;
  return {
    start: (logger) => {
      receiver = logReceiver(settings, undefined, (level, line, err) => logger[level]({ err }, line));
      receiver.start();
    },
    stop: async () => receiver?.stop(),
  };
}
