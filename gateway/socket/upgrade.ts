import type { HttpRequest, HttpResponse, us_socket_context_t } from 'uWebSockets.js';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import type { AddressReader } from '../auth/client-address.ts';
import type { Attached } from './connection.ts';

/** Who may come in. */
export interface Doorway {
  readonly origins: ReadonlySet<string>;
  readonly addressOf: AddressReader;
}

/** Why nobody comes in at this moment. */
export type NoRoom = 'draining' | 'full' | 'address full';

const NO_ROOM: Readonly<Record<NoRoom, string>> = {
  draining: 'This gateway is stopping. Connect again.',
  full: 'This gateway holds as many connections as it may. Connect again in a moment.',
  'address full': 'There are as many connections from your address as there may be. Close some first.',
};

/** Proxies and load generators come again by themselves. */
const RETRY_SECONDS = '2';

function refuseForRoom(response: HttpResponse, reason: NoRoom): void {
  response.cork(() => {
    response
      .writeStatus(reason === 'address full' ? '429 Too Many Requests' : '503 Service Unavailable')
      .writeHeader('Retry-After', RETRY_SECONDS)
      .writeHeader('Content-Type', 'text/plain; charset=utf-8')
      .end(`${NO_ROOM[reason]}\n`, true);
  });
}

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
  { origins, addressOf }: Doorway,
  attach: (address: string) => Attached | NoRoom,
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
  const remote = Buffer.from(response.getRemoteAddressAsText()).toString();
  const attached = attach(addressOf(remote, request.getHeader('x-forwarded-for') || undefined));
  if (typeof attached === 'string') {
    refuseForRoom(response, attached);
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
