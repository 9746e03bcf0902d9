import type { TestProject } from 'vitest/node';
import { shareServer } from './postgres-setup.ts';

/** vitest globalSetup: the run's other PostgreSQL, with the product's own settings. For tests that measure time. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return shareServer(project, 'durable', {});
}
