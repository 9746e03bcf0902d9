import { StartProblem } from '../sql/embedded/index.ts';
import { actOf, KEY_ROLES, type Tools } from './admin-acts.ts';
import { readArguments } from './arguments.ts';
import { withOperatorEngine } from './operator-engine.ts';
import { runCommand } from './run-command.ts';
import { readSettings } from './settings.ts';

await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm run admin',
    purpose: 'Makes what nobody can make over the network yet: the first account, its rights, organisations and keys.',
    positionals: ['ACT', '[WORDS…]'],
    flags: {
      name: { type: 'string', placeholder: 'NAME', purpose: 'account, api-key: what it is called' },
      german: { type: 'boolean', purpose: 'account, organisation: its mails are in German' },
      role: { type: 'string', placeholder: 'ROLE', purpose: `api-key: ${KEY_ROLES.join(', ')} (moderator)` },
      revoke: { type: 'boolean', purpose: 'platform-admin: no longer' },
      'data-dir': {
        type: 'string',
        placeholder: 'FOLDER',
        purpose: 'where the embedded PostgreSQL keeps its data (./data)',
      },
    },
    notes: [
      'Acts:',
      '  account E-MAIL               an account; prints the link to choose its password (30 minutes)',
      '  platform-admin E-MAIL        lets the person run this installation; with --revoke no more',
      '  sign-out E-MAIL              ends every session of the person, on every device',
      '  organisation NAME E-MAIL     an organisation with this person as administrator',
      '  api-key ORG_ID NAME          a key of the organisation; printed once',
      '',
      'Works on DATABASE_OWNER_URL, else DATABASE_URL, else on the embedded PostgreSQL: also on that of an npm start that',
      'is running, by the same user of this machine.',
    ],
  });
  const act = actOf(positionals, flags);
  process.stdout.write(`${await onDatabase(act, flags['data-dir'])}\n`);
});

async function onDatabase<T>(work: (tools: Tools) => Promise<T>, dataDir: string | undefined): Promise<T> {
  return withOperatorEngine(readSettings({ DATA_DIR: dataDir }), {}, async (engine, ownerUrl) => {
    if (ownerUrl === null) {
      throw new StartProblem(
        'DATABASE_URL: its user does not own the database. Set DATABASE_OWNER_URL to one who does.',
      );
    }
    return work({ engine, ownerUrl });
  });
}
