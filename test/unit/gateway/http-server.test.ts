import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { Engine } from '../../../engine/index.ts';
import { accept } from '../../../engine/outcome.ts';
import { createHttp, type Http } from '../../../gateway/http/server.ts';
import { createLogger } from '../../../gateway/logging.ts';
import { errorBody } from '../../../protocol/errors.ts';
import { asyncApi } from './http-calls.ts';
import { ELECTION, election, stubEngine } from './stub-engine.ts';

const HOST = '127.0.0.1';
const running: Http[] = [];
afterEach(() => Promise.all(running.splice(0).map((http) => http.drain())));

function serve(engine: Engine = stubEngine(), requestTimeoutMs = 500): Http {
  const http = createHttp({
    engine,
    settings: { origins: [], requestTimeoutMs },
    logger: createLogger({ level: 'silent' }),
    socketUrl: (host) => `ws://${host}:1`,
    asyncApi,
  });
  running.push(http);
  return http;
}

/** Bytes in, everything that comes back until the server ends the connection. */
function exchange(port: number, ...sent: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, HOST);
    let received = '';
    socket.on('data', (data) => {
      received += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    for (const part of sent) socket.write(part);
  });
}

const bodyOf = (answer: string) => errorBody.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)));

test('a port in use is said in words, with the flag that helps', async () => {
  const { port } = await serve().listen(HOST, 0);
  await expect(serve().listen(HOST, port)).rejects.toThrow(
    `Port ${port} is in use by another program. Stop that program, or choose another port with --port.`,
  );
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ['a length and chunks', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ['an empty header name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n', 400],
  ['huge headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is answered in the shape of all errors', async (_name, sent, status) => {
  const { port } = await serve().listen(HOST, 0);
  const answer = await exchange(port, sent);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(bodyOf(answer).error_code).toBe('VALIDATION_001');
});

test('a body that does not come is given up in time, and its connection ended', async () => {
  const { port } = await serve(stubEngine(), 100).listen(HOST, 0);
  const head =
    'POST /v1/meetings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nContent-Type: application/json\r\n';
  const answer = await exchange(port, `${head}Content-Length: 20\r\n\r\n{"title":`);
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(bodyOf(answer).message).toContain('did not arrive in time');
});

test('a body larger than allowed is refused without being read', async () => {
  const { port } = await serve().listen(HOST, 0);
  const head =
    'POST /v1/meetings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nContent-Type: application/json\r\n';
  const answer = await exchange(port, `${head}Content-Length: 9000000\r\n\r\n{`);
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  const chunk = 'x'.repeat(100_000);
  const chunks = Array.from({ length: 4 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  expect(await exchange(port, `${head}Transfer-Encoding: chunked\r\n\r\n`, ...chunks)).toMatch(/^HTTP\/1.1 413 /);
});

test('draining finishes what is in work, takes nothing new, and ends idle connections', async () => {
  const started = Promise.withResolvers<void>();
  const get = async () => {
    started.resolve();
    await sleep(50);
    return accept(election);
  };
  const http = serve(stubEngine({ elections: { get } }));
  const { port } = await http.listen(HOST, 0);
  const idle = exchange(port, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  const inWork = fetch(`http://${HOST}:${port}/v1/elections/${ELECTION}`, {
    headers: { authorization: 'Bearer admin' },
  });
  await started.promise;
  const from = performance.now();
  await http.drain();
  expect(performance.now() - from).toBeLessThan(400);
  expect((await inWork).status).toBe(200);
  expect(await idle).toContain('200 OK');
  await expect(fetch(`http://${HOST}:${port}/health`)).rejects.toThrow();
});
