import { createEngine, type Engine, type Role } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { errorBody } from '../../protocol/errors.ts';
import { accepted } from '../harness/engines.ts';

const ROLES = ['admin', 'moderator', 'auditor', 'member'] as const satisfies readonly Role[];
/** Tests ask faster than a client may. */
const UNLIMITED_PER_SECOND = 50_000;

export interface Sent {
  readonly as?: string;
  readonly body?: unknown;
  readonly file?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

/** A whole gateway with two organisations and a key for each role; JSON or a file goes in, of any method. */
export async function serveMembers(ownerUrl: string) {
  const logger = createLogger({ level: 'error', destination: { write: (line) => process.stderr.write(line) } });
  const engine: Engine = await createEngine({ url: ownerUrl, report: (err) => logger.error({ err }, 'bug') });
  const gateway = await startGateway({ host: '127.0.0.1', port: 0, socketPort: 0, origins: [] }, { engine, logger });

  const organisation = async (name: string) => {
    const { orgId } = accepted(await engine.accounts.createOrganisation({ name }));
    const key = async (role: Role) => {
      const input = { name: role, roles: [role], requestsPerSecond: UNLIMITED_PER_SECOND };
      return [role, accepted(await engine.apiKeys.create(orgId, input)).secret] as const;
    };
    const keys = Object.fromEntries(await Promise.all(ROLES.map(key))) as Record<(typeof ROLES)[number], string>;
    return { orgId, ...keys };
  };

  /** One request; every answer from 400 upwards must have the shape of errors. */
  const ask = async (method: string, path: string, { as, body, file, headers }: Sent = {}) => {
    const content = file ?? (body === undefined ? null : JSON.stringify(body));
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content === null ? {} : { body: content as string | Uint8Array<ArrayBuffer> }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    const json: any = isJson ? JSON.parse(text) : undefined;
    if (response.status >= 400) errorBody.parse(json);
    return { status: response.status, headers: response.headers, bytes, text, json };
  };

  return {
    engine,
    ask,
    ours: await organisation('Ours'),
    theirs: await organisation('Theirs'),
    stop: () => gateway.drain(),
  };
}
