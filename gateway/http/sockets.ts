import { socketAddress, socketTicket } from '../../protocol/meetings.ts';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import { type Operation, operation, replyWith } from './operation.ts';

/** The host name by which a caller came -> the address at which it finds the socket. */
export type SocketUrl = (host: string) => string;

export function socketOperations(socketUrl: SocketUrl): readonly Operation[] {
  return [
    operation({
      id: 'getSocket',
      method: 'get',
      path: '/v1/socket',
      tag: 'Socket',
      summary: 'Where is the socket?',
      permission: null,
      success: { 200: { description: 'Its address and subprotocol.', schema: socketAddress } },
      failures: [],
      handle: async ({ host }) => {
        return { ok: true, value: { status: 200, body: { url: socketUrl(host), subprotocol: SUBPROTOCOL } } };
      },
    }),
    operation({
      id: 'createSocketTicket',
      method: 'post',
      path: '/v1/socket-tickets',
      tag: 'Socket',
      summary: 'Get a one-time ticket for the socket',
      description: 'Send it in the first frame, so that no secret stands in an address. It works once, for 30 seconds.',
      permission: 'sockets.connect',
      fresh: true,
      secret: true,
      success: { 201: { description: 'The ticket.', schema: socketTicket } },
      failures: ['rate_limited', 'database_away'],
      handle: async ({ engine, identity }) => {
        return replyWith(await engine.accounts.issueSocketTicket(identity), ({ ticket, expiresAt }) => ({
          status: 201,
          body: { ticket, expires_at: expiresAt.toISOString() },
        }));
      },
    }),
  ];
}
