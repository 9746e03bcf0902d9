import { afterAll } from 'vitest';
import type { Role } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { errorBody } from '../../protocol/errors.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { newPerson } from '../harness/persons.ts';
import type { TestDatabase } from '../harness/postgres.ts';

/** Tests ask faster than a client may. */
const UNLIMITED_PER_SECOND = 50_000;

/** Somebody who is signed in. */
export interface SignedInMember {
  readonly userId: string;
  readonly email: string;
  /** access token */
  readonly as: string;
}

interface Asked {
  readonly as?: string | undefined;
  readonly body?: unknown;
  readonly file?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole gateway with one organisation, whose members sign in and take part in campaigns. */
export async function serveCampaigns(database: TestDatabase) {
  const engine = await openEngine(database);
  const settings = { host: '127.0.0.1', port: 0, socketPort: 0, origins: [] };
  const gateway = await startGateway(settings, { engine, logger: createLogger({ level: 'silent' }) });
  const orgId = await newOrganisation(engine);
  afterAll(() => gateway.drain());

  /** One request; every answer from 400 upwards must have the shape of errors. */
  async function call(method: string, path: string, { as, body, file, headers }: Asked = {}) {
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
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    const json = isJson ? JSON.parse(text) : undefined;
    if (response.status >= 400) errorBody.parse(json);
    return { status: response.status, headers: response.headers, text, json };
  }

  /** The same, and its answer; throws unless it is done. */
  async function done(method: string, path: string, asked: Asked = {}) {
    const answer = await call(method, path, asked);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  let members = 0;
  /** A member of the organisation with an account of their own. */
  async function member(name: string, roles: readonly Exclude<Role, 'guest'>[] = ['member']): Promise<SignedInMember> {
    const { email, pair, person } = await newPerson(engine);
    members += 1;
    const input = { number: String(members), name, email, roles: [...roles] };
    const { memberId } = accepted(await engine.members.create(orgId, input, { id: orgId, givesRoles: true }));
    accepted(await engine.organisations.linkMember(orgId, memberId, person.accountId));
    return { userId: memberId, email, as: pair.accessToken };
  }

  async function key(...roles: Role[]): Promise<string> {
    const input = { name: 'Test', roles, requestsPerSecond: UNLIMITED_PER_SECOND };
    return accepted(await engine.apiKeys.create(orgId, input)).secret;
  }

  return { engine, orgId, call, done, member, key };
}
