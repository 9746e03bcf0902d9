/** Seconds that the plot shows. */
const SHOWN_SECONDS = 60;

/** Ballots that became durable in each of the last seconds, from a running count. */
export class VoteRates {
  readonly #bySecond = new Map<number, number>();
  #last: number | undefined;

  /**
   * @param cast ballots in the urn
   * @param nowMs when that was heard
   */
  count(cast: number, nowMs: number): void {
    const before = this.#last;
    this.#last = cast;
    if (before === undefined || cast <= before) return; // the first figure is no rate: those came before us
    const second = Math.floor(nowMs / 1_000);
    this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + cast - before);
    for (const old of this.#bySecond.keys()) {
      if (old >= second - SHOWN_SECONDS) break;
      this.#bySecond.delete(old);
    }
  }

  /** Seconds since 1970 and the ballots of each, oldest first; the second under way is left out. */
  series(nowMs: number): [number[], number[]] {
    const end = Math.floor(nowMs / 1_000);
    const seconds = Array.from({ length: SHOWN_SECONDS }, (_, i) => end - SHOWN_SECONDS + i);
    return [seconds, seconds.map((second) => this.#bySecond.get(second) ?? 0)];
  }
}
