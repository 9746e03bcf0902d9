import { Audit } from './audit.ts';
import { measureClose } from './close.ts';
import { measureFairness } from './fairness.ts';
import { measureFanout } from './fanout.ts';
import { measureFreshRoll } from './fresh-roll.ts';
import { measureGrowth } from './growth.ts';
import { measureIdle } from './idle.ts';
import { makeNaiveTables } from './naive-queries.ts';
import type { BenchReport } from './report.ts';
import { measureRounds } from './rounds.ts';
import type { Sizes } from './sizes.ts';
import { measureSockets } from './sockets/measure.ts';
import { openStage, type Say, type Stage } from './stage.ts';

export { API_FULL, API_QUICK, type ApiBenchReport, apiTableOf, runApiBench } from './api.ts';
export { COINS_FULL, COINS_QUICK, type CoinsBenchReport, coinsTableOf, runCoinsBench } from './coins.ts';
export { type BenchReport, tableOf } from './report.ts';
export { runSearchBench, SEARCH_FULL, SEARCH_QUICK, type SearchBenchReport, searchTableOf } from './search.ts';
export { FULL, QUICK, type Sizes } from './sizes.ts';
export {
  runWorkersBench,
  WORKERS_FULL,
  WORKERS_QUICK,
  type WorkersBenchReport,
  workersTableOf,
} from './workers.ts';

export interface BenchOptions {
  readonly sizes: Sizes;
  readonly growth: boolean;
  readonly fanout: boolean;
  readonly idle: boolean;
  /** progress, one line at a time */
  readonly say: Say;
  /** ends the run early: database, processes and folder go, and the promise rejects */
  readonly signal?: AbortSignal;
}

/** Every measurement in one run on one fresh database, which is gone afterwards. */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  options.say('starting a database of its own …');
  const stage = await openStage(options.say);
  try {
    options.signal?.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
    });
    const measuring = measureAll(stage, options);
    measuring.catch(() => {}); // after a stop its connections are gone
    return await Promise.race([measuring, stopped]);
  } finally {
    await stage.close();
  }
}

async function measureAll(stage: Stage, { sizes, growth, fanout, idle }: BenchOptions): Promise<BenchReport> {
  const audit = new Audit(stage);
  await makeNaiveTables(stage.sql);
  const fresh_roll_ratio = await measureFreshRoll(stage, audit, sizes); // the first: it must meet an untouched table
  const rates = await measureRounds(stage, audit, sizes);
  const close_ms = await measureClose(stage, audit, sizes);
  const fairness = await measureFairness(stage, audit, sizes, rates.engine_per_s);
  const sockets = await measureSockets(stage, audit, sizes);
  const more = {
    ...(idle ? { idle: await measureIdle(stage, sizes) } : {}),
    ...(fanout ? { fanout: await measureFanout(stage, audit, sizes) } : {}),
    ...(growth ? { growth: await measureGrowth(stage, audit, sizes) } : {}),
  };
  stage.say(`${audit.checked} acknowledged ballots looked up: ${audit.lost} lost, ${audit.doubled} doubled`);
  const { ratios, ...perSecond } = rates;
  const { lost, doubled } = audit;
  return { ...perSecond, ...sockets, close_ms, fresh_roll_ratio, ratios, lost, doubled, fairness, ...more };
}
