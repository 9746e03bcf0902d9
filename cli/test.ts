import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { createVitest, type Vitest } from 'vitest/node';
import { readArguments } from './arguments.ts';
import { describeCheck, runChecks, STATIC_CHECKS } from './checks.ts';
import { runCommand } from './run-command.ts';

const SEED_RANGE = 2 ** 31;

interface Count {
  readonly passed: number;
  readonly failed: number;
}

await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm test',
    purpose:
      'Runs types, Biome, knip and every test; installs what the tests need (pgbouncer, toxiproxy, …). A skipped test counts ' +
      'as failed. The last line is "N passed, N failed".',
    positionals: ['[PATTERN…]'],
    flags: {
      name: { type: 'string', placeholder: 'TEXT', purpose: 'only tests whose name holds TEXT' },
      seed: {
        type: 'number',
        placeholder: 'N',
        purpose: 'repeat the random cases of an earlier run',
        min: 0,
        max: SEED_RANGE - 1,
      },
    },
    notes: ['With a PATTERN only test files whose path holds it run, without the checks: npm test -- unit/settings'],
  });
  const seed = flags.seed ?? randomInt(SEED_RANGE);
  process.env.PSEPHOS_SEED = String(seed);
  process.stdout.write(`Random cases have seed ${seed}; to repeat them: npm test -- --seed ${seed}\n`);

  const isPart = positionals.length > 0 || flags.name !== undefined;
  const checked = isPart ? { passed: 0, failed: 0 } : await checkSources();
  const tested = await runTests(positionals, flags.name);
  const passed = checked.passed + tested.passed;
  const failed = checked.failed + tested.failed;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  // Not left to the event loop: a handle that a broken test left open must not hang the run
  process.exit(failed === 0 && tested.passed > 0 ? 0 : 1);
});

async function checkSources(): Promise<Count> {
  process.stdout.write('Checking the sources …\n');
  const results = await runChecks(STATIC_CHECKS);
  for (const result of results) process.stdout.write(`${describeCheck(result)}\n`);
  const passed = results.filter((result) => result.passed).length;
  return { passed, failed: results.length - passed };
}

async function runTests(patterns: readonly string[], name: string | undefined): Promise<Count> {
  const vitest = await createVitest('test', {
    root: resolve(import.meta.dirname, '..'),
    run: true,
    watch: false,
    ...(name === undefined ? {} : { testNamePattern: name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') }),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void vitest.close().finally(() => process.exit(1))); // stops the tests' PostgreSQL
  }
  try {
    await vitest.start([...patterns]);
    return countResults(vitest, name !== undefined);
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
    return { passed: 0, failed: 1 };
  } finally {
    await vitest.close();
  }
}

/** Skipped counts as failed, and so do a file that does not load, a hook that fails and an error outside any test. */
function countResults(vitest: Vitest, isFiltered: boolean): Count {
  let passed = 0;
  let failed = vitest.state.getUnhandledErrors().length;
  for (const module of vitest.state.getTestModules()) {
    const hooks = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
    failed += hooks.length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      else if (state === 'failed' || !isFiltered) {
        failed += 1;
        if (state !== 'failed') process.stdout.write(`not run: ${module.relativeModuleId}: ${test.fullName}\n`);
      }
    }
  }
  return { passed, failed };
}
