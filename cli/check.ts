import { readArguments } from './arguments.ts';
import { describeCheck, runChecks, STATIC_CHECKS, TIDY_CHECK } from './checks.ts';
import { runCommand } from './run-command.ts';

await runCommand(async () => {
  readArguments({
    command: 'npm run check',
    purpose: 'Types, format and lint (Biome), unused code (knip) and the tidy tests: one line each.',
    flags: {},
  });
  const results = await runChecks([...STATIC_CHECKS, TIDY_CHECK]);
  for (const result of results) process.stdout.write(`${describeCheck(result)}\n`);
  return results.every(({ passed }) => passed) ? 0 : 1;
});
