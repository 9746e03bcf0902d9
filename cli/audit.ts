import { existsSync } from 'node:fs';
import { StartProblem } from '../sql/embedded/index.ts';
import { readArguments } from './arguments.ts';
import { AUDIT_ACTS, type AuditTask } from './audit-acts.ts';
import { withOperatorEngine } from './operator-engine.ts';
import { runCommand } from './run-command.ts';
import { readSettings } from './settings.ts';
import { auditPlaceOf } from './worker-settings.ts';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const tell = (line: string) => process.stderr.write(`${line}\n`);

/** A path that was asked for must be there; the usual one need not: nothing was written there yet. */
function present(asked: string | undefined, usual: string, flag: string): string | undefined {
  if (asked !== undefined && !existsSync(asked)) throw new StartProblem(`${flag} ${asked}: there is nothing there`);
  return asked ?? (existsSync(usual) ? usual : undefined);
}

await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm run audit',
    purpose: 'Verifies the audit chains; signs their heads, archives old months, exports.',
    positionals: ['ACT'],
    flags: {
      org: { type: 'string', placeholder: 'ORG_ID', purpose: 'only this organisation' },
      heads: {
        type: 'string',
        placeholder: 'PATH',
        purpose: 'verify: signed heads, a folder or a file (AUDIT_HEADS_DIR)',
      },
      archive: { type: 'string', placeholder: 'FOLDER', purpose: 'where archived months lie (AUDIT_ARCHIVE_DIR)' },
      out: { type: 'string', placeholder: 'FILE', purpose: 'export: where to (standard output)' },
      'data-dir': {
        type: 'string',
        placeholder: 'FOLDER',
        purpose: 'where the embedded PostgreSQL keeps its data (./data)',
      },
    },
    notes: [
      'Acts:',
      '  verify    walks every chain; prints the first break of each, with what and where, and ends with 1 where there is one',
      '  head      signs the end of every chain that has grown today, keeps it in AUDIT_HEADS_DIR and prints it',
      '  archive   moves months older than AUDIT_KEEP_MONTHS into files',
      '  export    one organisation’s chain with its details, as JSON lines (--org)',
      '',
      'Heads prove more the further away they are kept from the database: give verify a copy that its operator cannot change.',
      'Works on DATABASE_OWNER_URL, else DATABASE_URL, else on the embedded PostgreSQL, also of an npm start that runs.',
      'docs/guides/audit.md says what all of this proves, and what not.',
    ],
  });
  const act = (Object.keys(AUDIT_ACTS) as (keyof typeof AUDIT_ACTS)[]).find((name) => name === positionals[0]);
  if (positionals.length !== 1 || act === undefined) {
    throw new StartProblem(`Say what to do: npm run audit -- ${Object.keys(AUDIT_ACTS).join(' | ')}`);
  }
  if (flags.org !== undefined && !ID.test(flags.org)) {
    throw new StartProblem(`--org ${flags.org}: not an id of an organisation`);
  }
  const settings = readSettings({ DATA_DIR: flags['data-dir'] });
  const place = auditPlaceOf(settings);
  if (act === 'export' && flags.org === undefined) {
    throw new StartProblem('export needs an organisation: npm run audit -- export --org ORG_ID');
  }
  const task: AuditTask = {
    orgId: flags.org,
    headsAt: present(flags.heads, place.headsFolder, '--heads'),
    archiveAt: act === 'verify' ? present(flags.archive, place.archiveFolder, '--archive') : flags.archive,
    place,
    out: flags.out,
    print: (line) => process.stdout.write(`${line}\n`),
    tell,
  };
  return withOperatorEngine(settings, {}, (engine) => AUDIT_ACTS[act](engine, task));
});
