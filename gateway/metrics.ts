import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Engine } from '../engine/index.ts';

/** What one gateway measures, in the text format that Prometheus reads. */
export interface Metrics {
  /** media type of the text */
  readonly contentType: string;
  text(): Promise<string>;
}

type Measured = Pick<
  Engine,
  'queues' | 'deadLetters' | 'elections' | 'coins' | 'ideas' | 'cacheRates' | 'redisUp' | 'upkeepTasks' | 'search'
>;

/** Figures that stand elsewhere already are taken from there when somebody reads: nothing on the hot path counts for this. */
export function createMetrics(engine: Measured): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const readLanes = watchLanes(engine, registry);
  const readCampaigns = watchCampaigns(engine, registry);
  const readCaches = watchCaches(engine, registry);
  const readRedis = watchRedis(engine, registry);
  const readQueues = watchQueues(engine, registry);
  const readUpkeep = watchUpkeep(engine, registry);
  const readSearch = watchSearch(engine, registry);
  return {
    contentType: registry.contentType,
    async text() {
      readLanes();
      readCampaigns();
      readCaches();
      readRedis();
      await Promise.all([readQueues(), readUpkeep(), readSearch()]);
      return registry.metrics();
    },
  };
}

function watchLanes({ elections }: Measured, registry: Registry): () => void {
  const registers = [registry];
  const depth = new Gauge({ name: 'psephos_lanes_depth', help: 'Ballots that wait or are being written.', registers });
  const batches = new Counter({ name: 'psephos_lanes_batches_total', help: 'Batches of ballots written.', registers });
  const ballots = new Counter({
    name: 'psephos_lanes_ballots_total',
    help: 'Ballots in these batches: divided by them, the mean size of a batch.',
    registers,
  });
  return () => {
    depth.set(elections.depth);
    const written = elections.written;
    setTo(batches, {}, written.batches);
    setTo(ballots, {}, written.ballots);
  };
}

function watchCampaigns({ coins, ideas }: Measured, registry: Registry): () => void {
  const registers = [registry];
  const depth = new Gauge({
    name: 'psephos_coins_depth',
    help: 'Acts with coins that wait or are being written.',
    registers,
  });
  const batches = new Counter({ name: 'psephos_coins_batches_total', help: 'Batches of acts with coins.', registers });
  const acts = new Counter({
    name: 'psephos_coin_allocations_total',
    help: 'Acts with coins handed to the database: given, moved or taken back.',
    registers,
  });
  const submitted = new Counter({
    name: 'psephos_ideas_submitted_total',
    help: 'Ideas that were proposed.',
    registers,
  });
  return () => {
    depth.set(coins.depth);
    setTo(batches, {}, coins.written.batches);
    setTo(acts, {}, coins.written.acts);
    setTo(submitted, {}, ideas.submitted);
  };
}

function watchCaches({ cacheRates }: Measured, registry: Registry): () => void {
  const lookups = new Counter({
    name: 'psephos_cache_lookups_total',
    help: 'Look-ups in a cache, by whether it had what was asked for.',
    labelNames: ['cache', 'result'],
    registers: [registry],
  });
  return () => {
    for (const { cache, hits, misses } of cacheRates.rates()) {
      setTo(lookups, { cache, result: 'hit' }, hits);
      setTo(lookups, { cache, result: 'miss' }, misses);
    }
  };
}

function watchUpkeep({ upkeepTasks }: Measured, registry: Registry): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['task'], registers: [registry] });
  const since = gauge(
    'psephos_upkeep_succeeded_seconds',
    'How long ago a task of upkeep, e.g. backup, last ended well.',
  );
  const failing = gauge('psephos_upkeep_failing', '1 where a task of upkeep failed when it was last done, else 0.');
  return async () => {
    const tasks = await upkeepTasks.state().catch(() => []); // psephos_database_up says that it is away
    for (const { task, succeededAt, problem } of tasks) {
      if (succeededAt !== null) since.set({ task }, (Date.now() - Number(succeededAt)) / 1_000);
      failing.set({ task }, problem === null ? 0 : 1);
    }
  };
}

