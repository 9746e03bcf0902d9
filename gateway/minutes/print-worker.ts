import { parentPort, workerData } from 'node:worker_threads';
import { reportPdf } from './campaign-report.ts';
import { minutesPdf } from './document.ts';
import type { PrintJob } from './printer.ts';

// One document, then the thread ends: setting type takes a third of a second, in which no ballot must wait.
const job = workerData as PrintJob;
parentPort?.postMessage(
  await (job.kind === 'minutes' ? minutesPdf(job.head, job.elections, job.style) : reportPdf(job.report, job.style)),
);
