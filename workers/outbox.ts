import type { Engine } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import { Sweep } from '../engine/sweep.ts';
import type { Logger } from './logger.ts';

/**
 * Without a mail server mails stay in the queue. This says in the log that they do, by the names of their templates: what
 * they say, and to whom, is shown on the page /outbox of this machine alone.
 */
export class OutboxNotice {
  readonly #engine: Pick<Engine, 'mails'>;
  readonly #logger: Logger;
  readonly #rounds: Sweep;
  #told: ReadonlySet<string> = new Set();

  constructor(engine: Pick<Engine, 'mails'>, logger: Logger) {
    this.#engine = engine;
    this.#logger = logger;
    const report = (err: unknown) => logger.error({ err }, 'the outbox could not be looked at');
    this.#rounds = new Sweep(() => this.#round(), limits.outboxPollMs, report);
  }

  start(): void {
    this.#rounds.start();
  }

  async stop(): Promise<void> {
    await this.#rounds.stop();
  }

  async #round(): Promise<void> {
    const waiting = await this.#engine.mails.waiting();
    if (!waiting.ok) return;
    for (const { template, mailId } of waiting.value) {
      if (!this.#told.has(mailId))
        this.#logger.info({ template }, 'a mail waits: SMTP_URL is not set; the page /outbox shows it');
    }
    this.#told = new Set(waiting.value.map(({ mailId }) => mailId));
  }
}
