import { Worker } from 'node:worker_threads';
import type { MinutesStyle, Sheet } from './blocks.ts';
import type { CampaignReport } from './campaign-report.ts';
import type { MinutesHead } from './document.ts';

/** What a document is made of; goes to the thread that makes it. */
export type PrintJob = { readonly style: MinutesStyle } & (
  | { readonly kind: 'minutes'; readonly head: MinutesHead; readonly elections: readonly Sheet[] }
  | { readonly kind: 'campaign'; readonly report: CampaignReport }
);

/** A thread takes 60 MB while it prints. */
const PRINTING_MAX = 2;
/** Whoever waits behind so many would not hear an answer in the time of a request. */
const WAITING_MAX = 6;

let printing = 0;
const waiting: (() => void)[] = [];

/** The document, made in a thread of its own; null where too many wait already. Rejects where it cannot be made. */
export async function print(job: PrintJob): Promise<Buffer | null> {
  if (printing >= PRINTING_MAX) {
    if (waiting.length >= WAITING_MAX) return null;
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    printing += 1;
  }
  try {
    return await inThread(job);
  } finally {
    const next = waiting.shift();
    if (next === undefined) printing -= 1;
    else next(); // takes over the place
  }
}

function inThread(job: PrintJob): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('print-worker.ts', import.meta.url), { workerData: job });
    worker.once('message', (bytes: Uint8Array) => resolve(Buffer.from(bytes)));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the printing thread ended with ${code}`)));
  });
}
