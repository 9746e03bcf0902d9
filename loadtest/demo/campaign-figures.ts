import { quantile } from '../bench/quantiles.ts';
import { grouped } from '../replay/progress.ts';

/** What the people of a campaign have done: counted by all of them, read by the screen and the last line. */
export class CampaignFigures {
  joined = 0;
  here = 0;
  given = 0;
  moved = 0;
  takenBack = 0;
  /** coins that lie on ideas now */
  coins = 0;
  readonly refusals = new Map<string, number>();
  readonly #latenciesMs: number[] = [];

  acknowledged(afterMs: number): void {
    this.#latenciesMs.push(afterMs);
  }

  refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  /** milliseconds from the tap to the acknowledgement; of the last `count` acts, or of all */
  latencyMs(share: number, count = this.#latenciesMs.length): number {
    return Math.round(quantile(this.#latenciesMs.slice(-count), share) * 10) / 10 || 0;
  }

  line(): string {
    const acts = this.given + this.moved + this.takenBack;
    return (
      `${grouped(this.here)} people here, ${grouped(this.coins)} coins on ideas; ${grouped(acts)} acts ` +
      `(${grouped(this.moved)} moved, ${grouped(this.takenBack)} taken back), half within ${this.latencyMs(0.5, 500)} ms`
    );
  }
}
