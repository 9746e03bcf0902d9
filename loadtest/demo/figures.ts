import { quantile } from '../bench/quantiles.ts';
import type { CrowdLog } from './attendee.ts';

/** What became of the crowd: counted by everybody, read by the screen and the last line. */
export class Figures implements CrowdLog {
  joinedCount = 0;
  here = 0;
  /** what the last one heard who was told to wait */
  lastWait: string | undefined;
  reconnects = 0;
  toldTwiceCount = 0;
  readonly refusals = new Map<string, number>();
  readonly #acknowledged = new Map<string, number>();
  readonly #latenciesMs: number[] = [];

  joined(): void {
    this.joinedCount += 1;
  }

  connected(change: 1 | -1): void {
    this.here += change;
  }

  reconnected(): void {
    this.reconnects += 1;
  }

  waited(reason: string): void {
    this.lastWait = reason;
  }

  acknowledged(electionId: string, afterMs: number): void {
    this.#acknowledged.set(electionId, this.acknowledgedIn(electionId) + 1);
    this.#latenciesMs.push(afterMs);
  }

  toldTwice(): void {
    this.toldTwiceCount += 1;
  }

  refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  acknowledgedIn(electionId: string): number {
    return this.#acknowledged.get(electionId) ?? 0;
  }

  get ballots(): number {
    return this.#latenciesMs.length;
  }

  /** milliseconds from the button to the acknowledgement; of the last `count` ballots, or of all */
  latencyMs(share: number, count = this.#latenciesMs.length): number {
    return Math.round(quantile(this.#latenciesMs.slice(-count), share) * 10) / 10;
  }
}
