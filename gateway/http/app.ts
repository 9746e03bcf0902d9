import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { createCookies } from '../auth/refresh-cookie.ts';
import type { SocketDocument } from '../docs/messages.ts';
import type { Logger } from '../logging.ts';
import type { Metrics } from '../metrics.ts';
import { accountOperations } from './account.ts';
import { agendaOperations } from './agenda.ts';
import { apiKeyOperations } from './api-keys.ts';
import { attendeeOperations } from './attendees.ts';
import { auditOperations } from './audit.ts';
import { authMailOperations } from './auth.ts';
import { oidcOperations } from './auth-oidc.ts';
import { sessionOperations } from './auth-sessions.ts';
import { totpOperations } from './auth-totp.ts';
import { ballotAccessOperations } from './ballot-access.ts';
import { ballotOperations } from './ballots.ts';
import { campaignAnalyticsOperations } from './campaign-analytics.ts';
import { campaignMemberOperations } from './campaign-members.ts';
import { campaignResultOperations } from './campaign-results.ts';
import { campaignTagOperations } from './campaign-tags.ts';
import { campaignOperations } from './campaigns.ts';
import { coinOperations } from './coins.ts';
import { type HttpEnv, newRequestContext } from './context.ts';
import { openApiDocument } from './document.ts';
import { electionOperations } from './elections.ts';
import { embedOperations } from './embed.ts';
import { groupOperations } from './groups.ts';
import { healthOperations } from './health.ts';
import { ideaCommentOperations } from './idea-comments.ts';
import { ideaOperations } from './ideas.ts';
import { invitationOperations } from './invitations.ts';
import { logOperations } from './log.ts';
import { meetingInvitationOperations } from './meeting-invitations.ts';
import { meetingOperations } from './meetings.ts';
import { memberExportOperations } from './member-export.ts';
import { memberImportOperations } from './member-imports.ts';
import { memberOperations } from './members.ts';
import { metricsOperations } from './metrics.ts';
import { minutesOperations } from './minutes.ts';
import { notificationOperations } from './notifications.ts';
import type { Operation } from './operation.ts';
import { organisationOperations } from './organisations.ts';
import { outboxOperations } from './outbox.ts';
import { servePages } from './pages.ts';
import { paperOperations } from './paper.ts';
import { type Performing, perform } from './perform.ts';
import { pictureOperations } from './pictures.ts';
import { proxyOperations } from './proxies.ts';
import { respond, respondFailure } from './respond.ts';
import { resultOperations } from './results.ts';
import { rollOperations } from './rolls.ts';
import { searchOperations } from './search.ts';
import { type SocketUrl, socketOperations } from './sockets.ts';
import { speakerOperations } from './speakers.ts';
import { type StaticPages, serveStaticPages, usePagePolicy } from './static-pages.ts';
import { tallyOperations } from './tallies.ts';
import { templateOperations } from './templates.ts';
import { usageOperations } from './usage.ts';
import { webhookOperations } from './webhooks.ts';
import { workOperations } from './work.ts';

export interface AppParts extends Performing {
  /** pages of these origins may call from a browser, e.g. https://vote.example */
  readonly origins: readonly string[];
  /** where people find the pages; cookies and the check of their origin go by it */
  readonly publicUrl?: string | undefined;
  readonly socketUrl: SocketUrl;
  /** the AsyncAPI document of the socket */
  readonly asyncApi: SocketDocument;
  readonly draining: () => boolean;
  /** mails that wait may be read on this machine: no mail server is set, and nothing else reaches this gateway */
  readonly outbox?: boolean | undefined;
  readonly metrics?: Metrics | undefined;
  /** who may read the metrics from another machine */
  readonly metricsToken?: string | undefined;
  /** what people see in their browsers; without them / leads to the documentation */
  readonly pages?: StaticPages | undefined;
  readonly now?: () => number;
}

/** Preflights are asked again after this time. */
const CORS_MAX_AGE_SECONDS = 600;

