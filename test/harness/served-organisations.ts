import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../../engine/db/index.ts';
import { createEngine, type Engine, type Role } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import type { ErrorBody } from '../../protocol/errors.ts';
import { newPerson } from './persons.ts';
import { accepted, type FilledOrganisation, fillOrganisation } from './two-organisations.ts';
import { connectAs } from './urn.ts';

const KEY_ROLES = ['admin', 'sponsor', 'moderator', 'auditor', 'member'] as const satisfies readonly Role[];
/** A walk over the whole API asks more than any client would. */
const UNLIMITED_PER_SECOND = 50_000;
/** Limits by the second are waited for; those that last longer are not what a walk is about. */
const WAIT_MAX_MS = 1_000;
type KeyRole = (typeof KEY_ROLES)[number];

export interface ServedOrganisation extends FilledOrganisation {
  /** an API key for each role */
  readonly keys: Readonly<Record<KeyRole, string>>;
  /** access token of a person who is an admin here and nowhere else */
  readonly accessToken: string;
}

/** A whole gateway with two organisations that have at least one row in every table. */
export interface Served {
  readonly url: string;
  readonly engine: Engine;
  /** sees everything */
  readonly superuser: Sql;
  readonly ours: ServedOrganisation;
  readonly theirs: ServedOrganisation;
  /** what the gateway has logged, a line each */
  readonly lines: readonly string[];
  /** lines that tell of a bug */
  bugs(): readonly string[];
  /** fetch, for walks that ask faster than a client may: waits where the limits say so, and lifts those that last long */
  ask(address: string, init: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

async function filled(engine: Engine, superuser: Sql): Promise<ServedOrganisation> {
  const organisation = await fillOrganisation(engine, superuser);
  const keys: Partial<Record<KeyRole, string>> = {};
  for (const role of KEY_ROLES) keys[role] = await newKey(engine, organisation.orgId, role);
  const accessToken = await signedInAdmin(engine, organisation.orgId);
  return { ...organisation, keys: keys as Record<KeyRole, string>, accessToken };
}

async function signedInAdmin(engine: Engine, orgId: string): Promise<string> {
  const { pair, person } = await newPerson(engine);
  const input = { number: 'admin', name: 'Grace', roles: ['admin'] } as const;
  const { memberId } = accepted(await engine.members.create(orgId, input, { id: orgId, givesRoles: true }));
  accepted(await engine.organisations.linkMember(orgId, memberId, person.accountId));
  return pair.accessToken;
}

/**
 * One more key. Made after the ids of an organisation were collected, it is not among them: no request of a walk revokes
 * the key that it is sent with.
 */
export async function newKey(engine: Engine, orgId: string, role: KeyRole): Promise<string> {
  const input = { name: role, roles: [role], requestsPerSecond: UNLIMITED_PER_SECOND };
  return accepted(await engine.apiKeys.create(orgId, input)).secret;
}

/** Starts everything on a migrated database, on free ports. @param ownerUrl a superuser's address */
export async function serveOrganisations(ownerUrl: string): Promise<Served> {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const engine = await createEngine({ url: ownerUrl, report: (err) => logger.error({ err }, 'bug') });
  const superuser = connectAs(ownerUrl, null);
  const ours = await filled(engine, superuser);
  const theirs = await filled(engine, superuser);
  const settings = { host: '127.0.0.1', port: 0, socketPort: 0, origins: ['http://pages.test'] };
  const gateway = await startGateway(settings, { engine, logger });
  const url = `http://127.0.0.1:${gateway.port}`;
  const ask = async (address: string, init: RequestInit): Promise<Response> => {
    for (;;) {
      const response = await fetch(`${url}${address}`, init);
      if (response.status !== 429) return response;
      const { details } = (await response.json()) as ErrorBody;
      const waitMs = Number(details.retry_after_ms ?? WAIT_MAX_MS);
      if (waitMs > WAIT_MAX_MS) await superuser`DELETE FROM app.rate_limits`;
      else await sleep(waitMs);
    }
  };
  return {
    url,
    ask,
    engine,
    superuser,
    ours,
    theirs,
    lines,
    bugs: () => lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50),
    async stop() {
      await gateway.drain();
      await superuser.end();
    },
  };
}
