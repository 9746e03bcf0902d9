import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import type { Role } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { errorBody } from '../../protocol/errors.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { newMembers } from '../harness/meeting.ts';
import { newPerson } from '../harness/persons.ts';
import type { TestDatabase } from '../harness/postgres.ts';
import { RawSocket } from './raw-socket.ts';

interface Asked {
  readonly as?: string | undefined;
  readonly body?: unknown;
  readonly csv?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole gateway with one organisation: people join, are here, and vote, over HTTP and sockets. */
export async function serveMeetings(database: TestDatabase) {
  const engine = await openEngine(database);
  const settings = { host: '127.0.0.1', port: 0, socketPort: 0, origins: [] };
  const gateway = await startGateway(settings, { engine, logger: createLogger({ level: 'silent' }) });
  const orgId = await newOrganisation(engine);
  const opened: RawSocket[] = [];
  afterAll(async () => {
    for (const socket of opened) socket.close();
    await gateway.drain();
  });

  async function call(method: string, path: string, { as, body, csv, headers }: Asked = {}) {
    const type = csv !== undefined ? 'text/csv' : body !== undefined ? 'application/json' : undefined;
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(type === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(type === undefined ? {} : { body: csv ?? JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const json = isJson ? JSON.parse(text) : undefined;
    if (response.status >= 400) errorBody.parse(json);
    return { status: response.status, text, json };
  }

  const key = async (...roles: Role[]) => accepted(await engine.apiKeys.create(orgId, { name: 'Test', roles })).secret;
  const chair = await key('moderator');

  return {
    ...{ engine, orgId, call, chair, key, httpUrl: `http://127.0.0.1:${gateway.port}` },
    /** what the chair does, and its answer; throws unless it is done */
    async chairs(method: string, path: string, body?: unknown) {
      const { status, json, text } = await call(method, path, { as: chair, body });
      if (status >= 300) throw new Error(`${status} ${text}`);
      return json;
    },
    /** a member with an account: their id, number and access token */
    async newMember(name: string) {
      const [memberId] = (await newMembers(engine, orgId, [name])) as [string];
      const { pair, person } = await newPerson(engine);
      accepted(await engine.organisations.linkMember(orgId, memberId, person.accountId));
      return { memberId, number: name.toLowerCase(), token: pair.accessToken };
    },
    async socketOf(session: string): Promise<RawSocket> {
      const { json } = await call('POST', '/v1/socket-tickets', { as: session });
      const socket = await RawSocket.as(gateway.socketPort, { ticket: json.ticket });
      opened.push(socket);
      return socket;
    },
  };
}

export const newCastKey = () => randomBytes(16).toString('hex');
