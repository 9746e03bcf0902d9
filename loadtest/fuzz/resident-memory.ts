import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLES = 5;
const PAUSE_MS = 100;
const BYTES_PER_MEGABYTE = 1_048_576;

/** Resident memory of a process in bytes; NaN where there is no such process. */
export function residentNow(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) * 1_024;
  } catch {
    return Number.NaN;
  }
}

/** The least of a few moments, as a collection of garbage may be under way. */
export async function residentBytes(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    least = Math.min(least, residentNow(pid));
    await sleep(PAUSE_MS);
  }
  return least;
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / BYTES_PER_MEGABYTE);
}
