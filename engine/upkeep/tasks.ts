import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome } from '../outcome.ts';
import { hints } from './hints.ts';
import * as queries from './queries.ts';
import { NO_RETENTION, type Retention, retain } from './retention.ts';
import { refreshStatistics, takeSnapshots } from './tables.ts';

/** What a task did, in figures and names; shown as it is. */
export type TaskSummary = Readonly<Record<string, unknown>>;

/** What is done by the clock. */
type UpkeepTask = 'tidy' | 'retention' | 'snapshots' | 'statistics' | 'hints' | 'backup' | 'restore-drill';

export interface TaskState {
  readonly task: string;
  readonly begunAt: Date;
  /** null: it is at work, or its process died */
  readonly endedAt: Date | null;
  readonly succeededAt: Date | null;
  /** why the last one failed; null: it did not */
  readonly problem: string | null;
  readonly summary: TaskSummary;
}

/** Work by the clock that happens once over all processes, and what became of it. */
export class UpkeepTasks {
  readonly #database: Database;
  readonly #tidy: () => Promise<TaskSummary>;

  /** @param tidy what each room has to clear away */
  constructor(database: Database, tidy: () => Promise<TaskSummary>) {
    this.#database = database;
    this.#tidy = tidy;
  }

  /** Partitions ahead, keys ahead, what has expired. See `once`. */
  tidy(pauseMs: number): Promise<boolean> {
    return this.once('tidy', pauseMs, async () => {
      const ended = await this.#database.management.act((sql) =>
        queries.forgetEnded(sql, limits.sessionMaxMs, limits.idempotencyKeyMs),
      );
      return { ...ended, ...(await this.#tidy()) };
    });
  }

  /** What is older than the policy says. See `once`. */
  retention(pauseMs: number, retention: Retention = NO_RETENTION): Promise<boolean> {
    return this.once('retention', pauseMs, () => retain(this.#database, retention));
  }

  /** Snapshots of open tallies. See `once`. */
  snapshots(pauseMs: number, ballots: number = limits.snapshotEveryBallots): Promise<boolean> {
    return this.once('snapshots', pauseMs, () => takeSnapshots(this.#database, ballots));
  }

  /** The planner's figures of tables that have grown. See `once`. */
  statistics(pauseMs: number, rows: number = limits.analyseAfterRows): Promise<boolean> {
    return this.once('statistics', pauseMs, () => refreshStatistics(this.#database, rows));
  }

  /** What whoever runs the database should know: vacuum, old transactions, log that is held back. See `once`. */
  hints(pauseMs: number): Promise<boolean> {
    return this.once('hints', pauseMs, () => hints(this.#database));
  }

  /**
   * Does work unless somebody did it less than `pauseMs` ago, or is at it; writes down how it went.
   * @returns false where it was left to others
   * @throws what `work` throws, once that has been written down
   */
  async once(task: UpkeepTask, pauseMs: number, work: () => Promise<TaskSummary>): Promise<boolean> {
    const { management } = this.#database;
    const longestMs = task === 'backup' || task === 'restore-drill' ? limits.upkeepLongestMs : limits.upkeepMs;
    if (!(await management.call((sql) => queries.beginTask(sql, task, pauseMs, longestMs)))) return false;
    const startedMs = performance.now();
    try {
      const summary = { ...(await work()), took_ms: Math.round(performance.now() - startedMs) };
      await management.call((sql) => queries.endTask(sql, task, null, summary));
    } catch (error) {
      await management.call((sql) => queries.endTask(sql, task, (error as Error).message, null)).catch(() => {}); // away: the next one writes it
      throw error;
    }
    return true;
  }

  /** What was last done of each, for who asks from outside. */
  list(): Promise<Outcome<readonly TaskState[]>> {
    return guarded(async () => accept(await this.state()));
  }

  /** What was last done of each. Throws the database's errors. */
  async state(): Promise<readonly TaskState[]> {
    const rows = await this.#database.management.call((sql) => queries.selectTasks(sql));
    return rows.map((row) => ({
      task: row.task,
      begunAt: row.begun_at,
      endedAt: row.ended_at !== null && row.ended_at >= row.begun_at ? row.ended_at : null,
      succeededAt: row.succeeded_at,
      problem: row.problem,
      summary: row.summary,
    }));
  }
}
