import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll } from 'vitest';

/** Messages that clients of one name have sent. A round trip of the extended protocol ends with one Sync. */
export interface Exchanges {
  readonly parse: number;
  readonly bind: number;
  readonly execute: number;
  readonly sync: number;
  /** statements of the simple protocol */
  readonly query: number;
}

export interface WireCounter {
  /** the database behind the counter */
  readonly url: string;
  /** since the last reset, of connections with this application_name */
  exchanges(applicationName: string): Exchanges;
  reset(): void;
}

const MESSAGES = { P: 'parse', B: 'bind', E: 'execute', S: 'sync', Q: 'query' } as const;
const HEADER_BYTES = 5;

/** A TCP proxy before PostgreSQL that counts what clients say, by reading the frames of the frontend protocol. */
export async function startWireCounter(databaseUrl: string): Promise<WireCounter> {
  const target = new URL(databaseUrl);
  const counts = new Map<string, Record<keyof Exchanges, number>>();
  const none = () => ({ parse: 0, bind: 0, execute: 0, sync: 0, query: 0 });
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const count = frameReader((name, type) => {
      const message = MESSAGES[type as keyof typeof MESSAGES];
      if (message === undefined) return;
      const own = counts.get(name) ?? none();
      own[message] += 1;
      counts.set(name, own);
    });
    client.on('data', (chunk) => {
      count(chunk);
      upstream.write(chunk);
    });
    upstream.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    exchanges: (name) => ({ ...none(), ...counts.get(name) }),
    reset: () => counts.clear(),
  };
}

/** Cuts one connection's bytes into messages: first the start-up packet, which has no type, then typed ones. */
function frameReader(told: (applicationName: string, type: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let name: string | undefined;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = name === undefined ? HEADER_BYTES - 1 : HEADER_BYTES;
      if (rest.length < header) return;
      const length = rest.readInt32BE(header - 4) + header - 4;
      if (rest.length < length) return;
      const frame = rest.subarray(0, length);
      rest = rest.subarray(length);
      if (name === undefined) name = applicationNameOf(frame);
      else told(name, String.fromCharCode(frame[0] ?? 0));
    }
  };
}

function applicationNameOf(startup: Buffer): string {
  const fields = startup.toString('utf8', 8).split('\0');
  return fields[fields.indexOf('application_name') + 1] ?? '';
}
