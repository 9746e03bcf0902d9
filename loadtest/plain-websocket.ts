import WebSocket from 'ws';
import type { SocketConstructor } from '../client/index.ts';

/** Without compression: frames are small, and a compressor per socket costs more memory than the socket. */
class UncompressedWebSocket extends WebSocket {
  constructor(url: string, protocols: string) {
    super(url, protocols, { perMessageDeflate: false });
  }
}

/** The WebSocket of load generators: half the work of the platform's own. */
export const PlainWebSocket = UncompressedWebSocket as unknown as SocketConstructor;
