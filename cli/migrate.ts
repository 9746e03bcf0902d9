import { StartProblem } from '../sql/embedded/index.ts';
import { newestMigration } from '../sql/migrate.ts';
import { readArguments } from './arguments.ts';
import { databaseProblem, migrateDatabase, placeOf } from './database.ts';
import { runCommand } from './run-command.ts';
import { readSettings } from './settings.ts';

await runCommand(async () => {
  readArguments({
    command: 'npm run migrate',
    purpose:
      'Brings the database that DATABASE_OWNER_URL (else DATABASE_URL) names to this version of Psephos, and lets the ' +
      'user of DATABASE_URL cast and count in it. Doing it again changes nothing.',
    flags: {},
    notes: ['The embedded PostgreSQL needs no such command: npm start migrates it.'],
  });
  const { DATABASE_OWNER_URL, DATABASE_URL } = readSettings();
  const ownerUrl = DATABASE_OWNER_URL ?? DATABASE_URL;
  if (ownerUrl === undefined) {
    throw new StartProblem(
      'There is nothing to migrate: set DATABASE_OWNER_URL to the database, e.g. ' +
        'DATABASE_OWNER_URL=postgres://owner:secret@db.example:5432/psephos. The embedded PostgreSQL is migrated by npm start.',
    );
  }
  let steps = 0;
  const say = (line: string) => {
    steps += 1;
    process.stdout.write(`${line}\n`);
  };
  process.stdout.write(`Migrating ${placeOf(ownerUrl)} …\n`);
  await migrateDatabase(ownerUrl, DATABASE_URL, say).catch((error: unknown) => {
    throw databaseProblem(error, DATABASE_OWNER_URL === undefined ? 'DATABASE_URL' : 'DATABASE_OWNER_URL', ownerUrl);
  });
  const version = await newestMigration();
  process.stdout.write(steps === 0 ? `Nothing to do: it is at ${version} already.\n` : `Done: it is at ${version}.\n`);
});
