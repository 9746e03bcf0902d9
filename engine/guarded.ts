import { classifyFailure } from './db/index.ts';
import { limits } from './limits.ts';
import { type Outcome, refuse } from './outcome.ts';

/** Raised by urn.meter_credentials; its hint names what there is too much of. */
const OVER_QUOTA = 'PSQ01';

/**
 * Turns a lost database into an outcome, and a value that PostgreSQL cannot take (SQLSTATE class 22) as well, and a quota
 * that would be passed; anything else that is thrown is a bug and goes on.
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
    const { code, hint } = error as { code?: unknown; hint?: unknown };
    if (code === OVER_QUOTA) {
      return refuse(
        'over_quota',
        `Your organisation's quota of ${hint} for this month is used up; nothing was written.`,
        {
          details: { metric: hint },
        },
      );
    }
    if (typeof code === 'string' && code.startsWith('22')) {
      return refuse('invalid_input', 'A value in the request cannot be stored or looked up.', {
        details: { sqlstate: code },
      });
    }
    throw error;
  }
}
