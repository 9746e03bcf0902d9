import { defineConfig } from 'vitest/config';

const postgres = ['test/harness/postgres-setup.ts'];

/**
 * Three groups, one after the other, for machines with two cores: what needs no server; what needs the database; and what
 * starts whole servers, one file at a time, so that none starves another past its deadlines.
 */
export default defineConfig({
  test: {
    setupFiles: ['test/harness/seed.ts'],
    allowOnly: false,
    testTimeout: 30_000,
    hookTimeout: 120_000, // a first hook may build toxiproxy or install pgbouncer
    pool: 'forks',
    projects: [
      group('light', ['unit', 'tidy'], 0, { maxWorkers: 2 }),
      group('database', ['property', 'conformance', 'migration'], 1, { maxWorkers: 2, globalSetup: postgres }),
      group('servers', ['integration', 'fault', 'browser'], 2, { maxWorkers: 1, globalSetup: postgres }),
    ],
  },
});

function group(
  name: string,
  folders: string[],
  groupOrder: number,
  more: { maxWorkers: number; globalSetup?: string[] },
) {
  return {
    extends: true as const,
    test: { name, include: folders.map((folder) => `test/${folder}/**/*.test.ts`), sequence: { groupOrder }, ...more },
  };
}
