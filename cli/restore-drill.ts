import { findBackup } from '../sql/backup/index.ts';
import { readArguments } from './arguments.ts';
import { backupSecrets, storeAndId } from './backup-place.ts';
import { type DrillReport, drill } from './drill.ts';
import { momentOf } from './restored-copy.ts';
import { runCommand } from './run-command.ts';
import { readSettings } from './settings.ts';

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run restore-drill',
    purpose:
      'Restores a backup into a temporary server and checks it: counts, logs, results, audit chains. 0 = all is well.',
    flags: {
      from: {
        type: 'string',
        placeholder: 'BACKUP',
        purpose: 'a backup of BACKUP_TO, or a place whose newest is meant',
      },
      'to-time': { type: 'string', placeholder: 'TIME', purpose: 'a moment after the backup, from the archived log' },
      json: { type: 'boolean', purpose: 'prints one line of JSON instead of text' },
    },
    notes: ['Touches nothing but a temporary folder. The workers do it once a week where BACKUP_TO is set.'],
  });
  const settings = readSettings();
  const { store, id } = storeAndId(settings, flags.from);
  const entry = await findBackup(store, id);
  const report = await drill({
    store,
    secrets: backupSecrets(settings),
    entry,
    toTime: momentOf(flags['to-time'], entry),
  });
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : textOf(report, store.place));
  return report.ok ? 0 : 1;
});

function textOf(report: DrillReport, place: string): string {
  const mark = { true: 'ok    ', false: 'WRONG ', null: '–     ' };
  const lines = report.checks.map(({ name, ok, found }) => `  ${mark[`${ok}`]}${name.padEnd(15)}${found}`);
  return [
    `Backup ${report.backup} of ${place}${report.to_time === null ? '' : ` as of ${report.to_time}`}`,
    `  restored in ${report.restore_seconds} s, checked in ${report.check_seconds} s`,
    ...lines,
    report.ok
      ? 'All is well: this backup can be restored.'
      : 'This backup is NOT good. Look into it now, and take another.',
    '',
  ].join('\n');
}
