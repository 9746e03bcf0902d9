import { type Aim, actsOf, ideaOf, moveClosedLoop, requestIds } from './coins-loop.ts';
import { type CampaignRows, checkCoins, insertCampaign, insertTickets } from './coins-queries.ts';
import { median, rounded, roundedRate } from './quantiles.ts';
import { checkpoint } from './queries.ts';
import { atMost, type Line, tableOfLines } from './report.ts';
import { startGatewayOn, startLoad } from './sockets/measure.ts';
import { openStage, type Say, type Stage } from './stage.ts';
import { caughtUp } from './workers.ts';

export interface CoinsSizes {
  readonly members: number;
  readonly ideas: number;
  /** rounds of everyone on all ideas and everyone on one, in turn; figures are medians over them */
  readonly rounds: number;
  readonly roundActs: number;
  readonly sockets: number;
  readonly socketActs: number;
  readonly loopMaxMs: number;
}

export const COINS_FULL: CoinsSizes = {
  members: 10_000,
  ideas: 1_000,
  rounds: 5,
  roundActs: 50_000,
  sockets: 1_000,
  socketActs: 80_000,
  loopMaxMs: 20_000,
};
export const COINS_QUICK: CoinsSizes = {
  ...COINS_FULL,
  rounds: 3,
  roundActs: 20_000,
  socketActs: 20_000,
  loopMaxMs: 3_000,
};

/** The last line of `--coins --json`. Rates in acts a second. */
export interface CoinsBenchReport {
  readonly participants: number;
  readonly ideas: number;
  /** through the engine in this process, one coin from each in turn to all ideas */
  readonly engine_per_s: number;
  /** … all to one idea */
  readonly hot_per_s: number;
  /** of the rounds' own ratios */
  readonly hot_over_spread: number;
  /** through a gateway in a process of its own, one act on its way on each socket */
  readonly sockets: number;
  readonly socket_per_s: number;
  readonly socket_p50_ms: number;
  readonly socket_p99_ms: number;
  /** acknowledged and not in the ledger */
  readonly lost: number;
  /** in the ledger and never acknowledged */
  readonly created: number;
  /** rows of ledger, purses, allocations and log that do not agree */
  readonly contradictions: number;
}

/** Enough for three batches on their way and several waiting, so that every batch is full; nobody has two acts on their way. */
const IN_FLIGHT_MAX = 4_000;
/** A person waits for the answer before the next tap. */
const WINDOW = 1;
/** Nobody runs out. */
const COINS_EACH = 1_000;

interface Sums {
  lost: number;
  created: number;
  contradictions: number;
}

/** Coins through the engine and through sockets, in one run on one fresh database, which is gone afterwards. */
export async function runCoinsBench(options: {
  readonly sizes: CoinsSizes;
  readonly say: Say;
  readonly signal?: AbortSignal;
}): Promise<CoinsBenchReport> {
  options.say('starting a database of its own …');
  const stage = await openStage(options.say);
  try {
    options.signal?.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
    });
    const measuring = measureAll(stage, options.sizes);
    measuring.catch(() => {}); // after a stop its connections are gone
    return await Promise.race([measuring, stopped]);
  } finally {
    await stage.close();
  }
}

async function measureAll(stage: Stage, sizes: CoinsSizes): Promise<CoinsBenchReport> {
  const { members, ideas } = sizes;
  const sums: Sums = { lost: 0, created: 0, contradictions: 0 };
  const engine = await measureEngineRounds(stage, sizes, sums);
  const sockets = await measureCoinSockets(stage, sizes, sums);
  stage.say(`audited: ${sums.lost} lost, ${sums.created} created from nothing, ${sums.contradictions} contradictions`);
  return { participants: members, ideas, ...engine, ...sockets, ...sums };
}

