import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome } from '../outcome.ts';
import { selectStats, upsertStats } from './queries.ts';
import type { QueueStats } from './queue-stats.ts';

/** What the workers say of their queues, kept where gateways can read it. */
export class Queues {
  readonly #database: Pick<Database, 'management'>;

  constructor(database: Pick<Database, 'management'>) {
    this.#database = database;
  }

  /** `done` and `failed` of this process since it last told. Throws the database's errors. */
  async tell(stats: readonly QueueStats[]): Promise<void> {
    if (stats.length > 0) await this.#database.management.asWorker((tx) => upsertStats(tx, stats));
  }

  /** By name. `ageMs`: how long ago a worker said so; some seconds at most while one runs. */
  async stats(): Promise<Outcome<readonly (QueueStats & { readonly ageMs: number })[]>> {
    return guarded(async () => accept(await this.#database.management.call((sql) => selectStats(sql))));
  }
}
