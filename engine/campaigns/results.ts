import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { hidesTotals } from './analytics.ts';
import type { CampaignSeen } from './campaign.ts';
import type { CampaignResult, ResultSnapshot } from './result.ts';
import { type TimedResult, timedCount } from './result-count.ts';
import { hasChanged, selectSnapshot } from './result-queries.ts';
import { NO_CAMPAIGN } from './transactions.ts';

/** A count that took so long is not made again for as many times as long as it took: a live campaign changes all the time. */
const COSTLY_MS = 2_000;
const COSTLY_KEPT_TIMES = 4;
/** Rankings and the greedy rule over so much JSON take some milliseconds: less than a thread takes to start. */
const THREAD_CHARACTERS = 100_000;
/** Campaigns whose last result is remembered, a few hundred bytes an idea. */
const KEPT_MAX = 200;
/** Threads that count at the same time; whoever else wants to waits. */
const COUNTING_MAX = 2;

const HIDDEN = refuse('conflict', 'Totals of this campaign are hidden. Its result can be read once it is completed.', {
  details: { reason: 'totals_hidden' },
});
const COUNTING = refuse('overloaded', 'The result is being counted. Ask again in a moment.', {
  retryAfterMs: limits.overloadedRetryMaxMs,
});

interface Kept {
  result: CampaignResult | null;
  /** how long the count took, and when it was over (performance.now()) */
  tookMs: number;
  atMs: number;
  counting: Promise<Outcome<CampaignResult>> | null;
}

/** What campaigns have come to: counted in a thread of its own, kept until the log says that something has changed. */
export class CampaignResults {
  readonly #database: Database;
  readonly #kept = new Map<string, Kept>();
  readonly #waiting: (() => void)[] = [];
  #counting = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The result as it stands, or the final one. Exact to the position that it names, which is that of now unless counting takes
   * long. Whoever asks has been found to see the campaign. 'conflict' while its totals are hidden from everybody, 'overloaded'
   * while the first count takes longer than a request may wait.
   */
  async result(campaign: CampaignSeen): Promise<Outcome<CampaignResult>> {
    const { orgId, id } = campaign;
    if (hidesTotals(campaign)) return HIDDEN;
    return guarded(async () => {
      const kept = this.#keep(`${orgId} ${id}`);
      const counting = this.#current(kept, orgId, id);
      counting.catch(() => {}); // told to whoever still waits
      const late = new AbortController();
      const answer = await Promise.race([counting, sleep(limits.resultWaitMs, null, { signal: late.signal })]);
      late.abort();
      return answer ?? (kept.result === null ? COUNTING : accept(kept.result));
    });
  }

  #keep(key: string): Kept {
    const kept = this.#kept.get(key) ?? { result: null, tookMs: 0, atMs: 0, counting: null };
    this.#kept.delete(key);
    this.#kept.set(key, kept); // the order of the map is the order of asking
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    return kept;
  }

  /** A count that is under way may have begun before what the caller knows of: then there is another one. */
  async #current(kept: Kept, orgId: string, id: string): Promise<Outcome<CampaignResult>> {
    for (;;) {
      if (await this.#isCurrent(kept, orgId, id)) return accept(kept.result as CampaignResult);
      if (kept.counting === null) return this.#count(kept, orgId, id);
      await kept.counting;
    }
  }

  async #isCurrent({ result, tookMs, atMs }: Kept, orgId: string, id: string): Promise<boolean> {
    if (result === null) return false;
    const ageMs = performance.now() - atMs;
    if (tookMs > COSTLY_MS && ageMs < tookMs * COSTLY_KEPT_TIMES) return true;
    return !(await this.#database.management.withOrg(orgId, (tx) => hasChanged(tx, orgId, id, result.pos)));
  }

  #count(kept: Kept, orgId: string, id: string): Promise<Outcome<CampaignResult>> {
    kept.counting = this.#countNow(kept, orgId, id).finally(() => {
      kept.counting = null;
    });
    return kept.counting;
  }

  async #countNow(kept: Kept, orgId: string, id: string): Promise<Outcome<CampaignResult>> {
    const snapshot = await this.#database.management.withOrg(orgId, (tx) => selectSnapshot(tx, orgId, id));
    if (snapshot === undefined) return NO_CAMPAIGN;
    const { result, tookMs } = isQuick(snapshot) ? timedCount(snapshot) : await this.#inTurn(() => inThread(snapshot));
    Object.assign(kept, { result, tookMs, atMs: performance.now() });
    return accept(result);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#counting >= COUNTING_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#counting += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#counting -= 1;
      else next(); // takes over the place
    }
  }
}

/** Equal shares take as long as they take: seconds with ten thousands of people. */
function isQuick({ budgetRule, ideas, givings }: ResultSnapshot): boolean {
  return (budgetRule === null || budgetRule === 'greedy') && ideas.length + givings.length < THREAD_CHARACTERS;
}

function inThread(snapshot: ResultSnapshot): Promise<TimedResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('result-thread.ts', import.meta.url), { workerData: snapshot });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the counting thread ended with ${code}`)));
    worker.unref();
  });
}
