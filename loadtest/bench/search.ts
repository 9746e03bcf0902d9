import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, type Engine, type SearchReader } from '../../engine/index.ts';
import { startOpenSearch } from '../fault/opensearch.ts';
import { SeededRandom } from '../fault/seeded-random.ts';
import { quantile, rounded } from './quantiles.ts';
import { atMost, type Line, tableOfLines } from './report.ts';
import { analyseSearch, insertElections } from './search-queries.ts';
import { misspelt, type Text, TextMaker, wordsIn } from './search-texts.ts';
import { openStage, type Say, type Stage, valueFrom } from './stage.ts';

export interface SearchSizes {
  /** in the one large organisation, and again in all the others together */
  readonly documents: number;
  readonly otherOrganisations: number;
  readonly questions: number;
  readonly changes: number;
}

export const SEARCH_FULL: SearchSizes = { documents: 100_000, otherOrganisations: 50, questions: 1_200, changes: 100 };
export const SEARCH_QUICK: SearchSizes = { documents: 10_000, otherOrganisations: 10, questions: 240, changes: 20 };

/** Milliseconds. */
interface Times {
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p95_by_kind_ms: Readonly<Record<string, number>>;
}

interface PlaceFigures {
  /** in an organisation that has all of them */
  readonly one_organisation: Times;
  /** in one of many that have as many together */
  readonly many_organisations: Times;
  readonly similar: Omit<Times, 'p95_by_kind_ms'>;
  /** from the commit of a change until it is found, with workers in a process of their own */
  readonly freshness: Omit<Times, 'p95_by_kind_ms'>;
}

/** The last line of `--search --json`. */
export interface SearchBenchReport {
  readonly documents: number;
  readonly organisations: number;
  readonly indexed_per_s: number;
  readonly postgresql: PlaceFigures;
  readonly opensearch: PlaceFigures;
  readonly reindexed_per_s: number;
}

/** What people type, each kind as often as the others. */
const KINDS: Readonly<Record<string, (text: Text, random: SeededRandom) => string>> = {
  one_word: ({ title }, random) => one(wordsIn(title), random),
  two_words: ({ title }) => wordsIn(title).slice(0, 2).join(' '),
  three_words: ({ title }) => wordsIn(title).slice(0, 3).join(' '),
  beginning: ({ title }, random) => one(wordsIn(title), random).slice(0, 4),
  word_and_beginning: ({ title }) => wordsIn(title).slice(0, 2).join(' ').slice(0, -2),
  whole_title: ({ title }) => title,
  word_of_the_text: ({ body }, random) => one(wordsIn(body), random),
  misspelt: ({ title }, random) => misspelt(one(wordsIn(title), random), random),
  misspelt_of_two: ({ title }, random) => `${wordsIn(title)[0]} ${misspelt(wordsIn(title)[1] ?? 'Haushalt', random)}`,
  misspelt_both: ({ title }, random) =>
    wordsIn(title)
      .slice(0, 2)
      .map((word) => misspelt(word, random))
      .join(' '),
  commonest: () => 'Haushalt',
  nothing: (_, random) => `zz${random.word().toString(36)}`,
};

const WARM_UP = 120;
const WARM_UP_MS = 120_000;
const POLL_MS = 10;
const WAIT_MS = 20_000;

function one(words: readonly string[], random: SeededRandom): string {
  return words[random.int(0, Math.max(0, words.length - 1))] ?? 'Haushalt';
}

/** The search on one fresh database and one fresh OpenSearch. */
export async function runSearchBench(options: {
  readonly sizes: SearchSizes;
  readonly say: Say;
  readonly signal?: AbortSignal;
}): Promise<SearchBenchReport> {
  const { sizes, say, signal } = options;
  say('starting a database and an OpenSearch of their own …');
  const stage = await openStage(say);
  try {
    const server = await startOpenSearch(true);
    stage.closeFirst(() => server.stop());
    signal?.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const measuring = measure(stage, server.url, sizes);
    measuring.catch(() => {}); // after a stop its connections are gone
    return await Promise.race([measuring, stopped]);
  } finally {
    await stage.close();
  }
}

interface Corpus {
  readonly orgId: string;
  readonly texts: readonly Text[];
}

