import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PsephosHttp } from '../../client/index.ts';
import type { DemoSummary } from '../../loadtest/demo/index.ts';
import { type OwnServer, startOwnServer } from '../../loadtest/server.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer({ environment: { LOG_LEVEL: 'error' } });
});

afterAll(async () => {
  await server.stop();
  await endCommands();
});

function demo(...args: string[]) {
  return runCommandOf('demo', args, { PSEPHOS_API_KEY: server.apiKey ?? '' });
}

const summaryOf = (out: string) => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as DemoSummary;

async function statesIn(meetingId: string): Promise<string[]> {
  const http = new PsephosHttp({ baseUrl: server.httpUrl, secret: server.apiKey ?? '' });
  return (await http.elections({ meetingId })).items.map(({ state }) => state);
}

/** A proxy in front of the server that takes no joins for ten minutes, as one with a limit of its own may. */
async function closedDoor() {
  const refusal = { error_code: 'LOAD_002', message: 'Come later.', details: { retry_after_ms: 600_000 } };
  const proxy = createServer((asked, answer) => {
    const { url, method, headers } = asked;
    if (url === '/v1/join') {
      answer.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
      return;
    }
    const onward = request(`${server.httpUrl}${url}`, { method, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.pipe(answer);
    });
    asked.pipe(onward);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, close: () => proxy.close() };
}

describe('npm run demo', () => {
  // these two mostly wait for their minutes to pass
  test.concurrent('30 people join, vote, and every result is published', { timeout: 40_000 }, async () => {
    const args = ['--attendees', '30', '--minutes', '0.14', '--seed', '11', '--json'];
    const command = demo('--url', server.httpUrl, ...args);
    expect(await command.ended, command.err()).toBe(0);
    const said = command.out();
    const summary = summaryOf(said);
    expect(summary).toMatchObject({ attendees: 30, joined: 30, elections: 2, stopped: false, seed: 11 });
    expect(summary.ballots).toBeGreaterThan(30);
    expect(Object.keys(summary.refused).filter((code) => code !== 'BALLOT_004')).toEqual([]); // too late at most
    expect(await statesIn(summary.meeting_id)).toEqual(['published', 'published']);
    for (const page of ['/join/', '/moderate/', '/project/']) expect(said).toContain(`${server.httpUrl}${page}`);
    for (const words of ['Open: ', 'Closed and counted', 'ballots)']) expect(said).toContain(words);
    expect(said).not.toContain(server.apiKey ?? 'no key');
  });

  test.concurrent('a door that lets nobody in is told, with its code, and the demo ends', {
    timeout: 30_000,
  }, async () => {
    const door = await closedDoor();
    const command = demo('--url', door.url, '--attendees', '5', '--minutes', '0.1', '--json');
    expect(await command.ended).toBe(1);
    for (const words of ['Nobody could join', 'Come later.', '(LOAD_002)', 'start the demo again']) {
      expect(command.err()).toContain(words);
    }
    expect(command.err().trim().split('\n')).toHaveLength(1);
    const meetingId = /\/moderate\/(\S+)/.exec(command.out())?.[1] ?? '';
    expect(new Set(await statesIn(meetingId))).toEqual(new Set(['cancelled']));
    door.close();
  });

  test('Ctrl-C ends it at once, and nothing stays open', { timeout: 30_000 }, async () => {
    const command = demo('--url', server.httpUrl, '--attendees', '10', '--minutes', '1', '--json');
    await command.says(/Open: /);
    command.child.kill('SIGINT');
    expect(await command.ended).toBe(130);
    const summary = summaryOf(command.out());
    expect(summary.stopped).toBe(true);
    expect(new Set(await statesIn(summary.meeting_id))).toEqual(new Set(['cancelled']));
  });

  test.concurrent.for([
    [['--url', 'http://192.0.2.7:8080'], 'not this machine'],
    [['--url', 'http://localhost:1/?key=psk_x'], 'never into an address'],
    [['--url', 'ftp://localhost'], 'not an HTTP address'],
    [['--minutes', '0'], 'not a number from 0.1 to 60'],
    [['--attendees', '100000'], 'not a whole number'],
    [['--url', 'http://127.0.0.1:1'], 'No server answers'],
    [['--api-key', 'abc'], 'npm start'],
  ] as const)('%s is explained', async ([args, words]) => {
    const command = demo(...args);
    expect(await command.ended).toBe(1);
    expect(command.err()).toContain(words);
    expect(command.err().trim().split('\n')).toHaveLength(1);
  });
});
