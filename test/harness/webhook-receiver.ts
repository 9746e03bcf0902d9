import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';

export interface ReceivedEvent {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
  readonly json: any;
}

/** How the receiver answers; a number is a status. */
type Answering = number | ((event: ReceivedEvent, response: ServerResponse) => unknown);

/** A real HTTP server of this machine that keeps what it is posted. Closed after the file. */
export async function startReceiver(port = 0) {
  const received: ReceivedEvent[] = [];
  let answering: Answering = 204;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const event = { headers: request.headers, body, json: JSON.parse(body) };
    received.push(event);
    if (typeof answering === 'number') response.writeHead(answering).end();
    else await answering(event, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  afterAll(stop);
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}/hooks`,
    received,
    kinds: () => received.map(({ json }) => json.event as string),
    answers(next: Answering) {
      answering = next;
    },
    stop,
  };
}

/** Waits for something to become so. */
export async function until(met: () => boolean | Promise<boolean>, what = 'it', withinMs = 15_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await met())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(10);
  }
}
