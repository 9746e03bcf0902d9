import type { ErrorBody } from '../protocol/errors.ts';
import { PsephosError } from './errors.ts';
import { newRandomKey } from './random-key.ts';
import { isPassingStatus, RETRIES_MAX, retryDelayMs, sleep } from './retry.ts';

export interface HttpOptions {
  /** e.g. 'https://vote.example' */
  readonly baseUrl: string;
  /** API key, session token or access token, or where to get the present one; left out for joining */
  readonly secret?: string | (() => Promise<string | undefined>) | undefined;
  /** sent with every request, e.g. X-Org-Id */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** instead of a JSON body */
  readonly file?: { readonly content: Blob | string; readonly mediaType: string };
  /** what the answer is read as: JSON or text if left out */
  readonly as?: 'blob';
  /** of this call alone */
  readonly headers?: Readonly<Record<string, string>>;
  /** carries an Idempotency-Key, the same on every retry */
  readonly creates?: boolean;
  readonly retries?: number;
  readonly timeoutMs?: number;
  /** given the headers of the good answer, e.g. for X-Next-Cursor */
  readonly onHeaders?: (headers: Headers) => void;
  /** told when an attempt may have been carried out although no good answer came */
  readonly onDoubt?: () => void;
}

/** Longer than the 5 s that the gateway gives a request, so that its answer is heard. */
const TIMEOUT_MS = 7_000;
/** Opening enters everyone on the roll first; the server answers within 36 s. */
export const OPEN_TIMEOUT_MS = 40_000;

/** Requests over HTTP with the retry policy of the protocol. */
export class HttpCalls {
  readonly #options: HttpOptions;
  readonly #fetch: typeof fetch;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  /** The body of the answer: JSON parsed, other text as it is. Throws PsephosError for every refusal. */
  async call<T>(call: Call): Promise<T> {
    const retries = call.retries ?? RETRIES_MAX;
    const key = call.creates === true ? newRandomKey() : undefined; // pages without TLS have no randomUUID
    for (let attempt = 0; ; attempt += 1) {
      const refusal = await this.#attempt<T>(call, key);
      if (!(refusal instanceof PsephosError)) return refusal.body;
      const { code, status, details } = refusal;
      if (code === 'LOAD_004' || status >= 500 || status === 0) call.onDoubt?.();
      const passing = code === 'UNREACHABLE' || isPassingStatus(status, code);
      if (attempt >= retries || !passing) throw refusal;
      await sleep(retryDelayMs(details.retry_after_ms));
    }
  }

  async #headers(call: Call, key: string | undefined): Promise<Record<string, string>> {
    const { secret, headers: always } = this.#options;
    const headers: Record<string, string> = { ...always?.(), ...call.headers };
    const bearer = typeof secret === 'function' ? await secret() : secret;
    if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.file !== undefined) headers['content-type'] = call.file.mediaType;
    if (key !== undefined) headers['idempotency-key'] = key;
    return headers;
  }

  async #attempt<T>(call: Call, key: string | undefined): Promise<{ readonly body: T } | PsephosError> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) query.set(name, value);
    const suffix = query.size === 0 ? '' : `?${query}`;
    try {
      const headers = await this.#headers(call, key);
      const response = await this.#fetch(`${this.#options.baseUrl.replace(/\/$/, '')}${call.path}${suffix}`, {
        method: call.method,
        headers,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.file === undefined ? {} : { body: call.file.content }),
        signal: AbortSignal.timeout(call.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS),
      });
      if (response.ok) call.onHeaders?.(response.headers);
      if (response.ok && call.as === 'blob') return { body: (await response.blob()) as T };
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      if (response.ok) return { body: (isJson ? JSON.parse(text) : text) as T };
      return refusalOf(response.status, isJson ? (JSON.parse(text) as Partial<ErrorBody>) : {});
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown';
      return new PsephosError('UNREACHABLE', `No answer from ${this.#options.baseUrl}: ${why}`);
    }
  }
}

/** What stands between us and the gateway may answer in its own way: then only the status is known. */
function refusalOf(status: number, body: Partial<ErrorBody>): PsephosError {
  return new PsephosError(
    body.error_code ?? (status >= 500 ? 'LOAD_004' : 'VALIDATION_001'),
    body.message ?? `Answered ${status}.`,
    { status, details: body.details ?? {}, ...(body.request_id === undefined ? {} : { requestId: body.request_id }) },
  );
}