async function measure(stage: Stage, url: string, sizes: SearchSizes): Promise<SearchBenchReport> {
  const large = await fill(stage, 'large', sizes.documents);
  const others: Corpus[] = [];
  for (let other = 0; other < sizes.otherOrganisations; other += 1) {
    others.push(await fill(stage, `other ${other}`, Math.ceil(sizes.documents / sizes.otherOrganisations)));
  }
  const startedMs = performance.now();
  for (const { orgId } of [large, ...others]) await stage.engine.search.catchUp(orgId);
  const seconds = (performance.now() - startedMs) / 1_000;
  await analyseSearch(stage.sql);
  const indexed = Math.round((2 * sizes.documents) / seconds);
  stage.say(`${2 * sizes.documents} documents indexed by PostgreSQL in ${seconds.toFixed(1)} s`);
  const postgresql = await measurePlace(stage, stage.engine, { large, others, sizes }, {});

  const engine = await createEngine({ url: stage.url, search: { openSearchUrl: url } });
  stage.closeFirst(() => engine.close());
  const sentMs = performance.now();
  await engine.search.reindex({ orgId: null, kind: 'elections' }, () => {});
  const reindexSeconds = (performance.now() - sentMs) / 1_000;
  stage.say(`all of them read and indexed anew in both places in ${reindexSeconds.toFixed(1)} s`);
  await engine.search.prepare();
  const opensearch = await measurePlace(stage, engine, { large, others, sizes }, { OPENSEARCH_URL: url });
  return {
    documents: sizes.documents,
    organisations: sizes.otherOrganisations + 1,
    indexed_per_s: indexed,
    postgresql,
    opensearch,
    reindexed_per_s: Math.round((2 * sizes.documents) / reindexSeconds),
  };
}

async function fill(stage: Stage, name: string, documents: number): Promise<Corpus> {
  const { orgId } = valueFrom(await stage.engine.accounts.createOrganisation({ name }));
  const maker = new TextMaker(name);
  const texts = Array.from({ length: documents }, () => maker.text());
  await insertElections(stage.sql, orgId, texts);
  return { orgId, texts };
}

const readerOf = (orgId: string): SearchReader => ({
  orgId,
  meetingId: null,
  audience: null,
  kinds: ['elections', 'results', 'meetings', 'members'].map((kind) => ({ kind, drafts: true })),
});

async function measurePlace(
  stage: Stage,
  engine: Engine,
  { large, others, sizes }: { large: Corpus; others: readonly Corpus[]; sizes: SearchSizes },
  environment: Readonly<Record<string, string>>,
): Promise<PlaceFigures> {
  const place = engine.search.backends[0]?.name ?? '';
  await warmUp(engine, [large, ...others]);
  const one_organisation = await ask(engine, [large], sizes.questions);
  const many_organisations = await ask(engine, others, sizes.questions);
  const similar = await askSimilar(engine, large, Math.ceil(sizes.questions / 4));
  stage.say(
    `${place}: p95 ${one_organisation.p95_ms} ms in one organisation, ${many_organisations.p95_ms} ms in one of many`,
  );
  const freshness = await measureFreshness(stage, engine, large.orgId, sizes.changes, environment);
  stage.say(`${place}: similar titles p95 ${similar.p95_ms} ms; found p95 ${freshness.p95_ms} ms after the commit`);
  return { one_organisation, many_organisations, similar, freshness };
}

/** A server that has just taken in everything merges its files first, and PostgreSQL answers: until it answers steadily. */
async function warmUp(engine: Engine, corpora: readonly Corpus[]): Promise<void> {
  const random = new SeededRandom('warming up');
  const kinds = Object.values(KINDS);
  const [expected] = engine.search.backends;
  const untilMs = performance.now() + WARM_UP_MS;
  for (let inTurn = 0; inTurn < WARM_UP; ) {
    const { orgId, texts } = corpora[random.int(0, corpora.length - 1)] as Corpus;
    const questionOf = kinds[random.int(0, kinds.length - 1)] as (typeof kinds)[number];
    const q = questionOf(texts[random.int(0, texts.length - 1)] as Text, random);
    const { answeredBy } = valueFrom(await engine.search.search(readerOf(orgId), { q }));
    inTurn = answeredBy === expected?.name ? inTurn + 1 : 0;
    if (performance.now() > untilMs)
      throw new Error(`${expected?.name} does not answer steadily within ${WARM_UP_MS} ms`);
  }
}

async function ask(engine: Engine, corpora: readonly Corpus[], questions: number): Promise<Times> {
  const random = new SeededRandom('search questions');
  const kinds = Object.entries(KINDS);
  const times = new Map<string, number[]>(kinds.map(([kind]) => [kind, []]));
  const [expected] = engine.search.backends;
  for (let turn = 0; turn < questions; turn += 1) {
    const [kind, questionOf] = kinds[turn % kinds.length] as (typeof kinds)[number];
    const { orgId, texts } = corpora[random.int(0, corpora.length - 1)] as Corpus;
    const q = questionOf(texts[random.int(0, texts.length - 1)] as Text, random);
    const startedMs = performance.now();
    const { answeredBy } = valueFrom(await engine.search.search(readerOf(orgId), { q }));
    if (answeredBy !== expected?.name) throw new Error(`${answeredBy} answered in place of ${expected?.name}`);
    times.get(kind)?.push(performance.now() - startedMs);
  }
  const byKind = [...times].map(([kind, all]) => [kind, rounded(quantile(all, 0.95))]);
  return { ...timesOf([...times.values()].flat()), p95_by_kind_ms: Object.fromEntries(byKind) };
}

