import { defineConfig } from 'vitest/config';

const QUICK = ['test/harness/postgres-setup.ts'];
const DURABLE = ['test/harness/durable-postgres-setup.ts'];

/** What measures time, or starts servers that a busy neighbour would push past their deadlines: one file at a time. */
const ALONE = [
  ...named('integration', [
    'api-bench',
    'backup*',
    'bench',
    'coin-{plans,races}',
    'coins-bench',
    'demo',
    'embedded-postgres',
    'engine-{clock,close,enrolment,fairness,faults,hall,ready,timed}',
    'gateway-process',
    'harness',
    'mail-sender',
    'notify-flood',
    'queues',
    'replay',
    'revocation',
    'search{,-workers}',
    'start*',
    'urn-race',
    'workers',
  ]),
  ...named('browser', ['first-load', 'phones']),
  ...named('fault', ['fault', 'fuzz', 'fuzz-findings']),
];

/** Walks over the whole API and browsers fill a processor each, and time nothing: two at a time. */
const PAIRS = [...named('integration', ['api-{injection,isolation,schema}']), ...all('browser')];

/**
 * Five groups for machines with two cores. What needs no server, what needs the database and what talks to an engine or
 * gateway within the test run side by side, three at a time since the last two often wait. They share a process, too
 * (`isolate: false`): loading modules anew for each file was two thirds of the processor time of the light ones. Then come
 * the pairs, and last what must be alone, on a PostgreSQL that syncs as the product's own does.
 */
export default defineConfig({
  test: {
    setupFiles: ['test/harness/seed.ts'],
    allowOnly: false,
    testTimeout: 30_000,
    hookTimeout: 120_000, // a first hook may build toxiproxy or install pgbouncer
    pool: 'forks',
    projects: [
      group('light', [...all('unit', 'tidy'), ...named('fault', ['auditor', 'coins-auditor', 'plan'])], {
        order: 0,
        workers: 3,
        isolate: false,
      }),
      group('database', all('property', 'conformance', 'migration'), {
        ...{ order: 0, workers: 3, isolate: false, globalSetup: QUICK },
      }),
      group('rooms', all('integration'), {
        ...{ order: 0, workers: 3, isolate: false, globalSetup: QUICK, exclude: [...ALONE, ...PAIRS] },
      }),
      group('pairs', PAIRS, {
        ...{ order: 1, workers: 2, globalSetup: ['test/harness/browser-setup.ts', ...QUICK], exclude: ALONE },
      }),
      group('alone', ALONE, { order: 2, workers: 1, globalSetup: DURABLE }),
    ],
  },
});

function all(...folders: string[]): string[] {
  return folders.map((folder) => `test/${folder}/**/*.test.ts`);
}

function named(folder: string, names: string[]): string[] {
  return names.map((name) => `test/${folder}/${name}.test.ts`);
}

interface Running {
  /** groups of one number run at the same time, with as many workers together as each of them has */
  readonly order: number;
  readonly workers: number;
  /** false: the files of a worker share modules; each opens and closes what it uses */
  readonly isolate?: boolean;
  readonly globalSetup?: string[];
  readonly exclude?: string[];
}

function group(name: string, include: string[], { order, workers, ...more }: Running) {
  return {
    extends: true as const,
    test: { name, include, maxWorkers: workers, sequence: { groupOrder: order }, ...more },
  };
}
