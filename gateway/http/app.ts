import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import type { SocketDocument } from '../docs/messages.ts';
import type { Logger } from '../logging.ts';
import { ballotOperations } from './ballots.ts';
import { type HttpEnv, newRequestContext } from './context.ts';
import { openApiDocument } from './document.ts';
import { electionOperations } from './elections.ts';
import { healthOperations } from './health.ts';
import { meetingOperations } from './meetings.ts';
import type { Operation } from './operation.ts';
import { servePages } from './pages.ts';
import { type Performing, perform } from './perform.ts';
import { respond, respondFailure } from './respond.ts';
import { resultOperations } from './results.ts';
import { rollOperations } from './rolls.ts';
import { type SocketUrl, socketOperations } from './sockets.ts';
import { tallyOperations } from './tallies.ts';

export interface AppParts extends Performing {
  /** pages of these origins may call from a browser, e.g. https://vote.example */
  readonly origins: readonly string[];
  readonly socketUrl: SocketUrl;
  /** the AsyncAPI document of the socket */
  readonly asyncApi: SocketDocument;
  readonly draining: () => boolean;
  readonly now?: () => number;
}

/** Preflights are asked again after this time. */
const CORS_MAX_AGE_SECONDS = 600;

/** Every operation over HTTP, in the order in which the documentation shows them. */
export function allOperations(parts: Pick<AppParts, 'socketUrl' | 'draining'>): readonly Operation[] {
  return [
    ...meetingOperations,
    ...electionOperations,
    ...rollOperations,
    ...ballotOperations,
    ...tallyOperations,
    ...resultOperations,
    ...socketOperations(parts.socketUrl),
    ...healthOperations(parts.draining),
  ];
}

/** One line a request. What it holds can be read by anyone who reads logs: no address, no header, no body. */
function useRequestLog(app: Hono<HttpEnv>, logger: Logger, now: () => number): void {
  app.use(async (c, next) => {
    const request = newRequestContext((name) => c.req.header(name), now());
    c.set('request', request);
    await next();
    c.res.headers.set('x-request-id', request.requestId);
    c.res.headers.set('x-correlation-id', request.correlationId);
    logger.info({
      request_id: request.requestId,
      correlation_id: request.correlationId,
      org_id: request.identity?.orgId ?? null,
      method: c.req.method,
      path: request.path,
      status: c.res.status,
      latency_ms: Math.round((now() - request.startedAt) * 10) / 10,
      token_hash_prefix: request.identity?.tokenHashPrefix ?? null,
    });
  });
}

function useEdgeRules(app: Hono<HttpEnv>, origins: readonly string[]): void {
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
      crossOriginResourcePolicy: 'cross-origin', // other origins of the allow-list read our answers
      strictTransportSecurity: false, // the proxy that ends TLS sets it; a laptop at a meeting has none
      xXssProtection: false,
      xDownloadOptions: false,
      xDnsPrefetchControl: false,
      xPermittedCrossDomainPolicies: false,
    }),
    cors({
      origin: [...origins],
      allowMethods: ['GET', 'POST'],
      allowHeaders: [
        'Authorization',
        'Content-Type',
        'Idempotency-Key',
        'If-None-Match',
        'X-Correlation-Id',
        'X-Org-Id',
        'X-Request-Id',
      ],
      exposeHeaders: [
        'ETag',
        'Location',
        'Retry-After',
        'X-Correlation-Id',
        'X-Next-Cursor',
        'X-Request-Id',
        'Idempotency-Replayed',
      ],
      maxAge: CORS_MAX_AGE_SECONDS,
    }),
  );
}

function useFailures(app: Hono<HttpEnv>, logger: Logger): void {
  app.notFound((c) =>
    respondFailure(c, { kind: 'not_found', message: 'There is nothing at this address. See /docs.' }),
  );
  app.onError((error, c) => {
    logger.error(
      { err: error, request_id: c.var.request.requestId, path: c.var.request.path },
      'a request failed by a bug',
    );
    const message = 'Something went wrong on our side. Report the request_id if it happens again.';
    return respondFailure(c, { kind: 'bug', message });
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const message = `This address does not take ${c.req.method}. Use ${methods.join(' or ')}.`;
        const answer = respondFailure(c, { kind: 'wrong_method', message, details: { allow: methods } });
        answer.headers.set('allow', methods.join(', '));
        return answer;
      },
    }),
  );
}

/** The whole of HTTP without its server: give it a Request, get a Response. */
export function createApp(parts: AppParts): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  useRequestLog(app, parts.logger, parts.now ?? (() => performance.now()));
  useEdgeRules(app, parts.origins);
  useFailures(app, parts.logger);
  const operations = allOperations(parts);
  for (const op of operations) {
    app.on(op.method.toUpperCase(), op.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) =>
      respond(c, op, await perform(op, c, parts)),
    );
  }
  servePages(app, openApiDocument(operations), parts.asyncApi);
  return app;
}
