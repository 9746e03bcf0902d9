import { parentPort, workerData } from 'node:worker_threads';
import type { ResultSnapshot } from './result.ts';
import { timedCount } from './result-count.ts';

// One count, then the thread ends: a large budget takes seconds, in which no coin must wait.
parentPort?.postMessage(timedCount(workerData as ResultSnapshot));
