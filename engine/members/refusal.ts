import { guarded } from '../guarded.ts';
import type { Outcome } from '../outcome.ts';

/** Thrown inside a transaction to undo it: the outcome that its caller gets. Never leaves this room. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly outcome: Outcome<never>;

  constructor(outcome: Outcome<never>) {
    super(outcome.ok ? '' : outcome.failure.message);
    this.outcome = outcome;
  }
}

/** Does the work; a Refusal becomes its outcome, a lost database too. */
export async function refusing<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  return guarded(async () => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal) return error.outcome;
      throw error;
    }
  });
}