async function measureEngineRounds(stage: Stage, sizes: CoinsSizes, sums: Sums) {
  const { members, ideas, roundActs, loopMaxMs: maxMs } = sizes;
  const campaign = await insertCampaign(stage.sql, stage.orgId, { members, ideas, coins: COINS_EACH });
  const done: string[] = [];
  let unanswered = 0;
  const measure = async (aim: Aim) => {
    await checkpoint(stage.sql);
    const acts = actsOf(campaign, aim, roundActs);
    const loop = await moveClosedLoop(stage.engine, stage.orgId, acts, {
      inFlight: Math.min(IN_FLIGHT_MAX, members),
      maxMs,
    });
    for (const id of loop.done) done.push(id);
    unanswered += loop.refused.get('outcome_unknown') ?? 0;
    for (const [kind, count] of loop.refused) stage.say(`refused: ${count} with ${kind}`);
    return loop.perSecond;
  };
  await measure('spread'); // the first touch of every page
  const rounds: Record<Aim, number>[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    const rates = { spread: 0, hot: 0 };
    const aims: Aim[] = round % 2 === 0 ? ['spread', 'hot'] : ['hot', 'spread']; // neither has the better place
    for (const aim of aims) rates[aim] = await measure(aim);
    rounds.push(rates);
    stage.say(
      `round ${round + 1} of ${sizes.rounds}: ${roundedRate(rates.spread)} acts/s on ${ideas} ideas, ` +
        `${roundedRate(rates.hot)} on one`,
    );
  }
  await check(stage, campaign, done, unanswered, sums);
  return {
    engine_per_s: roundedRate(median(rounds.map(({ spread }) => spread))),
    hot_per_s: roundedRate(median(rounds.map(({ hot }) => hot))),
    hot_over_spread: rounded(median(rounds.map(({ hot, spread }) => hot / spread))),
  };
}

async function measureCoinSockets(stage: Stage, sizes: CoinsSizes, sums: Sums) {
  const { sockets, ideas, socketActs, loopMaxMs: maxMs } = sizes;
  const campaign = await insertCampaign(stage.sql, stage.orgId, { members: sockets, ideas, coins: COINS_EACH });
  const { server } = await startGatewayOn(stage);
  const load = startLoad(stage);
  try {
    await caughtUp(stage, [stage.orgId]); // the server's workers, with what was moved without them
    const tickets = await insertTickets(stage.sql, campaign);
    await load.order({ do: 'connect', wsUrl: server.wsUrl, tickets, sockets });
    const done: string[] = [];
    let unanswered = 0;
    const run = async (count: number) => {
      const ids = requestIds(count);
      const to = ids.map((_, i) => ideaOf(campaign, 'spread', i));
      await load.order({ do: 'prepare coins', campaign: campaign.campaignId, requestIds: ids, ideaIds: to });
      await checkpoint(stage.sql);
      const report = await load.order({ do: 'closed loop', window: WINDOW, maxMs });
      for (const i of report.acceptedNumbers) done.push(ids[i] as string);
      unanswered += report.unanswered + (report.refused.LOAD_004 ?? 0);
      for (const [code, times] of Object.entries(report.refused)) stage.say(`refused: ${times} with ${code}`);
      return report;
    };
    await run(Math.floor(socketActs / 4));
    const report = await run(socketActs);
    await check(stage, campaign, done, unanswered, sums);
    const figures = {
      sockets,
      socket_per_s: roundedRate((report.accepted / report.elapsedMs) * 1_000),
      socket_p50_ms: rounded(report.p50Ms),
      socket_p99_ms: rounded(report.p99Ms),
    };
    stage.say(
      `through ${sockets} sockets: ${figures.socket_per_s} acts/s, p50 ${figures.socket_p50_ms} ms, p99 ${figures.socket_p99_ms} ms`,
    );
    return figures;
  } finally {
    await load.close();
    await server.stop();
  }
}

async function check(stage: Stage, campaign: CampaignRows, done: readonly string[], unanswered: number, sums: Sums) {
  const found = await checkCoins(stage.sql, campaign, done, unanswered);
  sums.lost += found.lost;
  sums.created += found.created;
  sums.contradictions += found.contradictions;
}

export function coinsTableOf(report: CoinsBenchReport): string {
  const atLeast = (value: number) => ({ side: '>=', value }) as const;
  const line = (what: string, value: number, unit: string, bar: Line['bar'] = null): Line => ({
    what,
    value,
    unit,
    bar,
  });
  return tableOfLines([
    line(`engine in process, ${report.ideas} ideas`, report.engine_per_s, 'acts/s', atLeast(10_000)),
    line('… everyone on one idea', report.hot_per_s, 'acts/s'),
    line('… over all ideas', report.hot_over_spread, '', atLeast(0.7)),
    line(`through ${report.sockets} sockets, load on the same cores`, report.socket_per_s, 'acts/s', atLeast(8_000)),
    line('… p50', report.socket_p50_ms, 'ms'),
    line('… p99', report.socket_p99_ms, 'ms'),
    line('acknowledged and not in the ledger', report.lost, 'acts', atMost(0)),
    line('in the ledger and never acknowledged', report.created, 'acts', atMost(0)),
    line('contradictions of ledger, purses, allocations, log', report.contradictions, 'rows', atMost(0)),
  ]);
}
