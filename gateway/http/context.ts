import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Identity, Person } from '../../engine/index.ts';

/** What one request is known by, in its answer and in the log. */
export interface RequestContext {
  readonly requestId: string;
  readonly correlationId: string;
  readonly startedAt: number;
  /** the pattern of the route, never the address itself: addresses carry tracking codes and whatever people paste */
  path: string;
  identity: Identity | null;
  person: Person | null;
  /** X-RateLimit-… of the answer */
  rateLimit: Readonly<Record<string, string>>;
}

export interface HttpEnv {
  Variables: { request: RequestContext };
}
export type HttpContext = Context<HttpEnv>;

/** Ids that callers may choose: short and plain, so that they are harmless in logs and headers. */
const CALLER_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** What no route matched is logged under this name. */
const NO_ROUTE = '(no route)';

function callerId(value: string | undefined): string | null {
  return value !== undefined && CALLER_ID.test(value) ? value : null;
}

/** Takes X-Request-Id and X-Correlation-Id where they are plain, makes a request id where not. */
export function newRequestContext(header: (name: string) => string | undefined, now: number): RequestContext {
  const requestId = callerId(header('x-request-id')) ?? randomUUID();
  const correlationId = callerId(header('x-correlation-id')) ?? requestId;
  return { requestId, correlationId, startedAt: now, path: NO_ROUTE, identity: null, person: null, rateLimit: {} };
}
