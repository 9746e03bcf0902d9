/** How often a cache had what it was asked for. */
export interface CacheRate {
  readonly cache: string;
  readonly hits: number;
  readonly misses: number;
}

/** Counts over all caches of this process, since its start. A cache tells of each look-up; the metrics page reads. */
export class CacheRates {
  readonly #counts = new Map<string, { hits: number; misses: number }>();

  /** @param cache a name of few letters, e.g. 'sessions' */
  count(cache: string, hit: boolean): void {
    let counts = this.#counts.get(cache);
    if (counts === undefined) {
      counts = { hits: 0, misses: 0 };
      this.#counts.set(cache, counts);
    }
    if (hit) counts.hits += 1;
    else counts.misses += 1;
  }

  rates(): readonly CacheRate[] {
    return [...this.#counts].map(([cache, counts]) => ({ cache, ...counts }));
  }
}
