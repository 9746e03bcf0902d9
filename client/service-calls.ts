import { createHash, createHmac, randomInt } from 'node:crypto';
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
  retry,
  wrap,
} from 'cockatiel';
import type { ErrorBody } from '../protocol/errors.ts';
import { PsephosError } from './errors.ts';
import { isPassingStatus, RETRIES_MAX, retryPauseMs } from './retry.ts';

/** With the key's secret in every request, or without it ever leaving: each request is signed. */
export type ServiceKey = { readonly secret: string } | { readonly keyId: string; readonly signingSecret: string };

export interface ServiceOptions {
  /** e.g. 'https://vote.example' */
  readonly baseUrl: string;
  readonly key: ServiceKey;
  /** one attempt, its answer included; 1,200 if left out */
  readonly timeoutMs?: number;
}

export interface ServiceCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/** Requirement 004: 1.0 to 1.5 s an attempt; the engine behind gives up after 1 s, so its answer is heard. */
const TIMEOUT_MS = 1_200;
/** Requirement 004: failures in a row until nobody asks any more, and for how long. */
const BREAKER_FAILURES = 5;
const BREAKER_OPEN_MS = 2_000;

/** What is signed: five lines, the last without an end. */
function signatureOf(secret: string, method: string, path: string, timestamp: string, body: string): string {
  const bodyHash = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', secret).update(`psephos1\n${method}\n${path}\n${timestamp}\n${bodyHash}`).digest('hex');
}

/** Seconds since 1970. The last digits are left to chance: each signature is good once, also two in one millisecond. */
function signingTime(): string {
  return `${(Date.now() / 1_000).toFixed(3)}${String(randomInt(1_000_000)).padStart(6, '0')}`;
}

function keyHeaders(key: ServiceKey, method: string, url: URL, body: string): Record<string, string> {
  if ('secret' in key) return { authorization: `Bearer ${key.secret}` };
  const timestamp = signingTime();
  return {
    'x-psephos-key': key.keyId,
    'x-psephos-timestamp': timestamp,
    'x-psephos-signature': signatureOf(key.signingSecret, method, `${url.pathname}${url.search}`, timestamp, body),
  };
}

/** The service answered, and that it cannot do this now or that nothing answered at all: both count for the breaker. */
const isServiceFailure = (error: unknown) =>
  error instanceof PsephosError && (error.status >= 500 || error.code === 'UNREACHABLE');

/** It answered that the very same request may succeed in a moment. No answer at all is not asked for again at once. */
const isWorthRepeating = (error: unknown) => error instanceof PsephosError && isPassingStatus(error.status, error.code);

/**
 * Requests of one service to another, by requirement 004: a time limit an attempt, two repetitions after 5xx, 423 and 429
 * with 25 to 100 ms between them at random, and a breaker that opens for 2 s after five failures in a row and then lets
 * one attempt through.
 */
export class ServiceCalls {
  readonly #options: ServiceOptions;
  readonly #policy = wrap(
    retry(handleWhen(isWorthRepeating), { maxAttempts: RETRIES_MAX, backoff: new DelegateBackoff(retryPauseMs) }),
    circuitBreaker(handleWhen(isServiceFailure), {
      halfOpenAfter: BREAKER_OPEN_MS,
      breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
    }),
  );

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** The body of the answer. @throws PsephosError for every refusal; UNREACHABLE where nothing answered in time */
  async call<T>(call: ServiceCall): Promise<T> {
    try {
      return await this.#policy.execute(() => this.#attempt<T>(call));
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new PsephosError(
        'UNREACHABLE',
        `${this.#options.baseUrl} failed ${BREAKER_FAILURES} times in a row and is not asked for ${BREAKER_OPEN_MS} ms. Try later.`,
        { details: { reason: 'circuit_open' } },
      );
    }
  }

  async #attempt<T>({ method, path, body, idempotencyKey }: ServiceCall): Promise<T> {
    const { baseUrl, key, timeoutMs = TIMEOUT_MS } = this.#options;
    const url = new URL(`${baseUrl.replace(/\/$/, '')}${path}`);
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = keyHeaders(key, method, url, text);
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    const signal = AbortSignal.timeout(timeoutMs);
    let status: number;
    let answer: unknown;
    try {
      const response = await fetch(url, {
        method,
        headers,
        redirect: 'error', // the key must not follow to wherever something in between points
        signal,
        ...(body === undefined ? {} : { body: text }),
      });
      status = response.status;
      answer = await response.json();
    } catch (error) {
      const why = signal.aborted ? `no answer in ${timeoutMs} ms` : causeOf(error);
      throw new PsephosError('UNREACHABLE', `${baseUrl}: ${why}.`);
    }
    if (status < 400) return answer as T;
    throw refusalOf(status, answer as Partial<ErrorBody>);
  }
}

/** fetch hides what happened to the connection in the cause. */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

function refusalOf(status: number, { error_code, message, details, request_id }: Partial<ErrorBody>): PsephosError {
  return new PsephosError(
    error_code ?? (status >= 500 ? 'LOAD_004' : 'VALIDATION_001'),
    message ?? `Answered ${status}.`,
    {
      status,
      details: details ?? {},
      ...(request_id === undefined ? {} : { requestId: request_id }),
    },
  );
}
