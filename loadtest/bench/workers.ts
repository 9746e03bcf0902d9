import { setTimeout as sleep } from 'node:timers/promises';
import { startServerProcess, steadyPort } from '../fault/server-process.ts';
import { redisProgram } from '../fault/tools.ts';
import { Audit } from './audit.ts';
import { openPoll } from './poll.ts';
import { median, rounded, roundedRate } from './quantiles.ts';
import { checkpoint } from './queries.ts';
import { type Line, tableOfLines } from './report.ts';
import { measureEngine } from './rounds.ts';
import { openStage, type Say, type Stage } from './stage.ts';
import { type BenchWorkers, migrateForWorkers, startBenchWorkers } from './workers-process.ts';
import { appendRows, insertOrganisations, rowsBehind } from './workers-queries.ts';

export interface WorkersSizes {
  readonly organisations: number;
  /** log rows in all, in one go */
  readonly rows: number;
  readonly rounds: number;
  readonly roundBallots: number;
  readonly loopMaxMs: number;
}

export const WORKERS_FULL: WorkersSizes = {
  organisations: 20,
  rows: 60_000,
  rounds: 5,
  roundBallots: 120_000,
  loopMaxMs: 20_000,
};
export const WORKERS_QUICK: WorkersSizes = {
  ...WORKERS_FULL,
  rows: 20_000,
  rounds: 3,
  roundBallots: 40_000,
  loopMaxMs: 4_000,
};

interface StoreFigures {
  /** log rows a second, from their commit until every consumer has taken them in */
  readonly relay_rows_per_s: number;
  /** ballots a second of the engine beside them, over those without; the median of the rounds' own ratios */
  readonly hot_path_ratio: number;
  readonly hot_path_per_s: number;
}

/** The last line of `npm run bench -- --workers --json`. */
export interface WorkersBenchReport {
  readonly organisations: number;
  readonly rows: number;
  /** ballots a second without workers */
  readonly alone_per_s: number;
  readonly postgres: StoreFigures;
  readonly redis: StoreFigures;
  readonly lost: number;
  readonly doubled: number;
}

interface Place {
  readonly name: 'postgres' | 'redis';
  readonly environment: Readonly<Record<string, string>>;
}

const CAUGHT_UP_POLL_MS = 10;
const CAUGHT_UP_MS = 180_000;

/** Measures the workers on one fresh database, with their jobs in PostgreSQL and in a Redis of its own. */
export async function runWorkersBench(options: {
  readonly sizes: WorkersSizes;
  readonly say: Say;
  readonly signal?: AbortSignal;
}): Promise<WorkersBenchReport> {
  options.say('starting a database and a Redis of its own …');
  const stage = await openStage(options.say);
  try {
    await migrateForWorkers(stage.ownerUrl);
    const port = await steadyPort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const redis = await startServerProcess(await redisProgram(), args, port);
    stage.closeFirst(() => redis.stop());
    options.signal?.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
    });
    const measuring = measureAll(stage, options.sizes, [
      { name: 'postgres', environment: {} },
      { name: 'redis', environment: { REDIS_URL: `redis://127.0.0.1:${port}` } },
    ]);
    measuring.catch(() => {}); // after a stop its connections are gone
    return await Promise.race([measuring, stopped]);
  } finally {
    await stage.close();
  }
}

async function measureAll(stage: Stage, sizes: WorkersSizes, places: readonly Place[]): Promise<WorkersBenchReport> {
  const audit = new Audit(stage);
  const orgIds = await insertOrganisations(stage.sql, sizes.organisations);
  const relayed: Record<string, number> = {};
  for (const place of places) relayed[place.name] = await measureRelay(stage, sizes, place, orgIds);
  const rounds: Record<Place['name'] | 'alone', number>[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    rounds.push(await measureRound(stage, audit, sizes, places, round));
    const { alone, postgres, redis } = rounds.at(-1) as (typeof rounds)[number];
    stage.say(
      `round ${round + 1} of ${sizes.rounds}: without workers ${roundedRate(alone)} ballots/s, with jobs in PostgreSQL ` +
        `${roundedRate(postgres)}, in Redis ${roundedRate(redis)}`,
    );
  }
  const figuresOf = (name: Place['name']): StoreFigures => ({
    relay_rows_per_s: relayed[name] ?? 0,
    hot_path_ratio: rounded(median(rounds.map((rates) => rates[name] / rates.alone))),
    hot_path_per_s: roundedRate(median(rounds.map((rates) => rates[name]))),
  });
  return {
    organisations: sizes.organisations,
    rows: sizes.rows,
    alone_per_s: roundedRate(median(rounds.map(({ alone }) => alone))),
    postgres: figuresOf('postgres'),
    redis: figuresOf('redis'),
    lost: audit.lost,
    doubled: audit.doubled,
  };
}