/** Titles as they are while somebody writes them: half of the words, or with a slip. */
async function askSimilar(engine: Engine, { orgId, texts }: Corpus, questions: number) {
  const random = new SeededRandom('similar titles');
  const times: number[] = [];
  for (let turn = -WARM_UP / 4; turn < questions; turn += 1) {
    const words = (texts[random.int(0, texts.length - 1)] as Text).title.split(' ');
    const [first = '', ...rest] = words;
    const title =
      turn % 2 === 0
        ? words.slice(0, Math.ceil(words.length / 2)).join(' ')
        : [misspelt(first, random), ...rest].join(' ');
    const startedMs = performance.now();
    valueFrom(await engine.search.similar(readerOf(orgId), 'elections', title));
    if (turn >= 0) times.push(performance.now() - startedMs);
  }
  return timesOf(times);
}

function timesOf(times: readonly number[]) {
  return { p50_ms: rounded(quantile(times, 0.5)), p95_ms: rounded(quantile(times, 0.95)) };
}

/** A change a time, until it is found by who asks again and again; its relay, queue and indexing are the product's own. */
async function measureFreshness(
  stage: Stage,
  engine: Engine,
  orgId: string,
  changes: number,
  environment: Readonly<Record<string, string>>,
) {
  const workers = await startWorkers(stage, environment);
  try {
    const random = new SeededRandom('freshness');
    const times: number[] = [];
    for (let change = -2; change < changes; change += 1) {
      const title = `fresh${random.word().toString(36)}`;
      const startMs = performance.now();
      await insertElections(stage.sql, orgId, [{ title, body: '' }]);
      const committedMs = performance.now();
      for (;;) {
        if (valueFrom(await engine.search.search(readerOf(orgId), { q: title })).total > 0) break;
        if (performance.now() - startMs > WAIT_MS) throw new Error(`a change was not found within ${WAIT_MS} ms`);
        await sleep(POLL_MS);
      }
      if (change >= 0) times.push(performance.now() - committedMs);
      await sleep(random.int(0, 300)); // in every phase of whatever looks now and then
    }
    return timesOf(times);
  } finally {
    await workers.stop();
  }
}

/** The product's own workers on the stage's database, as `npm run workers` runs them. */
async function startWorkers(stage: Stage, environment: Readonly<Record<string, string>>) {
  const run = (name: string, args: readonly string[]) =>
    spawn(process.execPath, [resolve(import.meta.dirname, '../../cli', name), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: join(import.meta.dirname, '../..'),
      env: { ...process.env, ...environment, DATABASE_OWNER_URL: stage.ownerUrl, DATABASE_URL: stage.url },
    });
  const migration = run('migrate.ts', []);
  migration.stderr.resume();
  const [code] = (await once(migration, 'exit')) as [number];
  if (code !== 0) throw new Error('the tables of the jobs could not be made');
  const workers = run('workers.ts', []);
  let said = '';
  const exited = once(workers, 'exit');
  await new Promise<void>((ready, failed) => {
    workers.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
      if (said.includes('workers are at work')) ready();
    });
    workers.once('exit', () => failed(new Error(`the workers did not start: ${said}`)));
  });
  const stop = async () => {
    workers.kill('SIGTERM');
    await exited;
  };
  stage.closeFirst(stop);
  return { stop };
}

/** A table for people: each figure, the bar beside it, and whether it is reached. */
export function searchTableOf({ documents, postgresql, opensearch, ...rates }: SearchBenchReport): string {
  const line = (what: string, value: number, unit = 'ms', bar: Line['bar'] = null): Line => ({
    what,
    value,
    unit,
    bar,
  });
  const place = (name: string, figures: PlaceFigures, searchBar: number, similarBar: number) => [
    line(`${name}: search, ${documents} documents in one organisation, p50`, figures.one_organisation.p50_ms),
    line(`${name}: … p95`, figures.one_organisation.p95_ms, 'ms', atMost(searchBar)),
    line(`${name}: … one of many organisations, p95`, figures.many_organisations.p95_ms, 'ms', atMost(searchBar)),
    line(`${name}: similar titles, p95`, figures.similar.p95_ms, 'ms', atMost(similarBar)),
    line(`${name}: found after the commit, p95`, figures.freshness.p95_ms, 'ms', atMost(1_000)),
  ];
  return tableOfLines([
    ...place('PostgreSQL', postgresql, 20, 20),
    ...place('OpenSearch', opensearch, 35, 15),
    line('indexed by PostgreSQL', rates.indexed_per_s, 'documents/s'),
    line('indexed anew in both places', rates.reindexed_per_s, 'documents/s'),
  ]);
}
