import { PsephosClient } from '../../client/index.ts';
import { PlainWebSocket } from '../plain-websocket.ts';

/** Where everybody votes and watches, and with which key. */
export interface SocketAddress {
  readonly wsUrl: string;
  readonly apiKey: string;
}

/** Of sockets that are opened at the same moment: a thousand at once would be a flood of its own. */
const OPENING_AT_ONCE = 50;

/** One socket, opened again whenever it ends. Without httpUrl: what does not go through the socket does not go. */
export function openSocket({ wsUrl, apiKey }: SocketAddress): Promise<PsephosClient> {
  return PsephosClient.connect({ wsUrl, auth: { apiKey }, WebSocket: PlainWebSocket });
}

/** Opens `count` sockets, a few at a time. @throws PsephosError when one of them cannot be had */
export async function openSockets(address: SocketAddress, count: number): Promise<PsephosClient[]> {
  const sockets: PsephosClient[] = [];
  const opener = async () => {
    while (started < count) {
      started += 1;
      sockets.push(await openSocket(address));
    }
  };
  let started = 0;
  try {
    await Promise.all(Array.from({ length: OPENING_AT_ONCE }, opener));
    return sockets;
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
}
