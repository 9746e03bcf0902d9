import type { Engine } from '../engine/index.ts';
import { addressReader } from './auth/client-address.ts';
import { createIdentities } from './auth/identities.ts';
import { createHttp } from './http/server.ts';
import type { Logger } from './logging.ts';
import { asyncApiDocument } from './socket/asyncapi.ts';
import type { SocketLimits } from './socket/limits.ts';
import { createSocketServer } from './socket/server.ts';

/** Where a gateway listens and how it is reached. */
export interface GatewaySettings {
  readonly host: string;
  /** 0 takes any free port */
  readonly port: number;
  readonly socketPort: number;
  /** pages of these origins may call and connect from a browser */
  readonly origins: readonly string[];
  /** the socket's address for clients where a proxy stands in front; else it is made from the caller's host name */
  readonly publicSocketUrl?: string | undefined;
  /** the folder with the built pages; none: the API alone */
  readonly pagesFolder?: string | undefined;
  /** where people find the pages */
  readonly publicUrl?: string | undefined;
  /** which proxies may name the caller's address: their number, or their networks; none: nobody may */
  readonly trustedProxies?: string | undefined;
  /** other bounds for sockets */
  readonly socketLimits?: Partial<SocketLimits> | undefined;
  /** mails that wait may be read on this machine */
  readonly outbox?: boolean | undefined;
  /** who may read /metrics from another machine */
  readonly metricsToken?: string | undefined;
}

interface GatewayParts {
  readonly engine: Engine;
  readonly logger: Logger;
}

export interface Gateway {
  readonly port: number;
  readonly socketPort: number;
  /**
   * Sockets take no more frames, accepted ones are answered, HTTP finishes what is in work, then the engine closes.
   * Whoever started the database stops it afterwards.
   */
  drain(): Promise<void>;
}

/** IPv6 addresses stand in brackets within an address. */
function hostInUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/**
 * Joins engine, HTTP and sockets into one process. Several of them on one database give one truth.
 * @throws an Error for people if a port cannot be had; nothing listens then, and the engine is left to the caller
 */
export async function startGateway(settings: GatewaySettings, { engine, logger }: GatewayParts): Promise<Gateway> {
  const { origins, publicSocketUrl } = settings;
  const identities = createIdentities(engine.accounts);
  const addressOf = addressReader(settings.trustedProxies);
  const sockets = createSocketServer({
    ...{ engine, logger, origins, identities, addressOf },
    limits: settings.socketLimits ?? {},
  });
  const giveUp = async (error: unknown): Promise<never> => {
    await sockets.drain(); // its timers would keep the process alive
    throw error;
  };
  const { port: socketPort } = await sockets.listen(settings.host, settings.socketPort).catch(giveUp);
  const http = createHttp({
    engine,
    logger,
    settings: {
      origins,
      pagesFolder: settings.pagesFolder,
      publicUrl: settings.publicUrl,
      outbox: settings.outbox,
      metricsToken: settings.metricsToken,
    },
    socketUrl: (host) => publicSocketUrl ?? `ws://${hostInUrl(host)}:${socketPort}`,
    asyncApi: asyncApiDocument(),
    identities,
    addressOf,
  });
  const { port } = await http.listen(settings.host, settings.port).catch(giveUp);
  let drained: Promise<void> | undefined;
  const drain = async () => {
    await Promise.all([sockets.drain(), http.drain()]);
    await engine.close();
  };
  return {
    port,
    socketPort,
    drain() {
      drained ??= drain();
      return drained;
    },
  };
}
