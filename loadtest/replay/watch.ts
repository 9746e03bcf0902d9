import { setTimeout as sleep } from 'node:timers/promises';
import type { TallyView } from '../../protocol/tally.ts';
import { type Figures, microOf } from './figures.ts';
import { openSocket, type SocketAddress } from './sockets.ts';

/** The last figures that a watcher was sent. */
export interface SeenTally {
  /** null where the visibility hides it */
  readonly cast: number | null;
  readonly counted: number;
  readonly figures: Figures;
}

/** A subscriber that watches a tally move. */
export interface TallyWatch {
  /** what it was sent that cannot be, e.g. fewer ballots than before; null = nothing */
  readonly problem: string | null;
  /** the final tally, waited for; null when it does not come in time */
  final(withinMs: number): Promise<SeenTally | null>;
  stop(): void;
}

const POLL_MS = 20;

/** Subscribes with a socket of its own. @throws PsephosError when that is refused */
export async function watchTally(address: SocketAddress, electionId: string): Promise<TallyWatch> {
  const socket = await openSocket(address);
  let last: TallyView | undefined;
  let problem: string | null = null;
  const subscription = await socket.subscribe(`tally:${electionId}`, ({ data }) => {
    const tally = data as TallyView;
    if (last !== undefined && (tally.cast ?? 0) < (last.cast ?? 0)) {
      problem ??= `the watcher saw ${last.cast} ballots, then ${tally.cast}`;
    }
    if (tally.cast !== null && tally.counted > tally.cast) {
      problem ??= `the watcher saw figures of ${tally.counted} ballots when ${tally.cast} were cast`;
    }
    last = tally;
  });
  return {
    get problem() {
      return subscription.refused === undefined
        ? problem
        : `the watcher was sent away: ${subscription.refused.message}`;
    },
    async final(withinMs) {
      const untilMs = performance.now() + withinMs;
      while (last?.final !== true && performance.now() < untilMs) await sleep(POLL_MS);
      return last?.final === true ? seenOf(last) : null;
    },
    stop: () => socket.close(),
  };
}

function seenOf({ cast, counted, options }: TallyView): SeenTally {
  return { cast, counted, figures: new Map(options?.map(({ option, weight }) => [option, microOf(weight)])) };
}
