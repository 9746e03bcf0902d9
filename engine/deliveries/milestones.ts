import { MILESTONES_PERCENT } from '../../protocol/webhooks.ts';
import type { Transaction } from '../db/index.ts';
import { type Progress, saveProgress, selectProgress, selectTurnout, type Turnout } from './follow-queries.ts';

/** Milestones that a turnout has passed beyond those told before, in order. */
function milestonesPassed({ roll, voted }: Turnout, reached: number): readonly number[] {
  return roll === 0 ? [] : MILESTONES_PERCENT.filter((percent) => percent > reached && voted * 100 >= percent * roll);
}

/**
 * Follows the turnout of running elections from their log rows. Counting credentials takes up to a tenth of a second on a
 * large roll, so it is done only where the rows seen so far could have passed a milestone: they count at least what is
 * in the urn, and the roll that is remembered is at most what it is now, since rolls of running elections only grow.
 */
export class Milestones {
  readonly #tx: Transaction;
  readonly #orgId: string;
  readonly #progress: Map<string, Progress>;
  readonly #turnouts = new Map<string, Turnout>();
  readonly #changed = new Set<string>();

  private constructor(tx: Transaction, orgId: string, progress: Map<string, Progress>) {
    this.#tx = tx;
    this.#orgId = orgId;
    this.#progress = progress;
  }

  static async of(tx: Transaction, orgId: string, electionIds: Iterable<string>): Promise<Milestones> {
    return new Milestones(tx, orgId, await selectProgress(tx, orgId, electionIds));
  }

  /** As the urn has it now; read once for a run of log rows. */
  async turnout(electionId: string): Promise<Turnout> {
    let turnout = this.#turnouts.get(electionId);
    if (turnout === undefined) {
      turnout = await selectTurnout(this.#tx, this.#orgId, electionId);
      this.#turnouts.set(electionId, turnout);
    }
    return turnout;
  }

  async opened(electionId: string): Promise<void> {
    this.#set(electionId, { castCount: 0, roll: (await this.turnout(electionId)).roll, reached: 0 });
  }

  /** A batch of ballots is in. Answers the milestones that it passed. */
  async ballots(electionId: string, size: number): Promise<readonly number[]> {
    const known = this.#progress.get(electionId) ?? { castCount: 0, roll: 0, reached: 0 };
    const castCount = known.castCount + size;
    if (known.roll > 0 && milestonesPassed({ roll: known.roll, voted: castCount }, known.reached).length === 0) {
      this.#set(electionId, { ...known, castCount });
      return [];
    }
    const turnout = await this.turnout(electionId);
    const passed = milestonesPassed(turnout, known.reached);
    this.#set(electionId, { castCount: turnout.voted, roll: turnout.roll, reached: passed.at(-1) ?? known.reached });
    return passed;
  }

  ended(electionId: string): void {
    this.#progress.delete(electionId);
    this.#changed.add(electionId);
  }

  async save(): Promise<void> {
    for (const electionId of this.#changed) {
      await saveProgress(this.#tx, this.#orgId, electionId, this.#progress.get(electionId) ?? null);
    }
  }

  #set(electionId: string, progress: Progress): void {
    this.#progress.set(electionId, progress);
    this.#changed.add(electionId);
  }
}
