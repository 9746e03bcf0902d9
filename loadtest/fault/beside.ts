import { join } from 'node:path';
import postgres from 'postgres';
import { giveBrowsers } from './deliveries-queries.ts';
import { auditEffects, type EffectsAudit, type ProveEngine } from './effects-auditor.ts';
import { type OpenSearchServer, startOpenSearch } from './opensearch.ts';
import type { Beside } from './plan.ts';
import { type Receivers, startReceivers } from './receivers.ts';
import type { FaultRedis } from './redis.ts';
import type { ServerSeat } from './server-seat.ts';
import { WorkersSeat } from './workers-seat.ts';

/** How often something was killed, since the beginning. */
export interface Killed {
  workers: number;
  redis: number;
  opensearch: number;
}

/** What runs beside the gateways and is killed as well: workers, Redis, OpenSearch. */
export class BesideGateways {
  readonly killed: Killed = { workers: 0, redis: 0, opensearch: 0 };
  readonly #redis: FaultRedis | null;
  readonly #search: OpenSearchServer | null;
  readonly #receivers: Receivers | null;
  #workers: WorkersSeat | null = null;
  #databaseUrl = '';
  #searchChanging: Promise<void> | null = null;

  private constructor(redis: FaultRedis | null, search: OpenSearchServer | null, receivers: Receivers | null) {
    this.#redis = redis;
    this.#search = search;
    this.#receivers = receivers;
  }

  /** Starts the search server, where one is wanted, and whom workers send mails and pushes to. */
  static async open({ search, workers }: Beside, redis: FaultRedis | null): Promise<BesideGateways> {
    const receivers = workers ? await startReceivers() : null;
    return new BesideGateways(redis, search ? await startOpenSearch() : null, receivers);
  }

  /** Variables that lead gateways and workers here. */
  get environment(): Readonly<Record<string, string>> {
    return {
      ...(this.#redis === null ? {} : { REDIS_URL: this.#redis.url }),
      ...(this.#search === null ? {} : { OPENSEARCH_URL: this.#search.url }),
      ...this.#receivers?.environment,
    };
  }

  /** Workers of no gateway, on a migrated database. @param folder where what they write goes */
  async startWorkers(databaseUrl: string, folder: string): Promise<void> {
    this.#databaseUrl = databaseUrl;
    this.#workers = new WorkersSeat({
      ...this.environment,
      DATABASE_URL: databaseUrl,
      DATA_DIR: join(folder, 'workers'),
      LOG_LEVEL: 'info', // its word that it is at work
    });
    await this.#workers.start();
  }

  /** SIGKILL, and up again at once; those of a gateway it starts again itself. Nobody waits for them. */
  killWorkers(of: ServerSeat | null): void {
    if (of?.killWorkers() ?? this.#workers?.kill()) this.killed.workers += 1;
  }

  async killRedis(): Promise<void> {
    if (this.#redis === null) return;
    this.killed.redis += 1;
    await this.#redis.kill();
  }

  /** It takes long to come up again: nobody waits, and it is killed again only after that. */
  killOpenSearch(): void {
    const server = this.#search;
    if (server === null || this.#searchChanging !== null) return;
    this.killed.opensearch += 1;
    this.#searchChanging = server
      .kill9()
      .then(() => server.restart())
      .then(() => {
        this.#searchChanging = null;
      });
    this.#searchChanging.catch(() => {}); // recover() tells of it
  }

  /** Everything runs again, the search server too. */
  async recover(): Promise<void> {
    await this.#workers?.ready();
    await this.#searchChanging;
  }

  /** Members with an address get a browser that wants pushes. */
  async giveBrowsers(): Promise<void> {
    const browser = this.#receivers?.browser;
    if (browser !== undefined) await this.#asSuperuser((sql) => giveBrowsers(sql, browser));
  }

  /** Waits until workers have nothing left to do, and judges what they did. @param faults of others than workers, since the beginning */
  async audit(prove: ProveEngine, faults: number): Promise<EffectsAudit> {
    await this.recover();
    const { workers, redis, opensearch } = this.killed;
    const received = this.#receivers?.received;
    const sent = received === undefined ? null : { received, faults: faults + workers + redis + opensearch };
    return this.#asSuperuser((sql) =>
      auditEffects(sql, () => prove(this.#databaseUrl, this.#search?.url ?? null), sent),
    );
  }

  async #asSuperuser<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
    const sql = postgres(this.#databaseUrl, { max: 1, onnotice: () => {} });
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  }

  takeBugs(): string[] {
    return this.#workers?.takeBugs() ?? [];
  }

  takeCrashes(): string[] {
    return this.#workers?.takeCrashes() ?? [];
  }

  async stopWorkers(): Promise<void> {
    await this.#workers?.stop();
  }

  async stop(): Promise<void> {
    await this.#searchChanging?.catch(() => {});
    await this.#search?.stop();
    await this.#receivers?.stop();
  }
}
