/** Pauses that end at once when the demo is over. */
export class Clock {
  readonly #signal: AbortSignal;
  readonly #startedMs = performance.now();
  readonly #pausing = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const end of this.#pausing) end();
    });
  }

  get isOver(): boolean {
    return this.#signal.aborted;
  }

  /** milliseconds since the demo began */
  get nowMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** Resolves after the time, or as soon as the demo is over. */
  pause(ms: number): Promise<void> {
    if (this.isOver || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#pausing.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#pausing.add(end);
    });
  }
}
