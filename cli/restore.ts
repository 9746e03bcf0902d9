import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BackupEntry, beginNewEpoch, fillDataFolder, findBackup, NEW_EPOCH } from '../sql/backup/index.ts';
import { EMBEDDED_NAMES, recoverDataFolder, StartProblem } from '../sql/embedded/index.ts';
import { readArguments } from './arguments.ts';
import { backupSecrets, storeAndId } from './backup-place.ts';
import { databaseProblem } from './database.ts';
import { bytesText, Progress } from './progress.ts';
import { momentOf } from './restored-copy.ts';
import { runCommand } from './run-command.ts';
import { readSettings, type Settings } from './settings.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run restore',
    purpose: 'Restores a backup into a new data folder, for npm start to run on. Nothing that exists is written over.',
    flags: {
      from: {
        type: 'string',
        placeholder: 'BACKUP',
        purpose: 'a backup of BACKUP_TO, or a place whose newest is meant',
      },
      'to-time': {
        type: 'string',
        placeholder: 'TIME',
        purpose: 'the moment to go back to, e.g. 2026-05-01T18:30:00Z',
      },
      'data-dir': { type: 'string', placeholder: 'FOLDER', purpose: 'the new data folder for npm start -- --data-dir' },
      pgdata: { type: 'string', placeholder: 'FOLDER', purpose: 'instead: PGDATA for a PostgreSQL server of your own' },
      'new-epoch': { type: 'boolean', purpose: 'begins a new life of the restored database of DATABASE_OWNER_URL' },
    },
    notes: ['docs/runbooks/backup.md goes through it step by step.'],
  });
  const settings = readSettings();
  if (flags['new-epoch']) return newEpoch(settings);
  const { store, id } = storeAndId(settings, flags.from);
  const entry = await findBackup(store, id);
  const toTime = momentOf(flags['to-time'], entry);
  const progress = new Progress(process.stderr, 'Unpacked');
  const source = { store, secrets: backupSecrets(settings), entry, toTime };
  const fill = (pgData: string) =>
    fillDataFolder({ ...source, pgData, onProgress: (bytes, of) => progress.show(bytes, of) }).finally(() =>
      progress.end(),
    );
  if (flags.pgdata !== undefined) return fillOnly(entry, resolve(flags.pgdata), fill);
  const dataDir = resolve(flags['data-dir'] ?? settings.DATA_DIR ?? 'data');
  refuseExisting(join(dataDir, 'postgres'));
  const startedMs = performance.now();
  say(`Restoring ${entry.id} (${bytesText(entry.tar_bytes)}) into ${dataDir} …`);
  await recoverDataFolder({
    dataDir,
    fill,
    superuser: entry.superuser,
    database: entry.database,
    serverVersion: entry.server_version,
    afterwards: NEW_EPOCH,
    to: EMBEDDED_NAMES,
  });
  say(`Restored in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s. Now: npm start -- --data-dir ${dataDir}`);
  say('Take a backup of it soon: the archive of the log goes on in a new line of its own from here.');
});

async function newEpoch({ DATABASE_OWNER_URL, DATABASE_URL }: Settings): Promise<void> {
  const url = DATABASE_OWNER_URL ?? DATABASE_URL;
  if (url === undefined) throw new StartProblem('Set DATABASE_OWNER_URL to the restored database.');
  const epoch = await beginNewEpoch(url).catch((error: unknown) => {
    throw databaseProblem(error, 'DATABASE_OWNER_URL', url);
  });
  say(`The database's life is ${epoch} from now on.`);
}

/** The files of a server that is not ours; it is started by whoever runs it. */
async function fillOnly(
  entry: BackupEntry,
  pgData: string,
  fill: (pgData: string) => Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  refuseExisting(pgData);
  const recovery = await fill(pgData);
  say(`${pgData} is filled. What the server needs for its first start (PostgreSQL ${entry.server_version}):`);
  for (const [name, value] of Object.entries(recovery)) say(`  ${name} = '${value}'`);
  say('Its own settings lie beside as *.of-backup. Once it runs: npm run restore -- --new-epoch');
}

function refuseExisting(folder: string): void {
  if (existsSync(folder)) {
    throw new StartProblem(`${folder} exists: nothing is written over. Name a new folder, or move that one away.`);
  }
}
