import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, PsephosError } from '../../client/index.ts';

/** Counting a million ballots takes longer than a request may; it goes on, and asking again finds it done. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 250;

/** Asks again while the answer is one that passes. Only for what may be repeated. @throws PsephosError */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const passing = error instanceof PsephosError && isPassing(error.code);
      if (!passing || performance.now() > untilMs) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
