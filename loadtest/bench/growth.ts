import type { Audit } from './audit.ts';
import { databaseGb, insertBatches, insertBox, insertSpent, makeUnspent, settle } from './growth-queries.ts';
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
 * The engine's rate with millions of ballots stored over that on an empty database. Both databases stand on one server
 * and are cast into in turn, since a rate of some minutes ago says nothing on a machine that others use.
 */
export async function measureGrowth(stage: Stage, audit: Audit, sizes: Sizes): Promise<Growth> {
  const { growthBallots: ballots } = sizes;
  const empty = await openBeside(stage, 'growth_empty');
  try {
    // one after the other: 10 million ballots take up to 6 GB of disk
    const other_ratio = process.env.SAME ? 1 : await inGrown(stage, 'growth_other', async (grown) => {
      await fillOthers(grown, ballots);
      return compare(audit, sizes, empty, 'in other elections', async () => {
        const poll = await openPoll(grown, sizes.freshBallots);
        return castAndCheck(audit, grown, poll, 0, sizes);
      });
    });
    const same_ratio = await inGrown(stage, 'growth_same', async (grown) => {
      const voters = sizes.freshBallots * (sizes.growthRounds + 1);
      const poll = await openFilledPoll(grown, ballots, voters);
      const codes: string[] = [];
      let unanswered = ballots; // stored by us, acknowledged to nobody
      const ratio = await compare(audit, sizes, empty, 'in the same election', async (round) => {
        const from = round * sizes.freshBallots;
        const cast = await measureEngine(grown, poll, [from, from + sizes.freshBallots], sizes.loopMaxMs);
        for (const code of cast.accepted) codes.push(code);
        unanswered += cast.unanswered;
        return cast.perSecond;
      });
      stage.say('looking up the ballots among all others …');
      await audit.check(poll, codes, unanswered, grown);
      return ratio;
    });
    return { ballots, other_ratio, same_ratio };
  } finally {
    await empty.close();
  }
}

async function inGrown(stage: Stage, name: string, work: (grown: Stage) => Promise<number>): Promise<number> {
  const grown = await openBeside(stage, name);
  try {
    return await work(grown);
  } finally {
    await grown.close();
  }
}

async function castAndCheck(audit: Audit, stage: Stage, poll: Poll, from: number, sizes: Sizes): Promise<number> {
  const cast = await measureEngine(stage, poll, [from, from + sizes.freshBallots], sizes.loopMaxMs);
  await audit.check(poll, cast.accepted, cast.unanswered, stage);
  return cast.perSecond;
}

/** Median of grown / empty over the rounds; the first warms up both and does not count. */
async function compare(
  audit: Audit,
  sizes: Sizes,
  empty: Stage,
  where: string,
  castIntoGrown: (round: number) => Promise<number>,
): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round <= sizes.growthRounds; round += 1) {
    const poll = await openPoll(empty, sizes.freshBallots);
    await checkpoint(empty.sql);
    const onEmpty = await castAndCheck(audit, empty, poll, 0, sizes);
    const onGrown = await castIntoGrown(round);
    if (round > 0) ratios.push(onGrown / onEmpty);
    empty.say(
      `${sizes.growthBallots} ballots ${where}: ${roundedRate(onGrown)} ballots/s; empty: ${roundedRate(onEmpty)}`,
    );
  }
  return rounded(median(ratios));
}

async function fillOthers(grown: Stage, ballots: number): Promise<void> {
  const each = Math.ceil(ballots / OTHER_ELECTIONS);
  const { orgId, sql } = grown;
  for (let n = 0; n < OTHER_ELECTIONS; n += 1) {
    const { electionId } = await openPoll(grown, 0);
    await insertSpent(sql, { orgId, electionId, from: 0, upto: each, total: each }, false);
    await insertBox(sql, orgId, electionId, each);
    if ((n + 1) % (OTHER_ELECTIONS / STEPS) === 0) grown.say(`loaded ${(n + 1) * each} ballots into other elections`);
  }
  await settleAndSay(grown);
}

/** An open election in which millions have voted; `voters` who have not are strewn among them. */
async function openFilledPoll(grown: Stage, ballots: number, voters: number): Promise<Poll> {
  const { orgId, sql } = grown;
  const poll = await openPoll(grown, 0);
  await makeUnspent(sql, poll.prefix, voters);
  const { electionId } = poll;
  for (let step = 0; step < STEPS; step += 1) {
    const [from, upto] = [(step * ballots) / STEPS, ((step + 1) * ballots) / STEPS];
    await insertSpent(sql, { orgId, electionId, from, upto, total: ballots }, true);
    await insertBatches(sql, orgId, electionId, from / BATCH_BALLOTS, upto / BATCH_BALLOTS);
    grown.say(`loaded ${upto} ballots into the same election`);
  }
  await settleAndSay(grown);
  return { ...poll, voters };
}

async function settleAndSay(grown: Stage): Promise<void> {
  await settle(grown.sql);
  grown.say(`they take ${rounded(await databaseGb(grown.sql))} GB`);
}
