import type { Poll } from './poll.ts';
import { checkBallots } from './queries.ts';
import type { Stage } from './stage.ts';

/** Every acknowledged ballot is looked up in the database; what is wrong adds up over the run. */
export class Audit {
  readonly #stage: Stage;
  lost = 0;
  doubled = 0;
  checked = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /**
   * Outside of any measurement.
   * @param trackingCodes all that were acknowledged in this election
   * @param unanswered casts of which nobody knows whether they are in
   * @param stage where it is, if beside the run's own
   * @throws an Error where ballots are stored whose voters were told that they are not
   */
  async check(poll: Poll, trackingCodes: readonly string[], unanswered = 0, stage = this.#stage): Promise<void> {
    const found = await checkBallots(stage.sql, poll.orgId, poll.electionId, trackingCodes.join(''));
    this.lost += found.lost;
    this.doubled += found.doubled;
    this.checked += trackingCodes.length;
    const told = new Set(trackingCodes).size;
    if (found.stored - found.doubled > told - found.lost + unanswered) {
      throw new Error(`election ${poll.electionId}: ${found.stored} ballots stored, only ${told} acknowledged`);
    }
  }

  /** Counted by other means. */
  add(lost: number, doubled: number, checked: number): void {
    this.lost += lost;
    this.doubled += doubled;
    this.checked += checked;
  }
}
