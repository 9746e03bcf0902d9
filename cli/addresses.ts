import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { StartProblem } from '../sql/embedded/index.ts';
import type { Settings } from './settings.ts';

type NetworkSettings = Pick<Settings, 'HOST' | 'PUBLIC_URL' | 'PUBLIC_WS_URL' | 'ORIGINS'>;

/** Hosts that listen on every network. */
const EVERYWHERE = ['0.0.0.0', '::'];

/** Where people and programs find this Psephos. */
export interface Addresses {
  /** for a person at this machine, or the public one where a proxy stands in front; no slash at the end */
  readonly httpUrl: string;
  readonly wsUrl: string;
  /** further ones of this machine, for people in the same network */
  readonly others: readonly string[];
}

export function addressesOf(settings: NetworkSettings, port: number, socketPort: number): Addresses {
  const { HOST, PUBLIC_URL, PUBLIC_WS_URL } = settings;
  const host = EVERYWHERE.includes(HOST) ? 'localhost' : inUrl(HOST);
  return {
    httpUrl: PUBLIC_URL?.replace(/\/$/, '') ?? `http://${host}:${port}`,
    wsUrl: PUBLIC_WS_URL ?? `ws://${host}:${socketPort}`,
    others: EVERYWHERE.includes(HOST) ? ownAddresses().map((address) => `http://${inUrl(address)}:${port}`) : [],
  };
}

/** Pages that may call and connect: those that ORIGINS names, else our own, by every name that this machine has. */
export function originsOf(settings: NetworkSettings, port: number): readonly string[] {
  if (settings.ORIGINS !== undefined) return settings.ORIGINS;
  const { httpUrl, others } = addressesOf(settings, port, 0);
  const here = ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${port}`);
  return [...new Set([new URL(httpUrl).origin, ...others, ...here])];
}

/**
 * The port itself, or a free one for 0: our own origin has to be known before anything listens.
 * @throws StartProblem when the host is none of this machine's
 */
export async function choosePort(host: string, wanted: number): Promise<number> {
  if (wanted !== 0) return wanted;
  const probe = createServer().listen(0, host);
  await once(probe, 'listening').catch((error: Error) => {
    throw new StartProblem(`HOST=${host}: cannot listen there (${error.message}); example: HOST=127.0.0.1`);
  });
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : wanted;
}

function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}

/** IPv6 addresses stand in brackets within an address. */
function inUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
