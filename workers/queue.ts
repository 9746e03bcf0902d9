import type { z } from 'zod';
import type { Engine } from '../engine/index.ts';
import type { Logger } from './logger.ts';
import type { WorkerSettings } from './settings.ts';

/** What a job may use while it runs. */
export interface JobContext {
  readonly engine: Engine;
  readonly settings: WorkerSettings;
  readonly logger: Logger;
  /** aborted when this process stops and the job does not end soon: it runs again elsewhere */
  readonly signal: AbortSignal;
}

/** A job that this process makes again and again: at most one of an id waits, however many processes there are. */
export interface Schedule<Payload> {
  /** within the queue */
  readonly id: string;
  readonly everyMs?: number;
  /** five fields, UTC; instead of everyMs */
  readonly cron?: string;
  readonly payload: Payload;
}

/** One queue: what its jobs carry and what is done with one. */
export interface JobQueue<Payload> {
  /** letters, digits and '-' */
  readonly name: string;
  /** checked before run; what does not fit goes to the dead letters */
  readonly payload: z.ZodType<Payload>;
  /** jobs that one process works on at the same time */
  readonly concurrency: number;
  /** with exponential backoff and jitter between them; then a dead letter */
  readonly attempts: number;
  /**
   * A job may come twice, late, and beside others of its kind: its effect must be the same. What it throws counts as a
   * failed attempt; a database that is away and `TryLater` do not.
   */
  run(payload: Payload, context: JobContext): Promise<void>;
  readonly schedules?: readonly Schedule<Payload>[];
}

/**
 * A queue with what feeds it. 'log': every run of log rows, payload LogRun. 'changes': a wake-up of each organisation with
 * staged changes that door.changes_behind names for this queue, payload WakeUp. null: schedules alone.
 */
export interface FollowingQueue<Payload> extends JobQueue<Payload> {
  readonly follows: 'log' | 'changes' | null;
  /** 'log': its jobs go without the rows, because it reads the log itself */
  readonly readsItself?: true;
}

/** Thrown by a job that cannot be done now through no fault of its own, e.g. while another server is away. */
export class TryLater extends Error {
  override readonly name = 'TryLater';
  readonly afterMs: number;

  constructor(message: string, afterMs: number) {
    super(message);
    this.afterMs = afterMs;
  }
}
