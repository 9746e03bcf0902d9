import {
  archiveOf,
  type BackupEntry,
  findBackup,
  listBackups,
  listLog,
  takeBackup,
  unpackBackup,
} from '../sql/backup/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { readArguments } from './arguments.ts';
import { archiveLog } from './backup-log.ts';
import { BACKUP_ID, backupSecrets, backupSource, storeAndId, storeAt } from './backup-place.ts';
import { databaseProblem } from './database.ts';
import { bytesText, Progress } from './progress.ts';
import { runCommand } from './run-command.ts';
import { readSettings, type Settings } from './settings.ts';

await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm run backup',
    purpose: 'Takes a backup of the whole database while it runs, and writes it to a folder or an S3 bucket.',
    positionals: ['[ACT]', '[BACKUP]'],
    flags: {
      to: { type: 'string', placeholder: 'PLACE', purpose: 'a folder, or s3://BUCKET/PREFIX (BACKUP_TO)' },
      keep: {
        type: 'number',
        placeholder: 'N',
        purpose: 'finished backups that stay there, this one included; older ones go (all)',
        min: 1,
        max: 10_000,
      },
      'data-dir': { type: 'string', placeholder: 'FOLDER', purpose: 'data folder of the embedded PostgreSQL (./data)' },
      json: { type: 'boolean', purpose: 'prints one line of JSON instead of text' },
    },
    notes: [
      'Acts:',
      '  (none)            takes a backup',
      '  list              what there is, and how far the archived log goes',
      '  verify [BACKUP]   reads a backup, or the newest, and compares every file with its checksum',
      '  wal               archives the log as it grows until Ctrl-C (npm start does so with BACKUP_WAL=true)',
      '',
      'BACKUP_KEY_FILE encrypts. docs/runbooks/backup.md says how to restore, also to a moment in between.',
    ],
  });
  const [act = 'take', id] = positionals;
  const settings = readSettings({ DATA_DIR: flags['data-dir'] });
  if (act === 'take') return take(settings, flags);
  if (act === 'list') return list(settings, flags);
  if (act === 'verify') return verify(settings, flags, id);
  if (act === 'wal') return archiveLog(settings, flags.to);
  throw new StartProblem(`There is no act "${act}". What there is: npm run backup -- --help`);
});

interface Flags {
  readonly to: string | undefined;
  readonly keep: number | undefined;
  readonly json: boolean;
}

async function take(settings: Settings, { to, keep, json }: Flags): Promise<void> {
  const store = storeAt(settings, to);
  const secrets = backupSecrets(settings);
  const source = await backupSource(settings);
  const startedMs = performance.now();
  const progress = new Progress(json ? null : process.stderr, 'Read');
  try {
    const { entry, removed } = await takeBackup({
      url: source.url,
      embedded: source.embedded,
      store,
      secrets,
      // the number in the environment is meant for the place in the environment
      keep: keep ?? (to === undefined ? settings.BACKUP_KEEP : undefined),
      onProgress: (bytes, expected) => progress.show(bytes, expected),
    }).catch((error: unknown) => {
      throw databaseProblem(error, 'DATABASE_OWNER_URL', source.url);
    });
    progress.end();
    const seconds = (performance.now() - startedMs) / 1_000;
    if (json) return print({ place: store.place, seconds: Number(seconds.toFixed(2)), removed, ...entry });
    const rate = bytesText(entry.tar_bytes / seconds);
    say(`Backup ${entry.id} is in ${store.place}`);
    say(
      `  ${bytesText(entry.tar_bytes)} in ${seconds.toFixed(1)} s (${rate}/s), stored as ${bytesText(entry.base.bytes)}`,
    );
    say(`  everything committed up to ${entry.end_lsn} is in it; ${entry.sealed ? 'encrypted' : 'not encrypted'}`);
    if (!entry.sealed)
      say('  Keep it as secret as the database: it holds the urn (docs/threat-model.md). BACKUP_KEY_FILE encrypts.');
    if (removed.length > 0) say(`  removed: ${removed.join(', ')}`);
  } finally {
    progress.end();
    await source.stop();
  }
}

async function list(settings: Settings, { to, json }: Flags): Promise<void> {
  const store = storeAt(settings, to);
  const backups = await listBackups(store);
  const reach = await reachOf(backups, settings, to);
  if (json) return print({ place: store.place, backups, log_up_to: reach?.toISOString() ?? null });
  if (backups.length === 0) return say(`There is no finished backup in ${store.place}.`);
  for (const entry of backups) {
    const facts = [bytesText(entry.base.bytes), entry.migration, entry.sealed ? 'encrypted' : 'not encrypted'];
    say(`${entry.id}  ${facts.join(', ')}; ended ${entry.ended_at}`);
  }
  say(
    reach === null
      ? 'No log is archived: only the moments of the backups can be restored.'
      : `The log goes to ${reach.toISOString()}.`,
  );
}

/** When the newest part of the log was written there. */
async function reachOf(
  backups: readonly BackupEntry[],
  settings: Settings,
  to: string | undefined,
): Promise<Date | null> {
  const newest = backups.at(-1);
  if (newest === undefined) return null;
  const log = await listLog(archiveOf(storeAt(settings, to), backupSecrets(settings), newest));
  return log.reduce<Date | null>(
    (last, { at, segment }) => (segment >= 0 && (last === null || at > last) ? at : last),
    null,
  );
}

async function verify(settings: Settings, { to, json }: Flags, id: string | undefined): Promise<void> {
  if (id !== undefined && !BACKUP_ID.test(id))
    throw new StartProblem(`${id} is no backup: npm run backup -- list names them.`);
  const { store } = storeAndId(settings, to);
  const entry = await findBackup(store, id);
  const progress = new Progress(json ? null : process.stderr, 'Read');
  const onProgress = (bytes: number, of: number) => progress.show(bytes, of);
  const files = await unpackBackup({
    store,
    secrets: backupSecrets(settings),
    entry,
    folder: null,
    onProgress,
  }).finally(() => progress.end());
  if (json) print({ id: entry.id, files, bytes: entry.tar_bytes, ok: true });
  else
    say(
      `Backup ${entry.id} is whole: ${files} files, ${bytesText(entry.tar_bytes)}, each with the checksum of its manifest.`,
    );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function print(value: unknown): void {
  say(JSON.stringify(value));
}
