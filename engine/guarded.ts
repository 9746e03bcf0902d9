import { classifyFailure } from './db/index.ts';
import { limits } from './limits.ts';
import { type Outcome, refuse } from './outcome.ts';

/**
 * Turns a lost database into an outcome, and a value that PostgreSQL cannot take (SQLSTATE class 22) as well; anything
 * else that is thrown is a bug and goes on.
 */
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
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string' && code.startsWith('22')) {
      return refuse('invalid_input', 'A value in the request cannot be stored or looked up.', {
        details: { sqlstate: code },
      });
    }
    throw error;
  }
}
