import type { CacheRates } from '../cache-rates.ts';
import { limits } from '../limits.ts';
import { BallotQueue, type FateSealer } from './ballot-queue.ts';
import { RedisLink } from './link.ts';
import { ReadCache, type Sealer } from './read-cache.ts';
import { LogSignals } from './signals.ts';

export interface RedisOptions {
  /** redis:// or rediss:// */
  readonly url: string;
  /** ballots that the database cannot take at this moment wait there; refused where Redis could lose them */
  readonly ballotQueue?: boolean;
}

/** All that the engine does with Redis. Without any of it the same is true, only slower. */
export interface RedisRooms {
  readonly signals: LogSignals;
  readonly cache: ReadCache;
  readonly queue: BallotQueue | null;
  /** Redis answers */
  up(): boolean;
  close(): void;
}

/**
 * Goes on without a Redis that is away, which is met by everyone later as well; not where ballots are to wait in it.
 * @param epoch of the database
 * @param sealer the server's secrets, by which cached entries and statuses are told from forged ones
 * @throws QueueProblem, whose message says what to do
 */
export async function openRedis(
  { url, ballotQueue = false }: RedisOptions,
  epoch: string,
  rates: CacheRates,
  sealer: () => Promise<Sealer & FateSealer>,
  report: (error: unknown) => void,
): Promise<RedisRooms> {
  const link = new RedisLink(url);
  await link.start(limits.redisStartMs);
  const queue = ballotQueue ? new BallotQueue(link, sealer, report) : null;
  try {
    await queue?.start();
  } catch (error) {
    link.close(); // an open connection would keep the process that gives up from ending
    throw error;
  }
  return {
    signals: new LogSignals(link, epoch),
    cache: new ReadCache(link, epoch, rates, sealer),
    queue,
    up: () => link.up,
    close: () => link.close(),
  };
}
