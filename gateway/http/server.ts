import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Engine } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { type AddressReader, addressReader } from '../auth/client-address.ts';
import { createIdentities, type Identities } from '../auth/identities.ts';
import { createRateLimits } from '../auth/rate-limits.ts';
import type { SocketDocument } from '../docs/messages.ts';
import { type RequestProblem, toHttpError } from '../errors.ts';
import type { Logger } from '../logging.ts';
import { createMetrics } from '../metrics.ts';
import { createAdmission } from './admission.ts';
import { createApp } from './app.ts';
import { newRequestContext } from './context.ts';
import type { SocketUrl } from './sockets.ts';
import { readStaticPages } from './static-pages.ts';

/** Longer than the 60 s after which usual proxies drop an idle connection, so that they never meet a closing one. */
const KEEP_ALIVE_MS = 65_000;

/** Half of what stopping may take: the other half is for the sockets before and the engine after. */
const DRAIN_MAX_MS = limits.drainMs / 2;

export interface HttpSettings {
  /** pages of these origins may call from a browser */
  readonly origins: readonly string[];
  /** the folder with the built pages; none: the API alone */
  readonly pagesFolder?: string | undefined;
  /** where people find the pages */
  readonly publicUrl?: string | undefined;
  /** mails that wait may be read on this machine */
  readonly outbox?: boolean | undefined;
  /** who may read /metrics from another machine */
  readonly metricsToken?: string | undefined;
  readonly requestTimeoutMs?: number;
  readonly requestsInWork?: number;
}

export interface Http {
  /** Rejects with an Error for people if the port cannot be had. Port 0 takes any free one. */
  listen(host: string, port: number): Promise<{ readonly port: number }>;
  /** Takes no new connection, finishes what is in work, ends the connections. Never rejects. */
  drain(): Promise<void>;
}

/** What was no HTTP at all is answered in the shape of all errors too, then the connection ends. */
function answerBadHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problems: Readonly<Record<string, RequestProblem>> = {
    HPE_HEADER_OVERFLOW: 'headers_too_large',
    ERR_HTTP_REQUEST_TIMEOUT: 'body_too_slow',
  };
  const kind = problems[error.code ?? ''] ?? 'bad_http';
  const message = {
    headers_too_large: 'The headers are larger than 16 KiB. Send fewer or shorter ones.',
    body_too_slow: 'The request did not arrive in time. Send it again.',
    bad_http: 'This is not a request in HTTP/1.1.',
  }[kind as 'headers_too_large' | 'body_too_slow' | 'bad_http'];
  const { requestId } = newRequestContext(() => undefined, 0);
  const { status, body } = toHttpError({ kind, message }, requestId, new Date());
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Error\r\nContent-Type: application/json\r\nX-Request-Id: ${requestId}\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `Port ${port} is in use by another program. Stop that program, or choose another port with --port.`,
    );
  }
  if (error.code === 'EACCES') {
    return new Error(`You may not use port ${port}. Choose one above 1023 with --port.`);
  }
  return new Error(`Cannot listen on ${host}, port ${port}: ${error.message}. Choose another port with --port.`);
}

function listenOn(server: Server, host: string, port: number): Promise<{ readonly port: number }> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve({ port: (server.address() as AddressInfo).port });
    });
  });
}

/** HTTP over node:http. (uWebSockets.js serves sockets only: its HTTP parser lets requests be smuggled.) */
export function createHttp(parts: {
  readonly engine: Engine;
  readonly settings: HttpSettings;
  readonly logger: Logger;
  readonly socketUrl: SocketUrl;
  readonly asyncApi: SocketDocument;
  /** shared with the sockets, so that both forget at once */
  readonly identities?: Identities | undefined;
  /** who calls, where a proxy stands in front */
  readonly addressOf?: AddressReader | undefined;
}): Http {
  const { engine, settings, logger, socketUrl, asyncApi } = parts;
  const requestTimeoutMs = settings.requestTimeoutMs ?? limits.requestTimeoutMs;
  const admission = createAdmission(settings.requestsInWork ?? limits.httpInWorkMaxRequests);
  let draining = false;
  const app = createApp({
    engine,
    logger,
    admission,
    identities: parts.identities ?? createIdentities(engine.accounts),
    rateLimits: createRateLimits(engine.attempts),
    addressOf: parts.addressOf ?? addressReader(),
    origins: settings.origins,
    publicUrl: settings.publicUrl,
    socketUrl,
    asyncApi,
    outbox: settings.outbox,
    metrics: createMetrics(engine),
    metricsToken: settings.metricsToken,
    pages: settings.pagesFolder === undefined ? undefined : readStaticPages(settings.pagesFolder),
    requestTimeoutMs,
    draining: () => draining,
  });
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: requestTimeoutMs, requestTimeout: 2 * requestTimeoutMs },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  server.on('clientError', answerBadHttp);

  return {
    listen: (host, port) => listenOn(server, host, port),
    async drain() {
      draining = true;
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const stuck = setTimeout(() => server.closeAllConnections(), Math.min(requestTimeoutMs, DRAIN_MAX_MS));
      await Promise.race([admission.idle(), closed]);
      // Answers that are on their way out get one turn of the loop; idle connections end at once.
      await new Promise((resolve) => setImmediate(resolve));
      server.closeIdleConnections();
      await closed;
      clearTimeout(stuck);
    },
  };
}
