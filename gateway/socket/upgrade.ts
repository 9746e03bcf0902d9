import type { HttpRequest, HttpResponse, us_socket_context_t } from 'uWebSockets.js';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import type { Attached } from './connection.ts';

/** Answers what is no upgrade of ours. The connection ends: this port parses as little HTTP as it can. */
export function refuseUpgrade(response: HttpResponse, message: string): void {
  response.cork(() => {
    response
      .writeStatus('426 Upgrade Required')
      .writeHeader('Upgrade', 'websocket')
      .writeHeader('Sec-WebSocket-Protocol', SUBPROTOCOL)
      .writeHeader('Content-Type', 'text/plain; charset=utf-8')
      .end(`${message}\n`, true);
  });
}

function speaksOurs(offered: string): boolean {
  return offered.split(',').some((name) => name.trim() === SUBPROTOCOL);
}

/**
 * Upgrades a connection that offers the subprotocol and comes from an allowed origin. Browsers always send their
 * origin; who sends none is no browser, and needs a ticket or key all the same.
 */
export function upgrade(
  response: HttpResponse,
  request: HttpRequest,
  context: us_socket_context_t,
  origins: ReadonlySet<string>,
  attach: () => Attached | null,
): void {
  if (!speaksOurs(request.getHeader('sec-websocket-protocol'))) {
    refuseUpgrade(response, `Connect with the WebSocket subprotocol ${SUBPROTOCOL}.`);
    return;
  }
  const origin = request.getHeader('origin');
  if (origin !== '' && !origins.has(origin)) {
    refuseUpgrade(response, 'Pages of this origin may not connect here.');
    return;
  }
  const attached = attach();
  if (attached === null) {
    refuseUpgrade(response, 'This gateway is stopping. Connect again.');
    return;
  }
  response.upgrade<Attached>(
    attached,
    request.getHeader('sec-websocket-key'),
    SUBPROTOCOL,
    request.getHeader('sec-websocket-extensions'),
    context,
  );
}
