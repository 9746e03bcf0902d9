import { setTimeout as sleep } from 'node:timers/promises';
import type { Audit } from './audit.ts';
import { castClosedLoop, IN_FLIGHT } from './closed-loop.ts';
import { openPoll, requestsOf } from './poll.ts';
import { rounded } from './quantiles.ts';
import { batchesAfterClose } from './queries.ts';
import type { Sizes } from './sizes.ts';
import { type Stage, valueFrom } from './stage.ts';

/** Into the load, when every connection carries a full batch and a queue waits. */
const BEFORE_CLOSE_MS = 150;

/**
 * Milliseconds of the longest of several close calls while ballots are cast at full speed. Each voter is told which side
 * of the close the ballot fell on; all of it is compared with the box.
 * @throws an Error where a ballot lies after the close, or the load ended before it
 */
export async function measureClose(stage: Stage, audit: Audit, sizes: Sizes): Promise<number> {
  const { elections } = stage.engine;
  let longestMs = 0;
  for (let turn = 0; turn < sizes.closes; turn += 1) {
    const poll = await openPoll(stage, sizes.closeBallots);
    const requests = requestsOf(poll, 0, poll.voters);
    const loop = castClosedLoop(stage.engine, poll.orgId, requests, {
      inFlight: IN_FLIGHT,
      maxMs: sizes.loopMaxMs,
      until: 'closed',
    });
    await sleep(BEFORE_CLOSE_MS);
    const startedAt = performance.now();
    valueFrom(await elections.close(poll.orgId, poll.electionId, 'bench'));
    const tookMs = performance.now() - startedAt;
    longestMs = Math.max(longestMs, tookMs);
    const { accepted, refused, perSecond } = await loop;
    const told = refused.get('closed') ?? 0;
    if (told === 0) throw new Error('every ballot was cast before the close: that was no full load');
    valueFrom(await elections.result(poll.orgId, poll.electionId)); // counted: all ballots lie in the box
    const late = await batchesAfterClose(stage.sql, poll.orgId, poll.electionId);
    if (late > 0) throw new Error(`${late} batches were written after the close`);
    await audit.check(poll, accepted, refused.get('outcome_unknown') ?? 0);
    stage.say(
      `close under load: ${rounded(tookMs)} ms; ${accepted.length} ballots before it (${Math.round(perSecond)}/s), ` +
        `${told} told that it has closed`,
    );
  }
  return rounded(longestMs);
}
