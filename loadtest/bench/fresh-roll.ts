import type { Audit } from './audit.ts';
import { openPoll, type Poll } from './poll.ts';
import { median, rounded, roundedRate } from './quantiles.ts';
import { rollWasAnalysed, setAutovacuum } from './queries.ts';
import { measureEngine } from './rounds.ts';
import type { Sizes } from './sizes.ts';
import type { Stage } from './stage.ts';

/**
 * The rate on a large roll just loaded, over that on a small one, in turn. Comes first in a run and keeps autovacuum
 * off, so that the planner knows nothing of the roll: it once took every batch for a scan of all of it.
 */
export async function measureFreshRoll(stage: Stage, audit: Audit, sizes: Sizes): Promise<number> {
  const { freshRoll, freshRounds, freshBallots, loopMaxMs } = sizes;
  await setAutovacuum(stage.sql, false);
  try {
    const large = await openPoll(stage, freshRoll);
    const codes: string[] = [];
    let unanswered = 0;
    const ratios: number[] = [];
    const cast = async (poll: Poll, from: number) => {
      const range = [from, Math.min(poll.voters, from + freshBallots)] as const;
      const { accepted, ...rest } = await measureEngine(stage, poll, range, loopMaxMs);
      return { ...rest, accepted };
    };
    for (let round = 0; round < freshRounds; round += 1) {
      const small = await openPoll(stage, freshBallots);
      const onSmall = await cast(small, 0);
      await audit.check(small, onSmall.accepted, onSmall.unanswered);
      const onLarge = await cast(large, round * freshBallots);
      for (const code of onLarge.accepted) codes.push(code);
      unanswered += onLarge.unanswered;
      // the first round warms up the engine, the plans and the server
      if (round > 0 || freshRounds === 1) ratios.push(onLarge.perSecond / onSmall.perSecond);
      stage.say(
        `roll of ${freshBallots}: ${roundedRate(onSmall.perSecond)} ballots/s; of ${freshRoll}, never analysed: ` +
          `${roundedRate(onLarge.perSecond)}`,
      );
    }
    if (await rollWasAnalysed(stage.sql)) throw new Error('the roll was analysed: this measures nothing');
    await audit.check(large, codes, unanswered);
    return rounded(median(ratios));
  } finally {
    await setAutovacuum(stage.sql, true);
  }
}
