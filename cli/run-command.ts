import { StartProblem } from '../sql/embedded/index.ts';

/**
 * The frame of every command: what a person has to mend is printed without a stack, anything else is a bug and shows it.
 * `main` returns the exit code (nothing = 0); a process that still has work, such as a server, keeps running.
 */
export async function runCommand(main: () => Promise<number | undefined> | Promise<void>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(`${isForPerson(error) ? error.message : ((error as Error).stack ?? error)}\n`);
    process.exitCode = 1;
  }
}

/** By name: loading the migration tool, or BullMQ, only to know its error would slow every command. */
const FOR_PERSONS = new Set(['MigrationError', 'RedisProblem', 'JobsDatabaseProblem']);

function isForPerson(error: unknown): error is Error {
  return error instanceof StartProblem || (error instanceof Error && FOR_PERSONS.has(error.name));
}
