import type { ClientCode } from './errors.ts';

/** After the first attempt; requirement 004. */
export const RETRIES_MAX = 2;
const DELAY_MIN_MS = 25;
const DELAY_MAX_MS = 100;

/** Codes after which the very same request may succeed: a busy credential or purse, load, a database that is away. */
export function isPassing(code: ClientCode): boolean {
  return code === 'BALLOT_001' || code === 'COIN_007' || code.startsWith('LOAD_');
}

/** HTTP statuses after which the very same request may succeed. */
export function isPassingStatus(status: number, code: ClientCode): boolean {
  return (status === 423 || status === 429 || status >= 500) && code !== 'QUOTA_001';
}

/** What the gateway asks for, else 25 to 100 ms at random. */
export function retryDelayMs(retryAfterMs: unknown): number {
  if (typeof retryAfterMs === 'number' && retryAfterMs >= 0) return retryAfterMs;
  return retryPauseMs();
}

/** 25 to 100 ms at random. */
export function retryPauseMs(): number {
  return DELAY_MIN_MS + Math.random() * (DELAY_MAX_MS - DELAY_MIN_MS);
}

/** Full jitter: anywhere up to a bound that doubles with each failure in a row. */
export function backoffMs(failures: number, minMs: number, maxMs: number): number {
  return Math.random() * Math.min(maxMs, minMs * 2 ** Math.min(failures, 16));
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
