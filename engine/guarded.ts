import { classifyFailure } from './db/index.ts';
import { limits } from './limits.ts';
import { type Outcome, refuse } from './outcome.ts';

/** Turns a lost database into an outcome; anything else that is thrown is a bug and goes on. */
export async function guarded<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    const failure = classifyFailure(error);
    if (failure === 'unsent') {
      return refuse('database_away', 'The database cannot be reached; nothing was written. Try again.', {
        retryAfterMs: limits.overloadedRetryMaxMs,
      });
    }
    if (failure === 'in_doubt' || failure === 'retry') {
      return refuse('outcome_unknown', 'No answer from the database. Send the very same request again.', {
        retryAfterMs: limits.overloadedRetryMaxMs,
      });
    }
    throw error;
  }
}
