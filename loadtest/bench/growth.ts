import type { Audit } from './audit.ts';
import { databaseGb, insertBatches, insertBox, insertStored, makeUnspent, settle } from './growth-queries.ts';
import { openPoll, type Poll } from './poll.ts';
import { median, rounded, roundedRate } from './quantiles.ts';
import { checkpoint } from './queries.ts';
import { measureEngine } from './rounds.ts';
import type { Sizes } from './sizes.ts';
import { openBeside, type Stage } from './stage.ts';

export interface Growth {
  /** stored beside what is cast */
  readonly ballots: number;
  readonly other_ratio: number;
  readonly same_ratio: number;
}

const OTHER_ELECTIONS = 100;
const BATCH_BALLOTS = 500;
/** Steps of a load, each shown. */
const STEPS = 10;

/**
 * The engine's rate with millions of ballots stored over that without them. Both databases stand on one server and are
 * cast into in turn, since a rate of some minutes ago says nothing on a machine that others use.
 */
export async function measureGrowth(stage: Stage, audit: Audit, sizes: Sizes): Promise<Growth> {
  // one after the other: 10 million ballots take up to 8 GB of disk
  const other_ratio = await compare(stage, 'in other elections', sizes, {
    empty: async (empty) => ({ cast: () => castIntoNewPoll(audit, empty, sizes) }),
    grown: async (grown) => {
      await fillOthers(grown, sizes.growthBallots);
      return { cast: () => castIntoNewPoll(audit, grown, sizes) };
    },
  });
  const same_ratio = await compare(stage, 'in the same election', sizes, {
    empty: (empty) => castIntoLargePoll(audit, empty, sizes, false),
    grown: (grown) => castIntoLargePoll(audit, grown, sizes, true),
  });
  return { ballots: sizes.growthBallots, other_ratio, same_ratio };
}

/** Something to cast into again and again. */
interface Target {
  /** ballots a second of one round */
  cast(round: number): Promise<number>;
  /** after the last round */
  check?(): Promise<void>;
}

type Prepare = (on: Stage) => Promise<Target>;

/** Median of grown / empty over the rounds; the first warms up both and does not count. */
async function compare(
  stage: Stage,
  where: string,
  sizes: Sizes,
  prepare: { readonly empty: Prepare; readonly grown: Prepare },
): Promise<number> {
  const empty = await openBeside(stage, 'growth_empty');
  const grown = await openBeside(stage, 'growth_grown').catch(async (error: unknown) => {
    await empty.close();
    throw error;
  });
  try {
    const [emptyTarget, grownTarget] = [await prepare.empty(empty), await prepare.grown(grown)];
    await settle(empty.sql);
    await settle(grown.sql);
    stage.say(`${sizes.growthBallots} ballots ${where} take ${rounded(await databaseGb(grown.sql))} GB`);
    const ratios: number[] = [];
    for (let round = 0; round <= sizes.growthRounds; round += 1) {
      const rates = new Map<Target, number>();
      const inTurn = round % 2 === 0 ? [emptyTarget, grownTarget] : [grownTarget, emptyTarget];
      for (const target of inTurn) {
        await checkpoint(stage.sql);
        rates.set(target, await target.cast(round));
      }
      const [onEmpty, onGrown] = [rates.get(emptyTarget) ?? Number.NaN, rates.get(grownTarget) ?? Number.NaN];
      if (round > 0) ratios.push(onGrown / onEmpty);
      stage.say(`with them ${roundedRate(onGrown)} ballots/s, without ${roundedRate(onEmpty)}`);
    }
    await emptyTarget.check?.();
    await grownTarget.check?.();
    return rounded(median(ratios));
  } finally {
    await grown.close();
    await empty.close();
  }
}

async function castIntoNewPoll(audit: Audit, on: Stage, { freshBallots, loopMaxMs }: Sizes): Promise<number> {
  const poll = await openPoll(on, freshBallots);
  const cast = await measureEngine(on, poll, [0, freshBallots], loopMaxMs);
  await audit.check(poll, cast.accepted, cast.unanswered, on);
  return cast.perSecond;
}

/**
 * An election with a roll of millions. Voters who have not voted are strewn among the others; `voted`: all others have.
 * The roll is as large without their ballots: it is the ballots whose weight is measured, rolls are measured elsewhere.
 */
async function castIntoLargePoll(audit: Audit, on: Stage, sizes: Sizes, voted: boolean): Promise<Target> {
  const { freshBallots, loopMaxMs, growthBallots } = sizes;
  const voters = freshBallots * (sizes.growthRounds + 1);
  const poll = await openLargePoll(on, growthBallots, voters, voted);
  const codes: string[] = [];
  let unacknowledged = voted ? growthBallots : 0; // stored by us, acknowledged to nobody
  return {
    async cast(round) {
      const from = round * freshBallots;
      const cast = await measureEngine(on, poll, [from, from + freshBallots], loopMaxMs);
      for (const code of cast.accepted) codes.push(code);
      unacknowledged += cast.unanswered;
      return cast.perSecond;
    },
    check: () => audit.check(poll, codes, unacknowledged, on),
  };
}

async function fillOthers(grown: Stage, ballots: number): Promise<void> {
  const each = Math.ceil(ballots / OTHER_ELECTIONS);
  const { orgId, sql } = grown;
  for (let n = 0; n < OTHER_ELECTIONS; n += 1) {
    const { electionId } = await openPoll(grown, 0);
    await insertStored(sql, { orgId, electionId, from: 0, upto: each, total: each }, { spent: true, unspent: false });
    await insertBox(sql, orgId, electionId, each);
    if ((n + 1) % (OTHER_ELECTIONS / STEPS) === 0) grown.say(`loaded ${(n + 1) * each} ballots into other elections`);
  }
}

async function openLargePoll(on: Stage, ballots: number, voters: number, voted: boolean): Promise<Poll> {
  const { orgId, sql } = on;
  const poll = await openPoll(on, 0);
  await makeUnspent(sql, poll.prefix, voters);
  const { electionId } = poll;
  for (let step = 0; step < STEPS; step += 1) {
    const [from, upto] = [(step * ballots) / STEPS, ((step + 1) * ballots) / STEPS];
    await insertStored(sql, { orgId, electionId, from, upto, total: ballots }, { spent: voted, unspent: true });
    if (voted) await insertBatches(sql, orgId, electionId, from / BATCH_BALLOTS, upto / BATCH_BALLOTS);
    on.say(`loaded ${upto} voters of one election${voted ? ' and their ballots' : ''}`);
  }
  return { ...poll, voters };
}
