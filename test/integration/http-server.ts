import { createHash, randomBytes } from 'node:crypto';
import { createEngine, type Engine, type Role } from '../../engine/index.ts';
import { createHttp } from '../../gateway/http/server.ts';
import { createLogger } from '../../gateway/logging.ts';
import { errorBody } from '../../protocol/errors.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

/** A voter's token, as a moderator would make it, with what is sent of it. */
export function newToken() {
  const token = `vt_${randomBytes(16).toString('base64url')}`;
  return { token, hash: createHash('sha256').update(token).digest('hex') };
}

export const newCastKey = () => randomBytes(16).toString('hex');

/** Two organisations with a key for each role, served over HTTP on a free port; every log line is kept. */
export async function serveHttp(databaseUrl: string) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } });
  const engine: Engine = await createEngine({ url: databaseUrl, report: (err) => logger.error({ err }, 'bug') });
  const http = createHttp({
    engine,
    logger,
    settings: { origins: [] },
    socketUrl: (host) => `ws://${host}:1`,
    asyncApi: { info: { title: 'socket', version: '1' } },
  });
  const { port } = await http.listen('127.0.0.1', 0);

  const keysOf = async (name: string) => {
    const created = await engine.accounts.createOrganisation({ name });
    if (!created.ok) throw new Error(created.failure.message);
    const { orgId } = created.value;
    const key = async (role: Role) => {
      const made = await engine.apiKeys.create(orgId, { name: role, roles: [role] });
      if (!made.ok) throw new Error(made.failure.message);
      return made.value.secret;
    };
    return { orgId, admin: await key('admin'), moderator: await key('moderator'), member: await key('member') };
  };

  /** One request; every answer from 400 upwards must have the shape of errors. */
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    { as, body, headers }: { as?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answered> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
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
    const json = isJson ? JSON.parse(text) : undefined;
    if (response.status >= 400) errorBody.parse(json);
    return { status: response.status, headers: response.headers, text, json };
  };

  return {
    engine,
    address: `http://127.0.0.1:${port}`,
    call,
    lines,
    ours: await keysOf('Ours'),
    theirs: await keysOf('Theirs'),
    async stop() {
      await http.drain();
      await engine.close();
    },
  };
}
