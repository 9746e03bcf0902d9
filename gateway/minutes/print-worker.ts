import { parentPort, workerData } from 'node:worker_threads';
import { minutesPdf } from './document.ts';
import type { PrintJob } from './printer.ts';

// One document, then the thread ends: setting type takes a third of a second, in which no ballot must wait.
const { head, elections, style } = workerData as PrintJob;
parentPort?.postMessage(await minutesPdf(head, elections, style));
