import type { CastReceipt, CastRequest, Engine, FailureKind, Outcome } from '../../engine/index.ts';

/** What became of the casts of one loop. */
export interface Loop {
  /** tracking codes of the accepted ones */
  readonly accepted: string[];
  readonly refused: ReadonlyMap<FailureKind, number>;
  readonly elapsedMs: number;
  readonly perSecond: number;
}

export interface LoopOptions {
  readonly inFlight: number;
  readonly maxMs: number;
  /** stops sending at the first refusal of this kind */
  readonly until?: FailureKind;
}

/** Enough for three batches on their way and several waiting, so that every batch is full. */
export const IN_FLIGHT = 4_000;

/**
 * Casts prepared requests into the engine with `inFlight` of them always on their way, until all are answered. Whatever
 * it costs is counted against the engine, so it does next to nothing.
 */
export function castClosedLoop(
  engine: Engine,
  orgId: string,
  requests: readonly CastRequest[],
  { inFlight, maxMs, until }: LoopOptions,
): Promise<Loop> {
  const accepted: string[] = [];
  const refused = new Map<FailureKind, number>();
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let next = 0;
    let answered = 0;
    let last = requests.length;

    const send = () => {
      engine.elections.cast(orgId, requests[next] as CastRequest).then(settle, reject);
      next += 1;
    };
    const settle = (outcome: Outcome<CastReceipt>) => {
      answered += 1;
      if (outcome.ok) accepted.push(outcome.value.trackingCode);
      else refuse(outcome.failure.kind);
      if (next < last) send();
      else if (answered === next) finish();
      // a look at the clock for every ballot would be a cost of its own
      if ((answered & 1_023) === 0 && performance.now() - startedAt > maxMs) last = next;
    };
    const refuse = (kind: FailureKind) => {
      refused.set(kind, (refused.get(kind) ?? 0) + 1);
      if (kind === until) last = next;
    };
    const finish = () => {
      const elapsedMs = performance.now() - startedAt;
      resolve({ accepted, refused, elapsedMs, perSecond: (accepted.length / elapsedMs) * 1_000 });
    };
    while (next < Math.min(inFlight, requests.length)) send();
  });
}

/** What a machine that is too slow at the moment may answer; anything else in a loop of good casts is a bug. */
const OUT_OF_BREATH: readonly FailureKind[] = ['overloaded', 'outcome_unknown', 'database_away'];

/**
 * Casts of which nobody knows whether they are in.
 * @throws an Error where a good cast was refused for another reason than load
 */
export function unansweredOf(loop: Loop): number {
  for (const [kind, count] of loop.refused) {
    if (!OUT_OF_BREATH.includes(kind)) throw new Error(`${count} good casts were refused: ${kind}`);
  }
  return loop.refused.get('outcome_unknown') ?? 0;
}