/** Waits until the workers have taken in what these logs tell. */
export async function caughtUp(stage: Stage, orgIds: readonly string[]): Promise<void> {
  const until = performance.now() + CAUGHT_UP_MS;
  for (;;) {
    const behind = await rowsBehind(stage.sql, orgIds);
    if (behind === 0) return;
    if (performance.now() > until) throw new Error(`the workers are still ${behind} log rows behind`);
    await sleep(CAUGHT_UP_POLL_MS);
  }
}

/** From the commit of all rows at once until every consumer has them. */
async function measureRelay(
  stage: Stage,
  sizes: WorkersSizes,
  place: Place,
  orgIds: readonly string[],
): Promise<number> {
  const rowsEach = Math.ceil(sizes.rows / orgIds.length);
  return withWorkers(stage, place, async () => {
    await appendRows(stage.sql, orgIds, 5); // every consumer has met every log, and every connection is open
    await caughtUp(stage, orgIds);
    await checkpoint(stage.sql);
    await appendRows(stage.sql, orgIds, rowsEach);
    const startedAt = performance.now();
    await caughtUp(stage, orgIds);
    const perSecond = roundedRate((rowsEach * orgIds.length * 1_000) / (performance.now() - startedAt));
    stage.say(`jobs in ${place.name}: ${perSecond} log rows/s until every consumer has them`);
    return perSecond;
  });
}

/** Each place in turn in the same minute, in another order each round. */
async function measureRound(
  stage: Stage,
  audit: Audit,
  sizes: WorkersSizes,
  places: readonly Place[],
  round: number,
): Promise<Record<Place['name'] | 'alone', number>> {
  const cast = async () => {
    const poll = await openPoll(stage, sizes.roundBallots);
    await checkpoint(stage.sql);
    const range = [0, sizes.roundBallots] as const;
    const { perSecond, accepted, unanswered } = await measureEngine(stage, poll, range, sizes.loopMaxMs);
    await audit.check(poll, accepted, unanswered);
    return perSecond;
  };
  const rates = { alone: 0, postgres: 0, redis: 0 };
  const inTurn = [
    async () => {
      rates.alone = await cast();
    },
    ...places.map((place) => async () => {
      rates[place.name] = await withWorkers(stage, place, async () => {
        await caughtUp(stage, [stage.orgId]); // with what was cast without them
        return cast();
      });
    }),
  ];
  for (let i = 0; i < inTurn.length; i += 1) await inTurn[(i + round) % inTurn.length]?.();
  return rates;
}

async function withWorkers<T>(stage: Stage, place: Place, work: (workers: BenchWorkers) => Promise<T>): Promise<T> {
  const workers = await startBenchWorkers({ DATABASE_URL: stage.url, ...place.environment });
  stage.closeFirst(() => workers.stop());
  try {
    return await work(workers);
  } finally {
    await workers.stop();
  }
}

export function workersTableOf({ alone_per_s: alone, postgres, redis, lost, doubled }: WorkersBenchReport): string {
  const exactly0 = { side: '=', value: 0 } as const;
  const atLeast = (value: number) => ({ side: '>=', value }) as const;
  const line = (what: string, value: number, unit: string, bar: Line['bar'] = null): Line => ({
    what,
    value,
    unit,
    bar,
  });
  return tableOfLines([
    line('jobs in Redis: log rows until done', redis.relay_rows_per_s, 'rows/s', atLeast(5_000)),
    line('jobs in PostgreSQL: log rows until done', postgres.relay_rows_per_s, 'rows/s', atLeast(2_000)),
    line('engine without workers', alone, 'ballots/s'),
    line('… with workers, jobs in PostgreSQL', postgres.hot_path_per_s, 'ballots/s'),
    line('… over without', postgres.hot_path_ratio, '', atLeast(0.85)),
    line('… with workers, jobs in Redis', redis.hot_path_per_s, 'ballots/s'),
    line('… over without', redis.hot_path_ratio, '', atLeast(0.85)),
    line('acknowledged and not stored', lost, 'ballots', exactly0),
    line('stored twice', doubled, 'ballots', exactly0),
  ]);
}
