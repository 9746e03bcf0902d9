import type { Job } from 'bullmq';
import { z } from 'zod';
import type { Engine } from '../engine/index.ts';
import { Sweep } from '../engine/sweep.ts';
import type { JobData } from './backend.ts';
import type { Logger } from './logger.ts';
import type { OpenQueue } from './open-queue.ts';

/** Jobs may fail for the last time while nobody looks: their process died with them. */
const LOOK_MS = 5_000;
const AT_ONCE = 100;
/** More of a payload is of no help to a person; log rows are left out before. */
const PAYLOAD_CHARACTERS = 20_000;

const withOrganisation = z.object({ org_id: z.uuid() });

/** Moves jobs that failed for the last time from their queues to app.dead_letters, where people find them. */
export class DeadLetterBox {
  readonly #open: readonly OpenQueue[];
  readonly #engine: Pick<Engine, 'deadLetters'>;
  readonly #rounds: Sweep;
  #looking: Promise<void> = Promise.resolve();

  constructor(open: readonly OpenQueue[], engine: Pick<Engine, 'deadLetters'>, logger: Logger) {
    this.#open = open;
    this.#engine = engine;
    const report = (err: unknown) => logger.warn({ err }, 'dead letters could not be put away yet');
    this.#rounds = new Sweep(() => this.#collect(this.#open), LOOK_MS, report);
  }

  start(): void {
    this.#rounds.start();
  }

  /** Now rather than at the next round. */
  look(name: string): void {
    const found = this.#open.filter(({ definition }) => definition.name === name);
    this.#looking = this.#looking.then(() => this.#collect(found)).catch(() => {}); // the next round meets it too
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
    await this.#looking;
  }

  async #collect(open: readonly OpenQueue[]): Promise<void> {
    for (const each of open) {
      for (;;) {
        const failed = (await each.queue.getFailed(0, AT_ONCE - 1)) as (Job<JobData, void> | undefined)[];
        for (const job of failed) if (job !== undefined) await this.#putAway(each, job);
        if (failed.length < AT_ONCE) break;
      }
    }
  }

  /** The letter first: whoever dies in between writes it once more. */
  async #putAway({ definition }: OpenQueue, job: Job<JobData, void>): Promise<void> {
    const found = withOrganisation.safeParse(job.data);
    const orgId = found.success ? found.data.org_id : null;
    const fits = definition.payload.safeParse(job.data).success && job.name === definition.name;
    // A run of the log reads what others before it have missed: one letter an organisation stands for all
    const oneForAll = fits && orgId !== null && definition.follows !== null;
    await this.#engine.deadLetters.add({
      orgId,
      queue: definition.name,
      jobId: oneForAll ? (definition.follows ?? '') : baseId(job.id ?? ''),
      jobName: job.name.slice(0, 100),
      payload: readable(job.data),
      reason: job.failedReason ?? 'It failed and did not say why.',
      attempts: job.attemptsMade,
    });
    await job.remove().catch(() => {}); // another process was quicker
  }
}

/** Run again under another id, since the old one may still be known. */
export function againId(jobId: string, letterId: string): string {
  return `${baseId(jobId)}-again-${letterId}`;
}

function baseId(jobId: string): string {
  return jobId.replace(/-again-.*$/, '').slice(0, 150) || 'unnamed';
}

/** As JSON that the database takes, without what the log holds anyway. */
function readable(data: JobData): unknown {
  const text = JSON.stringify(data ?? null, (key, value: unknown) =>
    key === 'rows' && Array.isArray(value) ? [] : value,
  );
  const clean = text.replaceAll('\\u0000', '\\ufffd');
  return clean.length <= PAYLOAD_CHARACTERS ? JSON.parse(clean) : { excerpt: clean.slice(0, PAYLOAD_CHARACTERS) };
}
