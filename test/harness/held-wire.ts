import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll } from 'vitest';

export interface HeldWire {
  /** the database behind the wire */
  readonly url: string;
  /** the server's sides of connections that are open: `client_port` in pg_stat_activity */
  ports(): number[];
  /** From now on a greeting ("ready for a query") waits until the server hangs up, and arrives in one packet with its last words. */
  hold(): void;
  /** greetings that wait; the server's sides */
  held(): number[];
  /** New connections pass as before. */
  pass(): void;
}

/** ReadyForQuery outside a transaction, with which the greeting ends. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** A TCP proxy before PostgreSQL, for the moment between "connected" and "in somebody's hands". */
export async function startHeldWire(databaseUrl: string): Promise<HeldWire> {
  const target = new URL(databaseUrl);
  const open = new Map<Socket, { held: Buffer[] | null }>();
  let holding = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const state = { held: null as Buffer[] | null };
    let greeted = false;
    open.set(upstream, state);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      if (holding && !greeted && chunk.subarray(-READY.length).equals(READY)) state.held = [];
      greeted ||= chunk.subarray(-READY.length).equals(READY);
      if (state.held === null) client.write(chunk);
      else state.held.push(chunk);
    });
    upstream.on('end', () => client.end(Buffer.concat(state.held ?? [])));
    upstream.on('close', () => open.delete(upstream));
    client.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    for (const upstream of open.keys()) upstream.destroy();
    server.close();
  });
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);
  const portsWhere = (wanted: (held: boolean) => boolean) =>
    [...open].filter(([, { held }]) => wanted(held !== null)).flatMap(([{ localPort }]) => localPort ?? []);
  return {
    url: url.href,
    ports: () => portsWhere(() => true),
    hold: () => {
      holding = true;
    },
    held: () => portsWhere((held) => held),
    pass: () => {
      holding = false;
    },
  };
}
