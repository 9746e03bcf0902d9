import postgres from 'postgres';
import { keysOf, trackingCodeIn } from '../../engine/elections/keys.ts';
import { limits } from '../../engine/limits.ts';
import type { Audit } from './audit.ts';
import { CANONICAL_BALLOTS, openPoll, requestsOf } from './poll.ts';
import { callCastBallots } from './queries.ts';
import type { Stage } from './stage.ts';

interface Batch {
  readonly keys: string;
  readonly ballots: string;
  readonly trackingCodes: readonly string[];
}

/**
 * The SQL function called directly, 500 ballots a batch, pool 3, everything prepared before the clock starts: no engine
 * can be faster. Ballots a second.
 */
export async function measureCeiling(stage: Stage, audit: Audit, ballots: number, maxMs: number): Promise<number> {
  const poll = await openPoll(stage, ballots);
  const batches = prepareBatches(poll.electionId, requestsOf(poll, 0, ballots));
  const connections = limits.hotPoolDefaultConnections;
  const pool = postgres(stage.url, { max: connections, fetch_types: false });
  try {
    await Promise.all(Array.from({ length: connections }, () => pool`SELECT pg_sleep(0.01)`)); // all connected
    const accepted: string[] = [];
    const startedAt = performance.now();
    let next = 0;
    const work = async () => {
      while (next < batches.length && performance.now() - startedAt < maxMs) {
        const batch = batches[next] as Batch;
        next += 1;
        const codes = await callCastBallots(pool, poll.orgId, poll.electionId, batch.keys, batch.ballots);
        if (!/^0+$/.test(codes)) throw new Error(`a batch of good ballots was answered ${codes.slice(0, 20)}`);
        accepted.push(...batch.trackingCodes);
      }
    };
    await Promise.all(Array.from({ length: connections }, work));
    const perSecond = (accepted.length / (performance.now() - startedAt)) * 1_000;
    await audit.check(poll, accepted);
    return perSecond;
  } finally {
    await pool.end();
  }
}

function prepareBatches(electionId: string, requests: ReturnType<typeof requestsOf>): Batch[] {
  const batches: Batch[] = [];
  for (let from = 0; from < requests.length; from += limits.batchMaxBallots) {
    const part = requests.slice(from, from + limits.batchMaxBallots);
    const ballots = part.map((_, i) => CANONICAL_BALLOTS[(from + i) % CANONICAL_BALLOTS.length] as string);
    const keys = part.map(({ credential, castKey }, i) =>
      keysOf(electionId, credential, castKey, ballots[i] as string),
    );
    batches.push({
      // through a Buffer: one flat text, as nothing should be left to do when the clock runs
      keys: Buffer.from(`\\x${keys.join('')}`).toString(),
      ballots: ballots.join('\u001e'),
      trackingCodes: keys.map(trackingCodeIn),
    });
  }
  return batches;
}
