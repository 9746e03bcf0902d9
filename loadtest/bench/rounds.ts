import type { Audit } from './audit.ts';
import { measureCeiling } from './ceiling.ts';
import { castClosedLoop, IN_FLIGHT, unansweredOf } from './closed-loop.ts';
import { measureNaive } from './naive.ts';
import { openPoll, type Poll, requestsOf } from './poll.ts';
import { median, rounded, roundedRate } from './quantiles.ts';
import { checkpoint } from './queries.ts';
import type { Sizes } from './sizes.ts';
import type { Stage } from './stage.ts';

export interface EngineRates {
  readonly naive_per_s: number;
  readonly ceiling_per_s: number;
  readonly engine_per_s: number;
  readonly ratios: { readonly engine_over_naive: number; readonly engine_over_ceiling: number };
}

/** Casts voters `from` to `upto` - 1 of a poll through the engine in this process. Ballots a second. */
export async function measureEngine(
  stage: Stage,
  poll: Poll,
  [from, upto]: readonly [number, number],
  maxMs: number,
): Promise<{ readonly perSecond: number; readonly accepted: readonly string[]; readonly unanswered: number }> {
  const requests = requestsOf(poll, from, upto);
  const loop = await castClosedLoop(stage.engine, poll.orgId, requests, { inFlight: IN_FLIGHT, maxMs });
  return { perSecond: loop.perSecond, accepted: loop.accepted, unanswered: unansweredOf(loop) };
}

/**
 * Naive, ceiling and engine in turn, several times over: what disturbs the machine for a while disturbs all three, and
 * the median of the rounds' own ratios passes over it.
 */
export async function measureRounds(stage: Stage, audit: Audit, sizes: Sizes): Promise<EngineRates> {
  const { roundBallots: ballots, loopMaxMs: maxMs } = sizes;
  const rounds: { naive: number; ceiling: number; engine: number }[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    await checkpoint(stage.sql);
    const naive = await measureNaive(stage, audit, sizes.naiveBallots, maxMs);
    const inTurn = [
      async () => ({ ceiling: await measureCeiling(stage, audit, ballots, maxMs) }),
      async () => ({ engine: await engineOnNewPoll(stage, audit, ballots, maxMs) }),
    ];
    if (round % 2 === 1) inTurn.reverse(); // neither has the better place
    const rates = { naive, ceiling: 0, engine: 0 };
    for (const measure of inTurn) Object.assign(rates, await measure());
    rounds.push(rates);
    stage.say(
      `round ${round + 1} of ${sizes.rounds}: naive ${roundedRate(rates.naive)}, ceiling ${roundedRate(rates.ceiling)}, ` +
        `engine ${roundedRate(rates.engine)} ballots/s`,
    );
  }
  const medianOf = (of: (rates: (typeof rounds)[number]) => number) => median(rounds.map(of));
  return {
    naive_per_s: roundedRate(medianOf(({ naive }) => naive)),
    ceiling_per_s: roundedRate(medianOf(({ ceiling }) => ceiling)),
    engine_per_s: roundedRate(medianOf(({ engine }) => engine)),
    ratios: {
      engine_over_naive: rounded(medianOf(({ engine, naive }) => engine / naive)),
      engine_over_ceiling: rounded(medianOf(({ engine, ceiling }) => engine / ceiling)),
    },
  };
}

async function engineOnNewPoll(stage: Stage, audit: Audit, ballots: number, maxMs: number): Promise<number> {
  const poll = await openPoll(stage, ballots);
  const { perSecond, accepted, unanswered } = await measureEngine(stage, poll, [0, ballots], maxMs);
  await audit.check(poll, accepted, unanswered);
  return perSecond;
}
