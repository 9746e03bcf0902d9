import { once } from 'node:events';
import { createEngine } from '../../engine/index.ts';
import type { JobsPlace } from '../../workers/settings.ts';
import { startQueues } from './queues.ts';
import { openTestQueues } from './test-queues.ts';

/**
 * A process of its own that works on the test's queues until it is killed: `node run-queues.ts DATABASE_URL JOBS_JSON`, once it has
 * been sent 'begin'. Loading takes it longer than beginning, so it may be started ahead.
 */
const [url, jobs] = process.argv.slice(2) as [string, string];
process.once('disconnect', () => process.exit(0)); // its test is gone
await once(process, 'message');
const engine = await createEngine({ url });
const { queues } = await openTestQueues(url);
await startQueues(engine, JSON.parse(jobs) as JobsPlace, queues);
process.stdout.write('working\n');
