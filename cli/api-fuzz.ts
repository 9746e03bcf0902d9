import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PsephosHttp } from '../client/index.ts';
import { createEngine, type Role } from '../engine/index.ts';
import { type ApiCaller, runApiFuzz } from '../loadtest/api/index.ts';
import { startOwnServer } from '../loadtest/server.ts';
import { makeSharedTempFolder, openEmbeddedPostgres } from '../sql/embedded/index.ts';
import { makeGatewayLogin } from '../sql/gateway-login.ts';
import { migrate } from '../sql/migrate.ts';

const ROLES: readonly Role[] = ['admin', 'moderator', 'auditor', 'member'];
/** What is fuzzed is the API, not the limit of a key. */
const UNLIMITED_PER_SECOND = 50_000;
/** What shells report of a command that was ended by Ctrl-C. */
const STOPPED = 130;

export interface ApiFuzzRun {
  readonly count: number;
  readonly seed: number;
  readonly json: boolean;
  readonly say: (line: string) => void;
}

/** Starts a database and a server of its own, fuzzes its HTTP API as every kind of caller, and says what was wrong. */
export async function fuzzApi({ count, seed, json, say }: ApiFuzzRun): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  say('Starting a server …');
  const folder = await makeSharedTempFolder('psephos-api-fuzz-');
  const database = await openEmbeddedPostgres({ dataDir: join(folder, 'data') });
  try {
    await migrate(database.ownerUrl);
    const url = await makeGatewayLogin(database.ownerUrl);
    const organisation = await openOrganisation(url);
    const owner = await organisation.key('owner', 'admin');
    const environment = { DATABASE_URL: url, DATABASE_OWNER_URL: database.ownerUrl, LOG_LEVEL: 'error' };
    const server = await startOwnServer({ environment });
    let crashed = true;
    void server.exited.then(() => crashed && stop.abort());
    try {
      const task = { url: server.httpUrl, ownerSecret: owner, count, seed, say, signal: stop.signal };
      const makeCallers = async () => {
        const callers: ApiCaller[] = [];
        for (const role of ROLES) callers.push({ name: role, secret: await organisation.key(role, role) });
        return [...callers, await attendee(server.httpUrl, owner), { name: 'anonymous', secret: null }];
      };
      const summary = await runApiFuzz({ ...task, makeCallers });
      crashed = false;
      const bugs = server.log().match(/"msg":"[^"]*bug[^"]*"/g)?.length ?? 0;
      const { findings, ...figures } = summary;
      if (json) say(JSON.stringify({ ...summary, bugs }));
      else
        say(`${figures.requests} requests in ${figures.seconds} s: ${findings.length} findings, ${bugs} bugs logged`);
      return findings.length + bugs === 0 ? 0 : 1;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      say(crashed && (await isOver(server.exited)) ? `The server crashed:\n${server.log()}` : 'Stopped.');
      return STOPPED;
    } finally {
      crashed = false;
      await server.stop();
      await organisation.close();
    }
  } finally {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface OpenOrganisation {
  key(name: string, role: Role): Promise<string>;
  close(): Promise<void>;
}

/** A new organisation that keys can be made for. */
async function openOrganisation(url: string): Promise<OpenOrganisation> {
  const engine = await createEngine({ url });
  const made = await engine.accounts.createOrganisation({ name: 'Fuzz' });
  if (!made.ok) throw new Error(made.failure.message);
  return {
    async key(name, role) {
      const input = { name, roles: [role], requestsPerSecond: UNLIMITED_PER_SECOND };
      const key = await engine.apiKeys.create(made.value.orgId, input);
      if (!key.ok) throw new Error(key.failure.message);
      return key.value.secret;
    },
    close: () => engine.close(),
  };
}

async function attendee(baseUrl: string, owner: string): Promise<ApiCaller> {
  const meeting = await new PsephosHttp({ baseUrl, secret: owner }).createMeeting('Fuzz');
  const joined = await new PsephosHttp({ baseUrl }).join(meeting.join_code, 'Fuzz');
  return { name: 'attendee', secret: joined.session_token };
}

async function isOver(exited: Promise<unknown>): Promise<boolean> {
  return (await Promise.race([exited.then(() => 'over'), Promise.resolve('running')])) === 'over';
}
