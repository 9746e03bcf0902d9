import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Engine } from '../engine/index.ts';

/** Where a process of workers says how it is, on this machine alone. */
export interface Monitor {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  stop(): Promise<void>;
}

const WAITING = 'The store of jobs cannot be reached yet: the log says what is waited for.';

/**
 * /health: the process is alive; /ready: its database answers and is of its version, and jobs are worked on; /metrics: the process's own figures
 * (what waits in the queues is on the gateway's /metrics).
 * @throws where the port cannot be had
 */
export async function startMonitor(
  engine: Pick<Engine, 'ready'>,
  port: number,
  atWork: () => boolean,
): Promise<Monitor> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, labels: { process: 'workers' } });
  const answers: Readonly<Record<string, () => Promise<readonly [number, string, string]>>> = {
    '/health': async () => [200, 'application/json', JSON.stringify({ status: 'live' })],
    '/ready': async () => {
      if (!atWork()) return [503, 'application/json', JSON.stringify({ status: 'away', message: WAITING })];
      const ready = await engine.ready();
      const body = ready.ok ? { status: 'ready', ...ready.value } : { status: 'away', message: ready.failure.message };
      return [ready.ok ? 200 : 503, 'application/json', JSON.stringify(body)];
    },
    '/metrics': async () => [200, registry.contentType, await registry.metrics()],
  };
  const server = createServer((request, response) => {
    const answer = request.method === 'GET' ? answers[request.url ?? ''] : undefined;
    if (answer === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /health, /ready or /metrics\n');
      return;
    }
    answer().then(
      ([status, type, text]) => response.writeHead(status, { 'content-type': type }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
