import type { Engine } from '../../../engine/index.ts';
import { addressReader } from '../../../gateway/auth/client-address.ts';
import { createIdentities } from '../../../gateway/auth/identities.ts';
import { createRateLimits } from '../../../gateway/auth/rate-limits.ts';
import { createAdmission } from '../../../gateway/http/admission.ts';
import { createApp } from '../../../gateway/http/app.ts';
import { createLogger } from '../../../gateway/logging.ts';
import { errorBody } from '../../../protocol/errors.ts';
import { stubEngine } from './stub-engine.ts';

export const asyncApi = { info: { title: 'socket', version: '1' } };

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

export interface CallOptions {
  /** the bearer token; 'admin' if left out, none if null */
  readonly as?: string | null;
  readonly body?: unknown;
  /** sent as it is, instead of `body` */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole of HTTP over a stub, with its log lines. Every answer from 400 upwards is checked for the errors' shape. */
export function httpOver(
  engine: Engine = stubEngine(),
  options: { readonly requestTimeoutMs?: number; readonly requestsInWork?: number } = {},
) {
  const lines: string[] = [];
  const app = createApp({
    engine,
    identities: createIdentities(engine.accounts),
    rateLimits: createRateLimits(engine.attempts),
    addressOf: addressReader(),
    admission: createAdmission(options.requestsInWork ?? 50),
    logger: createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    requestTimeoutMs: options.requestTimeoutMs ?? 1_000,
    origins: ['https://vote.example'],
    socketUrl: (host) => `ws://${host}:8081`,
    asyncApi,
    draining: () => false,
  });
  const call = async (
    method: string,
    path: string,
    { as = 'admin', body, raw, headers }: CallOptions = {},
  ): Promise<Called> => {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await app.request(path, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const json = isJson && text !== '' ? JSON.parse(text) : undefined;
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    if (response.status >= 400 && method !== 'HEAD' && !isPage) errorBody.parse(json);
    return { status: response.status, headers: response.headers, text, json };
  };
  return { app, call, lines };
}
