import webPush from 'web-push';
import type { ClaimedPush, Engine, PushEnd } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import { Sweep } from '../engine/sweep.ts';
import { backoffMs } from './backoff.ts';
import type { Logger } from './logger.ts';
import { AddressRefused, post } from './post.ts';

export interface PushSettings {
  /** whom a push service may ask about us: mailto: or https: (RFC 8292) */
  readonly contact: string;
  /** endpoints may lead to this machine and into private networks */
  readonly allowPrivate: boolean;
  readonly pollMs?: number;
}

const CLAIM_PUSHES = 20;
/** Also the most that a person waits for a push that a service has put off. */
const ATTEMPTS_MAX = 8;
const STOP_GRACE_MS = 2_000;

/**
 * What an answer means: taken; the browser is gone; the service is busy; or it will have no such push, which another
 * attempt would not change.
 */
export function endOfPush(status: number, attempt: number): PushEnd {
  if (status >= 200 && status < 300) return { status: 'done' };
  if (status === 404 || status === 410) return { status: 'gone' };
  if (status === 429 || status >= 500) return endOfLostPush(attempt);
  return { status: 'done' };
}

function endOfLostPush(attempt: number): PushEnd {
  if (attempt >= ATTEMPTS_MAX) return { status: 'done' };
  return { status: 'again', retryInMs: backoffMs(attempt, limits.pushRetryMinMs, limits.pushRetryMaxMs) };
}

/** Sends pushes, encrypted for the browser that they are for. Each is taken for a time, and settled when it was answered. */
export class PushSender {
  readonly #engine: Pick<Engine, 'pushes'>;
  readonly #settings: PushSettings;
  readonly #logger: Logger;
  readonly #rounds: Sweep;
  readonly #stopped = new AbortController();
  #stopping = false;

  constructor(engine: Pick<Engine, 'pushes'>, settings: PushSettings, logger: Logger) {
    this.#engine = engine;
    this.#settings = settings;
    this.#logger = logger;
    this.#rounds = new Sweep(
      () => this.#round(),
      settings.pollMs ?? limits.pushPollMs,
      (err) => logger.error({ err }, 'the push sender met a bug'),
    );
  }

  start(): void {
    this.#rounds.start();
  }

  /** Takes no further push; those on their way have a moment to arrive, and are sent again elsewhere after that. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const grace = setTimeout(() => this.#stopped.abort(new Error('stopping')), STOP_GRACE_MS);
    await this.#rounds.stop();
    clearTimeout(grace);
  }

  async #round(): Promise<void> {
    while (!this.#stopping) {
      const pushes = await this.#engine.pushes.claim(CLAIM_PUSHES);
      if (pushes.length === 0) return;
      await Promise.all(pushes.map((push) => this.#deliver(push)));
    }
  }

  async #deliver(push: ClaimedPush): Promise<void> {
    const end = await this.#send(push);
    await this.#engine.pushes.settle(push, end);
    // endpoints are secrets: they stay out of the log
    this.#logger.debug({ notification_id: push.notificationId, end: end.status }, 'a push was answered');
  }

  async #send(push: ClaimedPush): Promise<PushEnd> {
    const { publicKey, privateKey } = await this.#engine.pushes.keys();
    const { contact, allowPrivate } = this.#settings;
    const seconds = Math.max(0, Math.floor((push.worthUntil.getTime() - Date.now()) / 1_000));
    try {
      const request = webPush.generateRequestDetails(
        { endpoint: push.endpoint, keys: push.keys },
        JSON.stringify(push.text),
        { TTL: seconds, urgency: 'normal', vapidDetails: { subject: contact, publicKey, privateKey } },
      );
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const { status } = await post({
        url: push.endpoint,
        headers,
        body: request.body as Buffer,
        timeoutMs: limits.pushTimeoutMs,
        allowPrivate,
        signal: this.#stopped.signal,
      });
      return endOfPush(status, push.attempt);
    } catch (error) {
      if (error instanceof AddressRefused) return { status: 'gone' }; // its name leads where no push may go
      return endOfLostPush(push.attempt);
    }
  }
}