/** Every operation over HTTP, in the order in which the documentation shows them. */
export function allOperations(
  parts: Pick<AppParts, 'socketUrl' | 'draining' | 'publicUrl' | 'outbox' | 'metrics' | 'metricsToken'>,
): readonly Operation[] {
  const cookies = createCookies(parts.publicUrl);
  return [
    ...authMailOperations,
    ...sessionOperations(cookies),
    ...oidcOperations(cookies),
    ...totpOperations,
    ...accountOperations,
    ...notificationOperations,
    ...organisationOperations,
    ...memberOperations,
    ...memberExportOperations,
    ...groupOperations,
    ...memberImportOperations,
    ...invitationOperations,
    ...meetingOperations(parts.publicUrl),
    ...meetingInvitationOperations,
    ...attendeeOperations,
    ...agendaOperations,
    ...speakerOperations,
    ...proxyOperations,
    ...electionOperations,
    ...templateOperations,
    ...pictureOperations,
    ...rollOperations,
    ...ballotOperations,
    ...ballotAccessOperations,
    ...tallyOperations,
    ...resultOperations,
    ...paperOperations,
    ...minutesOperations,
    ...coinOperations,
    ...campaignOperations,
    ...campaignResultOperations,
    ...campaignMemberOperations,
    ...campaignTagOperations,
    ...ideaOperations(parts.publicUrl),
    ...ideaCommentOperations,
    ...embedOperations(parts.publicUrl),
    ...campaignAnalyticsOperations,
    ...searchOperations,
    ...logOperations,
    ...auditOperations,
    ...socketOperations(parts.socketUrl),
    ...webhookOperations,
    ...outboxOperations(parts.outbox ?? false),
    ...apiKeyOperations,
    ...usageOperations,
    ...workOperations,
    ...healthOperations(parts.draining),
    ...metricsOperations(parts.metrics, parts.metricsToken),
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
    for (const [name, value] of Object.entries(request.rateLimit)) c.res.headers.set(name, value);
    logger.info({
      request_id: request.requestId,
      correlation_id: request.correlationId,
      org_id: request.identity?.orgId ?? null,
      method: c.req.method,
      path: request.path,
      status: c.res.status,
      latency_ms: Math.round((now() - request.startedAt) * 10) / 10,
      token_hash_prefix: (request.identity ?? request.person)?.tokenHashPrefix ?? null,
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
      allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowHeaders: [
        'Authorization',
        'Content-Type',
        'Idempotency-Key',
        'If-None-Match',
        'X-Correlation-Id',
        'X-Org-Id',
        'X-Psephos-Key',
        'X-Psephos-Signature',
        'X-Psephos-Timestamp',
        'X-Request-Id',
      ],
      exposeHeaders: [
        'ETag',
        'Location',
        'Retry-After',
        'X-Correlation-Id',
        'X-Next-Cursor',
        'X-RateLimit-Limit',
        'X-RateLimit-Remaining',
        'X-RateLimit-Reset',
        'X-Request-Id',
        'X-Server-Time',
        'Idempotency-Replayed',
      ],
      maxAge: CORS_MAX_AGE_SECONDS,
    }),
  );
}

/** For people who mistyped an address; programs get the shape of all errors. */
const NOWHERE =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
  '<title>Not found – Psephos</title><link rel="stylesheet" href="/docs/style.css"></head><body><main>' +
  '<h1>There is nothing at this address</h1><ul><li><a href="/">Join a meeting</a></li>' +
  '<li><a href="/moderate">Lead a meeting</a></li><li><a href="/docs">The API</a></li></ul></main></body></html>';

function useFailures(app: Hono<HttpEnv>, logger: Logger): void {
  app.notFound((c) => {
    const byPerson = c.req.method === 'GET' && c.req.header('accept')?.includes('text/html') === true;
    if (byPerson && !c.req.path.startsWith('/v1/')) return c.html(NOWHERE, 404);
    return respondFailure(c, { kind: 'not_found', message: 'There is nothing at this address. See /docs.' });
  });
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
  if (parts.pages !== undefined) usePagePolicy(app, parts.pages, parts.socketUrl);
  useEdgeRules(app, parts.origins);
  useFailures(app, parts.logger);
  const operations = allOperations(parts);
  for (const op of operations) {
    app.on(op.method.toUpperCase(), op.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) =>
      respond(c, op, await perform(op, c, parts)),
    );
  }
  if (parts.pages !== undefined) serveStaticPages(app, parts.pages);
  servePages(app, openApiDocument(operations), parts.asyncApi);
  return app;
}
