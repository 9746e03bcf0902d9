import { defineConfig } from 'vitest/config';

const postgres = ['test/harness/postgres-setup.ts'];

/** Integration tests that start processes, measure time, or fill both cores by themselves: one file at a time. */
const ALONE = [
  'api-{bench,injection,isolation,schema}',
  'bench',
  'demo',
  'embedded-postgres',
  'engine-{close,enrolment,fairness,faults,hall,ready,timed}',
  'gateway-process',
  'harness',
  'mail-sender',
  'replay',
  'revocation',
  'start*',
  'urn-race',
  'workers',
].map((name) => `test/integration/${name}.test.ts`);

/**
 * Four groups, one after the other, for machines with two cores: what needs no server; what needs the database; what talks to
 * an engine or gateway within the test; and what starts whole servers, one file at a time, so that none starves another past
 * its deadlines.
 */
export default defineConfig({
  test: {
    setupFiles: ['test/harness/seed.ts'],
    allowOnly: false,
    testTimeout: 30_000,
    hookTimeout: 120_000, // a first hook may build toxiproxy or install pgbouncer
    pool: 'forks',
    projects: [
      group('light', all('unit', 'tidy'), 0, { maxWorkers: 2 }),
      group('database', all('property', 'conformance', 'migration'), 1, { maxWorkers: 2, globalSetup: postgres }),
      group('rooms', all('integration'), 2, { maxWorkers: 2, globalSetup: postgres, exclude: ALONE }),
      group('servers', [...ALONE, ...all('fault', 'browser')], 3, { maxWorkers: 1, globalSetup: postgres }),
    ],
  },
});

function all(...folders: string[]): string[] {
  return folders.map((folder) => `test/${folder}/**/*.test.ts`);
}

function group(
  name: string,
  include: string[],
  groupOrder: number,
  more: { maxWorkers: number; globalSetup?: string[]; exclude?: string[] },
) {
  return { extends: true as const, test: { name, include, sequence: { groupOrder }, ...more } };
}
