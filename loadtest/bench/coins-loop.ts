import { randomBytes } from 'node:crypto';
import type { CoinAct, CoinReceipt, Engine, FailureKind, Outcome } from '../../engine/index.ts';
import type { CampaignRows } from './coins-queries.ts';

/** Which idea the n-th act of a run goes to: all of them in turn, or everyone's to the first. */
export type Aim = 'spread' | 'hot';

/** Coprime to any number of ideas that is no multiple of it, so that neighbours in a batch give to ideas far apart. */
const STRIDE = 7_919;

/** Ids of `count` acts, in order and unlike those of any other run. */
export function requestIds(count: number): string[] {
  const run = randomBytes(8).toString('hex');
  const head = `${run.slice(0, 8)}-${run.slice(8, 12)}-4${run.slice(12, 15)}-8${run.slice(13, 16)}-`;
  return Array.from({ length: count }, (_, i) => head + i.toString(16).padStart(12, '0'));
}

export function ideaOf({ ideaIds }: CampaignRows, aim: Aim, act: number): string {
  return ideaIds[aim === 'hot' ? 0 : (act * STRIDE) % ideaIds.length] as string;
}

/** One coin from each participant in turn. */
export function actsOf(campaign: CampaignRows, aim: Aim, count: number): CoinAct[] {
  const { campaignId, userIds } = campaign;
  return requestIds(count).map((requestId, i) => ({
    campaignId,
    userId: userIds[i % userIds.length] as string,
    requestId,
    from: null,
    to: ideaOf(campaign, aim, i),
    amount: 1,
  }));
}

export interface CoinLoop {
  /** request ids of those that were done */
  readonly done: string[];
  readonly refused: ReadonlyMap<FailureKind, number>;
  readonly perSecond: number;
}

/** Does prepared acts with `inFlight` of them always on their way, until all are answered or time is up. */
export function moveClosedLoop(
  engine: Engine,
  orgId: string,
  acts: readonly CoinAct[],
  { inFlight, maxMs }: { readonly inFlight: number; readonly maxMs: number },
): Promise<CoinLoop> {
  const done: string[] = [];
  const refused = new Map<FailureKind, number>();
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let next = 0;
    let answered = 0;
    let last = acts.length;
    const send = () => {
      engine.coins.move(orgId, acts[next] as CoinAct).then(settle, reject);
      next += 1;
    };
    const settle = (outcome: Outcome<CoinReceipt>) => {
      answered += 1;
      if (outcome.ok) done.push(outcome.value.requestId);
      else refused.set(outcome.failure.kind, (refused.get(outcome.failure.kind) ?? 0) + 1);
      if (next < last) send();
      else if (answered === next) {
        resolve({ done, refused, perSecond: (done.length / (performance.now() - startedAt)) * 1_000 });
      }
      if ((answered & 1_023) === 0 && performance.now() - startedAt > maxMs) last = next;
    };
    while (next < Math.min(inFlight, acts.length)) send();
  });
}
