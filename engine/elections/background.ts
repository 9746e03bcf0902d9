import { classifyFailure, isAway } from '../db/index.ts';

/** Work that nobody waits for. What fails here the next sweep mends. */
export class Background {
  readonly #running = new Set<Promise<unknown>>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  add(work: Promise<unknown>): void {
    const guarded = work
      .catch((error) => {
        if (!isAway(classifyFailure(error))) this.#report(error);
      })
      .finally(() => this.#running.delete(guarded));
    this.#running.add(guarded);
  }

  /** What runs has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running]);
  }
}
