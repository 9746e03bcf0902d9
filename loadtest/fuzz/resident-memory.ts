import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLES = 5;
const PAUSE_MS = 100;

/** Resident memory of a process in bytes; the least of a few moments, as a collection of garbage may be under way. */
export async function residentBytes(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
    least = Math.min(least, kilobytes * 1_024);
    await sleep(PAUSE_MS);
  }
  return least;
}