function watchSearch({ search }: Measured, registry: Registry): () => Promise<void> {
  const registers = [registry];
  const answered = new Counter({
    name: 'psephos_search_answered_total',
    help: 'Questions to the search, by the place that answered them.',
    labelNames: ['place'],
    registers,
  });
  const fallbacks = new Counter({
    name: 'psephos_search_fallbacks_total',
    help: 'Questions that PostgreSQL answered in place of the search server.',
    registers,
  });
  const waiting = new Gauge({
    name: 'psephos_search_waiting',
    help: 'Changes to be indexed, and documents to be sent to the search server; counted up to 10,000.',
    labelNames: ['for'],
    registers,
  });
  return async () => {
    const figures = await search.figures().catch(() => null);
    if (figures === null) return; // the figures of before stand; psephos_database_up says that it is away
    for (const [place, questions] of Object.entries(figures.answered)) setTo(answered, { place }, questions);
    setTo(fallbacks, {}, figures.fallbacks);
    waiting.set({ for: 'index' }, figures.dirty);
    waiting.set({ for: 'server' }, figures.outbox);
  };
}

function watchRedis({ redisUp, elections }: Measured, registry: Registry): () => void {
  const registers = [registry];
  const up = new Gauge({
    name: 'psephos_redis_up',
    help: '1 where Redis answers, else 0; absent without one.',
    registers,
  });
  const queued = new Gauge({
    name: 'psephos_ballots_queued',
    help: 'Ballots that wait in Redis, received and not counted yet.',
    registers,
  });
  return () => {
    const answers = redisUp();
    if (answers === null) up.remove();
    else up.set(answers ? 1 : 0);
    queued.set(elections.fallback?.waiting ?? 0);
  };
}

function watchQueues({ queues, deadLetters }: Measured, registry: Registry): () => Promise<void> {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames = ['queue']) =>
    new Gauge({ name, help, labelNames, registers });
  const jobs = gauge('psephos_queue_jobs', 'Jobs in a queue, by their state.', ['queue', 'state']);
  const oldest = gauge('psephos_queue_oldest_seconds', 'How long the first of the waiting jobs has waited.');
  const toldAgo = gauge(
    'psephos_queue_told_seconds',
    'How old these figures are; more than some seconds: no worker runs.',
  );
  const letters = gauge('psephos_dead_letters', 'Jobs given up that wait for a person.');
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: ['queue'], registers });
  const done = counter('psephos_queue_done_total', 'Jobs done.');
  const failed = counter('psephos_queue_failed_total', 'Attempts that failed.');
  const reachable = new Gauge({
    name: 'psephos_database_up',
    help: '1 where the database answers, else 0.',
    registers,
  });
  return async () => {
    const [stats, counts] = await Promise.all([queues.stats(), deadLetters.counts(null)]);
    reachable.set(stats.ok ? 1 : 0);
    if (!stats.ok || !counts.ok) return; // the figures of before stand, and told_seconds with them
    for (const { queue, ...of } of stats.value) {
      for (const state of ['waiting', 'active', 'delayed'] as const) jobs.set({ queue, state }, of[state]);
      oldest.set({ queue }, of.oldestAgeMs / 1_000);
      toldAgo.set({ queue }, of.ageMs / 1_000);
      letters.set({ queue }, counts.value.get(queue) ?? 0);
      setTo(done, { queue }, of.done);
      setTo(failed, { queue }, of.failed);
    }
  };
}

/** A count that is kept elsewhere. It only grows; should it have begun anew, so does the counter. */
function setTo(counter: Counter, labels: Readonly<Record<string, string>>, value: number): void {
  counter.remove(labels);
  counter.inc(labels, value);
}
