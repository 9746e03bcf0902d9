import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClaimedDelivery, type DeliveryEnd, type Engine, webhookSentence } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import { Sweep } from '../engine/sweep.ts';
import { backoffMs } from './backoff.ts';
import type { Logger } from './logger.ts';
import { AddressRefused, post } from './post.ts';

export interface WebhookSettings {
  /** addresses of this machine and of private networks are fine */
  readonly allowPrivate: boolean;
  /** how long an attempt may take */
  readonly timeoutMs?: number;
  /** first pause after a failure; each further one is twice as long */
  readonly retryMinMs?: number;
  /** how late an event may leave after it became true */
  readonly pollMs?: number;
}

/** Webhooks posted to at the same time: slow receivers hold up nobody else as long as there are fewer of them. */
const AT_ONCE = 20;
/** When this process stops, an attempt has so long to end by itself. */
const STOP_GRACE_MS = 2_000;

/** `t=SECONDS,v1=HEX`, one v1 a secret: HMAC-SHA256 over the time, a dot and the body. */
export function signatureOf(secrets: readonly string[], seconds: number, body: string): string {
  const macs = secrets.map((secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`);
  return [`t=${seconds}`, ...macs].join(',');
}

/** Why an attempt came to nothing, in words for an administrator. */
function problemOf(error: unknown): string {
  if (error instanceof AddressRefused) return `The address ${error.message}.`; // a field's problem: each has its reason
  if (!(error instanceof Error)) return webhookSentence('nothing_answered');
  if (error.name === 'TimeoutError') return webhookSentence('too_late');
  if (error.name === 'AbortError') return webhookSentence('server_stopped');
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  return webhookSentence('connection_failed', { code });
}

function problemOfStatus(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return webhookSentence(status >= 300 && status < 400 ? 'redirected' : 'answered', { status });
}

/** Posts what is due: of each webhook one delivery at a time, the oldest first. */
export class WebhookSender {
  readonly #engine: Pick<Engine, 'webhooks'>;
  readonly #settings: WebhookSettings;
  readonly #logger: Logger;
  readonly #pollMs: number;
  readonly #rounds: Sweep;
  readonly #onTheirWay = new Set<Promise<void>>();
  readonly #stopped = new AbortController();
  #stopping = false;

  constructor(engine: Pick<Engine, 'webhooks'>, settings: WebhookSettings, logger: Logger) {
    this.#engine = engine;
    this.#settings = settings;
    this.#logger = logger;
    const report = (err: unknown) => logger.error({ err }, 'the webhook sender met a bug');
    this.#pollMs = settings.pollMs ?? limits.webhookPollMs;
    this.#rounds = new Sweep(() => this.#deliverDue(), this.#pollMs, report);
  }

  start(): void {
    this.#rounds.start();
  }

  /** Takes no further delivery; attempts that do not end soon are cut off and made again by whoever comes next. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const grace = setTimeout(() => this.#stopped.abort(), STOP_GRACE_MS);
    await this.#rounds.stop();
    clearTimeout(grace);
  }

  async #deliverDue(): Promise<void> {
    for (;;) {
      const free = this.#stopping ? 0 : AT_ONCE - this.#onTheirWay.size;
      const claimed = free === 0 ? [] : await this.#engine.webhooks.claim(free);
      for (const delivery of claimed) {
        const attempt = this.#attempt(delivery).finally(() => this.#onTheirWay.delete(attempt));
        this.#onTheirWay.add(attempt);
      }
      if (this.#onTheirWay.size === 0) return;
      // others may come due while one is slow
      await Promise.race([...this.#onTheirWay, sleep(this.#pollMs, undefined, { ref: false })]);
    }
  }

  /** Never rejects: what cannot be written down comes again after its lease. */
  async #attempt(delivery: ClaimedDelivery): Promise<void> {
    const facts = { webhook_id: delivery.webhookId, event: delivery.kind, attempt: delivery.attempt };
    try {
      const end = await this.#post(delivery);
      const settled = await this.#engine.webhooks.settle(delivery, end);
      if (settled === 'disabled') this.#logger.warn(facts, 'a webhook was disabled: it has not answered well any more');
      else
        this.#logger.debug(
          { ...facts, settled, status: end.status, latency_ms: end.latencyMs },
          'a webhook was posted to',
        );
    } catch (err) {
      this.#logger.warn({ err, ...facts }, 'the end of a delivery could not be written down; it will be made again');
    }
  }

  async #post(delivery: ClaimedDelivery): Promise<DeliveryEnd> {
    const { allowPrivate, timeoutMs = limits.webhookTimeoutMs, retryMinMs = limits.webhookRetryMinMs } = this.#settings;
    const startedMs = performance.now();
    const retryInMs = backoffMs(delivery.attempt, retryMinMs, limits.webhookRetryMaxMs);
    const endOf = (end: Pick<DeliveryEnd, 'status' | 'excerpt' | 'problem'>): DeliveryEnd => ({
      ...end,
      delivered: end.problem === null,
      latencyMs: Math.round(performance.now() - startedMs),
      retryInMs,
    });
    try {
      const { status, excerpt } = await post({
        url: delivery.url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Psephos-Webhooks',
          'psephos-event-id': delivery.eventId,
          'psephos-event': delivery.kind,
          'psephos-attempt': String(delivery.attempt),
          'psephos-signature': signatureOf(delivery.secrets, Math.floor(Date.now() / 1_000), delivery.body),
        },
        body: delivery.body,
        timeoutMs,
        allowPrivate,
        signal: this.#stopped.signal,
      });
      return endOf({ status, excerpt, problem: problemOfStatus(status) });
    } catch (error) {
      return endOf({ status: null, excerpt: null, problem: problemOf(error) });
    }
  }
}
