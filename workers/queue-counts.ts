import type { Job } from 'bullmq';
import type { Engine, QueueStats } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import { Sweep } from '../engine/sweep.ts';
import type { Logger } from './logger.ts';
import type { OpenQueue } from './open-queue.ts';

/** Tells the engine every two seconds what waits in the queues and what this process has done. */
export class QueueCounts {
  readonly #open: readonly OpenQueue[];
  readonly #engine: Pick<Engine, 'queues'>;
  readonly #rounds: Sweep;
  readonly #done = new Map<string, number>();
  readonly #failed = new Map<string, number>();

  constructor(open: readonly OpenQueue[], engine: Pick<Engine, 'queues'>, logger: Logger) {
    this.#open = open;
    this.#engine = engine;
    const report = (err: unknown) => logger.warn({ err }, 'what waits in the queues could not be told');
    this.#rounds = new Sweep(() => this.#tell(), limits.queueStatsMs, report);
  }

  start(): void {
    this.#rounds.start();
  }

  /** What was done last is told too, if the database can be had. */
  async stop(): Promise<void> {
    await this.#rounds.stop();
    await this.#tell().catch(() => {});
  }

  done(name: string): void {
    this.#done.set(name, (this.#done.get(name) ?? 0) + 1);
  }

  failed(name: string): void {
    this.#failed.set(name, (this.#failed.get(name) ?? 0) + 1);
  }

  async #tell(): Promise<void> {
    const stats: QueueStats[] = [];
    for (const { definition, queue } of this.#open) {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
      const [oldest] = (await queue.getJobs('waiting', 0, 0, true)) as (Job | undefined)[];
      stats.push({
        queue: definition.name,
        waiting: counts.waiting ?? 0,
        active: counts.active ?? 0,
        delayed: counts.delayed ?? 0,
        oldestAgeMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.timestamp - (oldest.opts.delay ?? 0)),
        ...this.#since(definition.name),
      });
    }
    await this.#engine.queues.tell(stats);
    for (const { queue, done, failed } of stats) {
      this.#done.set(queue, (this.#done.get(queue) ?? 0) - done);
      this.#failed.set(queue, (this.#failed.get(queue) ?? 0) - failed);
    }
  }

  #since(name: string) {
    return { done: this.#done.get(name) ?? 0, failed: this.#failed.get(name) ?? 0 };
  }
}
