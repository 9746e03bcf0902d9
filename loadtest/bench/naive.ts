import { hash, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import type { Audit } from './audit.ts';
import { castNaively, countNaively, insertNaiveTokens } from './naive-queries.ts';
import { CANONICAL_BALLOTS } from './poll.ts';
import { roundedRate } from './quantiles.ts';
import type { Stage } from './stage.ts';

const POOL_CONNECTIONS = 3;

/** What requirement 004 describes: a pool of 3, one transaction of four statements a ballot. Ballots a second. */
export async function measureNaive(stage: Stage, audit: Audit, ballots: number, maxMs: number): Promise<number> {
  const electionId = randomUUID();
  const prefix = `naive-${electionId}-`;
  await insertNaiveTokens(stage.sql, stage.orgId, prefix, ballots);
  const tokens = Array.from({ length: ballots }, (_, i) => hash('sha256', `${prefix}${i}`, 'hex'));
  const pool = postgres(stage.ownerUrl, { max: POOL_CONNECTIONS, fetch_types: false });
  try {
    await Promise.all(Array.from({ length: POOL_CONNECTIONS }, () => pool`SELECT pg_sleep(0.01)`)); // all connected
    const startedAt = performance.now();
    let next = 0;
    let accepted = 0;
    const work = async () => {
      while (next < ballots && performance.now() - startedAt < maxMs) {
        const voter = next;
        next += 1;
        const choice = CANONICAL_BALLOTS[voter % CANONICAL_BALLOTS.length] as string;
        if (await castNaively(pool, stage.orgId, electionId, tokens[voter] as string, choice)) accepted += 1;
      }
    };
    await Promise.all(Array.from({ length: POOL_CONNECTIONS }, work));
    const perSecond = (accepted / (performance.now() - startedAt)) * 1_000;
    const stored = await countNaively(stage.sql, electionId);
    audit.add(accepted - stored.voters, stored.ballots - stored.voters, accepted);
    return roundedRate(perSecond);
  } finally {
    await pool.end();
  }
}
