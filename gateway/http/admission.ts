import type { Answer } from './operation.ts';
import { decline } from './operation.ts';

/**
 * Bounds what is in work at once. Beyond the bound a request is refused at once, before anything is read of it:
 * waiting longer than a caller waits helps nobody.
 */
export interface Admission {
  /** Runs `work` if there is room, else answers `overloaded`. The room is taken until `work` itself has ended. */
  admit(work: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when nothing is in work any more. */
  idle(): Promise<void>;
}

export function createAdmission(maxInWork: number): Admission {
  let inWork = 0;
  let waiting: (() => void)[] = [];
  return {
    async admit(work) {
      if (inWork >= maxInWork) {
        return decline('overloaded', 'Too many requests are in work. Nothing was written; send yours again shortly.');
      }
      inWork += 1;
      try {
        return await work();
      } finally {
        inWork -= 1;
        if (inWork === 0) {
          for (const wake of waiting) wake();
          waiting = [];
        }
      }
    },
    idle() {
      return inWork === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** The answer of `work`, or `late()` once `afterMs` have passed; the work goes on, its answer is then lost. */
export async function within(afterMs: number, work: Promise<Answer>, late: () => Answer): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(late()), afterMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
