import { afterAll } from 'vitest';
import { choosePort } from '../../cli/addresses.ts';
import { createEngine, type EngineOptions } from '../../engine/index.ts';
import { createHttp } from '../../gateway/http/server.ts';
import { createLogger } from '../../gateway/logging.ts';
import { errorBody } from '../../protocol/errors.ts';
import type { Answered } from './http-server.ts';

export interface Sent {
  /** bearer token */
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a browser page adds to its own requests. */
export type Browser = ReturnType<typeof browserAt>;

/** Keeps cookies as a browser does: by name, only where their path fits. */
function browserAt(url: string, send: (method: string, path: string, sent: Sent) => Promise<Answered>) {
  const jar = new Map<string, { value: string; path: string }>();
  return {
    jar,
    async call(method: string, path: string, sent: Sent = {}): Promise<Answered> {
      const fitting = [...jar].filter(([, cookie]) => path.startsWith(cookie.path));
      const cookie = fitting.map(([name, { value }]) => `${name}=${value}`).join('; ');
      const own = method === 'GET' ? {} : { origin: url, 'x-psephos-csrf': '1' };
      const headers = { 'user-agent': 'Browser', ...own, ...(cookie === '' ? {} : { cookie }), ...sent.headers };
      const answer = await send(method, path, { ...sent, headers });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (line.includes('Max-Age=0')) jar.delete(name);
        else jar.set(name, { value, path: /Path=([^;]+)/.exec(line)?.[1] ?? '/' });
      }
      return answer;
    },
  };
}

/** A gateway over HTTP at an address that links and redirects know. Stopped after the file. */
export async function serveAuth(databaseUrl: string, options: Pick<EngineOptions, 'oidc' | 'publicUrl'> = {}) {
  const port = await choosePort('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port}`;
  const publicUrl = options.publicUrl ?? url;
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const report = (err: unknown) => logger.error({ err }, 'bug');
  const engine = await createEngine({ url: databaseUrl, report, publicUrl, oidc: options.oidc });
  const http = createHttp({
    engine,
    logger,
    settings: { origins: ['https://console.example'], publicUrl },
    socketUrl: (host) => `ws://${host}:1`,
    asyncApi: { info: { title: 'socket', version: '1' } },
  });
  await http.listen('127.0.0.1', port);
  afterAll(async () => {
    await http.drain();
    await engine.close();
  });

  /** One request as a program sends it; every answer from 400 upwards must have the shape of errors. */
  const call = async (method: string, path: string, { as, body, headers }: Sent = {}): Promise<Answered> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const json = isJson && text !== '' ? JSON.parse(text) : undefined;
    if (response.status >= 400) errorBody.parse(json);
    return { status: response.status, headers: response.headers, text, json };
  };
  return { url, engine, lines, call, browser: () => browserAt(url, call) };
}

/** Status and details.reason, or the status alone. */
export function told({ status, json }: Answered): string {
  const reason = (json as { details?: { reason?: string } } | undefined)?.details?.reason;
  return reason === undefined ? String(status) : `${status} ${reason}`;
}
