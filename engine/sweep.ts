import { classifyFailure, isAway } from './db/index.ts';

/**
 * Does a round of work again and again, the next one starting `pauseMs` after the last has ended.
 * Every gateway sweeps; what it does is guarded by locks, so it happens once.
 */
export class Sweep {
  readonly #round: () => Promise<void>;
  readonly #pauseMs: number;
  readonly #report: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(round: () => Promise<void>, pauseMs: number, report: (error: unknown) => void) {
    this.#round = round;
    this.#pauseMs = pauseMs;
    this.#report = report;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#round()
        .catch((error) => {
          if (!isAway(classifyFailure(error))) this.#report(error); // a database that is away is met by everyone else too
        })
        .finally(() => {
          if (!this.#stopped) this.start();
        });
    }, this.#pauseMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
