import type { Audit } from './audit.ts';
import { openPoll } from './poll.ts';
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
    for (let round = 0; round < freshRounds; round += 1) {
      const small = await openPoll(stage, freshBallots);
      const onSmall = () => measureEngine(stage, small, [0, freshBallots], loopMaxMs);
      const onLarge = () =>
        measureEngine(stage, large, [round * freshBallots, Math.min(freshRoll, (round + 1) * freshBallots)], loopMaxMs);
      const [first, second] = round % 2 === 0 ? [onSmall, onLarge] : [onLarge, onSmall];
      const casts = [await first(), await second()] as const;
      const [smallCast, largeCast] = round % 2 === 0 ? casts : [casts[1], casts[0]];
      await audit.check(small, smallCast.accepted, smallCast.unanswered);
      for (const code of largeCast.accepted) codes.push(code);
      unanswered += largeCast.unanswered;
      // the first round warms up the engine, the plans and the server
      if (round > 0 || freshRounds === 1) ratios.push(largeCast.perSecond / smallCast.perSecond);
      stage.say(
        `roll of ${freshBallots}: ${roundedRate(smallCast.perSecond)} ballots/s; of ${freshRoll}, never analysed: ` +
          `${roundedRate(largeCast.perSecond)}`,
      );
    }
    if (await rollWasAnalysed(stage.sql)) throw new Error('the roll was analysed: this measures nothing');
    await audit.check(large, codes, unanswered);
    return rounded(median(ratios));
  } finally {
    await setAutovacuum(stage.sql, true);
  }
}
