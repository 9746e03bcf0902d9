import { freePort, startServerProcess, steadyPort } from './server-process.ts';
import { toxiproxyProgram } from './tools.ts';

/** One proxied TCP address. */
export interface FaultyProxy {
  /** on 127.0.0.1, stays the same over cuts */
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Connections stay open but nothing passes in either direction any more: neither side is told. */
  halfOpen(): Promise<void>;
  /** Takes every fault back. Connections that were half-open are ended. */
  restore(): Promise<void>;
}

export interface Toxiproxy {
  /** @param upstream `host:port` */
  createProxy(name: string, upstream: string): Promise<FaultyProxy>;
  stop(): Promise<void>;
}

/** Starts a toxiproxy server, or uses the running one at TOXIPROXY_URL (http://host:8474 on this machine). */
export async function startToxiproxy(): Promise<Toxiproxy> {
  const running = process.env.TOXIPROXY_URL;
  if (running) return withApi(running, async () => {});
  const port = await freePort();
  const server = await startServerProcess(
    await toxiproxyProgram(),
    ['-host', '127.0.0.1', '-port', String(port)],
    port,
  );
  return withApi(`http://127.0.0.1:${port}`, () => server.stop());
}

function withApi(base: string, stop: () => Promise<void>): Toxiproxy {
  async function call(method: string, path: string, body?: unknown): Promise<void> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(new URL(path, base), init);
    if (!response.ok) throw new Error(`toxiproxy ${method} ${path}: ${response.status} ${await response.text()}`);
  }
  return {
    stop,
    async createProxy(name, upstream) {
      const port = await steadyPort();
      const path = `/proxies/${encodeURIComponent(name)}`;
      await call('POST', '/proxies', { name, listen: `127.0.0.1:${port}`, upstream, enabled: true });
      const streams = ['upstream', 'downstream'] as const;
      let frozen = false;
      return {
        port,
        cut: () => call('POST', path, { enabled: false }),
        async halfOpen() {
          if (frozen) return;
          frozen = true;
          // timeout 0: data is held back and the connection is not closed until the toxic goes
          for (const stream of streams) {
            await call('POST', `${path}/toxics`, { name: stream, type: 'timeout', stream, attributes: { timeout: 0 } });
          }
        },
        async restore() {
          if (frozen) for (const stream of streams) await call('DELETE', `${path}/toxics/${stream}`);
          frozen = false;
          await call('POST', path, { enabled: true });
        },
      };
    },
  };
}
