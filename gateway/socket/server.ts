import type { TemplatedApp, us_listen_socket, WebSocketBehavior } from 'uWebSockets.js';
import { App, DISABLED, us_listen_socket_close, us_socket_local_port } from 'uWebSockets.js';
import type { Engine } from '../../engine/index.ts';
import { type AddressReader, addressReader, networkOf } from '../auth/client-address.ts';
import { createIdentities, type Identities } from '../auth/identities.ts';
import type { Logger } from '../logging.ts';
import { Attendance } from './attendance.ts';
import { type Attached, CLOSE, Connection } from './connection.ts';
import { dispatch } from './dispatch.ts';
import { Fanout } from './fanout.ts';
import { Gate } from './gate.ts';
import { Heartbeat } from './heartbeat.ts';
import { type SocketLimits, socketLimits } from './limits.ts';
import { Outbox } from './outbox.ts';
import { Places } from './places.ts';
import { type Doorway, type NoRoom, refuseUpgrade, upgrade } from './upgrade.ts';

export interface SocketServerOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  /** pages of these origins may connect; who sends no Origin is no browser and may */
  readonly origins: readonly string[];
  /** shared with HTTP, so that both forget at once */
  readonly identities?: Identities | undefined;
  /** who connects, where a proxy stands in front */
  readonly addressOf?: AddressReader | undefined;
  /** other bounds */
  readonly limits?: Partial<SocketLimits>;
}

/** Counters since the start, and what there is now. */
export interface SocketStats {
  readonly connections: number;
  readonly requestsInWork: number;
  readonly topics: number;
  readonly frames: number;
  readonly casts: number;
  readonly refused: number;
}

export interface SocketServer {
  /** Port 0 takes any free one. Rejects with an Error for people if the port cannot be had. */
  listen(host: string, port: number): Promise<{ readonly port: number }>;
  /**
   * Takes no more connections, answers new frames with LOAD_001, lets accepted ones finish (at most 3 s), then ends
   * every connection with code 1012. Never rejects.
   */
  drain(): Promise<void>;
  stats(): SocketStats;
}

/** LIBUS_LISTEN_EXCLUSIVE_PORT, which the package's types do not name. By default two processes would share a port. */
const EXCLUSIVE_PORT = 1;

/** listen() takes options behind the port too; the package's types leave that form out. */
type ListenExclusively = (
  host: string,
  port: number,
  options: number,
  done: (socket: us_listen_socket | false) => void,
) => TemplatedApp;

/** The socket: one uWebSockets.js app on a port of its own. Without TLS: a proxy in front ends it. */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { engine, logger } = options;
  const limits: SocketLimits = { ...socketLimits, ...options.limits };
  const app = App();
  const outbox = new Outbox(limits);
  const report = (error: unknown) => logger.error({ err: error, path: 'socket topics' }, 'a topic failed by a bug');
  const fanout = new Fanout({ engine, limits, outbox, report, send: (key, text) => app.publish(key, text) });
  const gate = new Gate({
    engine,
    identities: options.identities ?? createIdentities(engine.accounts),
    logger,
    limits,
    outbox,
    fanout,
  });
  const heartbeat = new Heartbeat(
    limits,
    (connection) => connection.socket?.end(CLOSE.policy, 'hello expected'),
    () => {
      gate.second += 1;
      fanout.sweep();
      attendance.tick();
    },
  );
  const attendance = new Attendance(engine, () => heartbeat.all(), report);
  const doorway = { origins: new Set(options.origins), addressOf: options.addressOf ?? addressReader() };
  app.ws('/*', behaviour(gate, heartbeat, doorway));
  app.any('/*', (response) => refuseUpgrade(response, 'This port takes WebSocket connections only.'));
  let listening: us_listen_socket | undefined;
  let drained: Promise<void> | undefined;

  async function drain(): Promise<void> {
    gate.draining = true;
    if (listening !== undefined) us_listen_socket_close(listening);
    await finished(gate);
    heartbeat.stop();
    gate.access.stop();
    fanout.stop();
    for (const connection of [...heartbeat.all()]) gate.dismiss(connection, CLOSE.restarting, 'restarting');
    await attendance.leave();
  }

  return {
    async listen(host, port) {
      listening = await listenOn(app, host, port);
      return { port: us_socket_local_port(listening) };
    },
    drain() {
      drained ??= drain();
      return drained;
    },
    stats: () => ({
      connections: heartbeat.size,
      requestsInWork: gate.inWork,
      topics: fanout.size,
      frames: gate.frames,
      casts: gate.casts,
      refused: gate.refused,
    }),
  };
}

function behaviour(gate: Gate, heartbeat: Heartbeat, doorway: Doorway): WebSocketBehavior<Attached> {
  const { limits, outbox, fanout, logger } = gate;
  const places = new Places(limits);
  let connections = 0;
  const attach = (address: string): Attached | NoRoom => {
    if (gate.draining) return 'draining';
    const place = places.take(networkOf(address));
    if (typeof place === 'string') return place;
    connections += 1;
    return { connection: new Connection(connections, limits.framesBeforeHello, place) };
  };
  return {
    compression: DISABLED, // frames are small, and a compressor costs each connection tens of KB
    maxPayloadLength: limits.frameMaxBytes,
    maxBackpressure: limits.topicBacklogBytes,
    closeOnBackpressureLimit: false,
    idleTimeout: limits.idleSeconds,
    sendPingsAutomatically: false, // its own are sent 16 s before the idle timeout: too late for many proxies
    upgrade: (response, request, context) => upgrade(response, request, context, doorway, attach),
    open(socket) {
      const { connection } = socket.getUserData();
      connection.socket = socket;
      heartbeat.add(connection);
    },
    message: (socket, data, isBinary) => dispatch(gate, socket.getUserData().connection, data, isBinary),
    dropped(socket, data) {
      // replies look for room first and wait on our side, so that what is dropped is nearly always a topic's message
      if (data.byteLength > 0) socket.getUserData().connection.behind = true;
    },
    drain(socket) {
      const { connection } = socket.getUserData();
      if (outbox.flush(connection) && connection.behind) fanout.catchUp(connection);
    },
    subscription: (_socket, key, count) => fanout.watched(Buffer.from(key).toString(), count),
    close(socket, code) {
      const { connection } = socket.getUserData();
      connection.socket = undefined;
      connection.waiting = [];
      heartbeat.remove(connection);
      gate.access.leave(connection);
      places.leave(connection.place);
      logger.debug({
        request_id: `socket-${connection.number}`,
        path: 'socket close',
        org_id: connection.identity?.orgId ?? null,
        status: code,
        latency_ms: Math.round(performance.now() - connection.openedAtMs),
        token_hash_prefix: connection.identity?.tokenHashPrefix ?? null,
        casts: connection.casts,
        refused: connection.refused,
      });
    },
  };
}

function listenOn(app: TemplatedApp, host: string, port: number): Promise<us_listen_socket> {
  return new Promise((resolve, reject) => {
    (app.listen as unknown as ListenExclusively).call(app, host, port, EXCLUSIVE_PORT, (socket) => {
      if (socket) resolve(socket);
      else {
        reject(
          new Error(
            `Cannot listen on ${host}, port ${port} for sockets: it is in use or not allowed. ` +
              'Choose another port with --ws-port.',
          ),
        );
      }
    });
  });
}

/** Resolves when nothing is in work any more, or after the time that a drain may take. */
function finished(gate: Gate): Promise<void> {
  if (gate.inWork === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, gate.limits.drainMs);
    gate.idle = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
