import { rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { createEngine, type Engine, type Outcome } from '../../engine/index.ts';
import { makeSharedTempFolder, openEmbeddedPostgres } from '../../sql/embedded/index.ts';
import { makeGatewayLogin } from '../../sql/gateway-login.ts';
import { migrate } from '../../sql/migrate.ts';
import { createDatabase, dropDatabase } from './queries.ts';

export type Say = (line: string) => void;

/** One fresh database with its engine. */
export interface Stage {
  /** superuser: loads and checks, never what is measured */
  readonly sql: postgres.Sql;
  /** the superuser's address; holds a password */
  readonly ownerUrl: string;
  /** of the login that may act as the application only; holds a password */
  readonly url: string;
  readonly engine: Engine;
  readonly orgId: string;
  readonly say: Say;
  /** What uses the database from other processes and has to end before it. May be called by its owner as well. */
  closeFirst(work: () => Promise<unknown>): void;
  /** Everything ends, and the database is gone. Safe to call twice. */
  close(): Promise<void>;
}

const REMOVE_ATTEMPTS = 5;

/** The value of an outcome that cannot fail here. */
export function valueFrom<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.failure.kind}: ${outcome.failure.message}`);
}

/** A server of its own in a temporary folder that goes with it. */
export async function openStage(say: Say): Promise<Stage> {
  const folder = await makeSharedTempFolder('psephos-bench-');
  // a server that is still ending may write once more
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: REMOVE_ATTEMPTS });
  process.once('exit', removeFolder); // gigabytes must not stay behind a run that failed
  const server = await openEmbeddedPostgres({ dataDir: join(folder, 'data') }).catch((error: unknown) => {
    removeFolder();
    throw error;
  });
  const stopServer = async () => {
    await server.stop();
    removeFolder();
    process.off('exit', removeFolder);
  };
  try {
    await migrate(server.ownerUrl);
    const url = await makeGatewayLogin(server.ownerUrl);
    return await enter({ ownerUrl: server.ownerUrl, url }, say, stopServer);
  } catch (error) {
    await stopServer();
    throw error;
  }
}

/** One more database on the server of a stage; dropped when it closes. */
export async function openBeside(stage: Stage, name: string): Promise<Stage> {
  await createDatabase(stage.sql, name);
  const place = (address: string) => {
    const url = new URL(address);
    url.pathname = `/${name}`;
    return url.href;
  };
  const ownerUrl = place(stage.ownerUrl);
  await migrate(ownerUrl);
  return enter({ ownerUrl, url: place(stage.url) }, stage.say, () => dropDatabase(stage.sql, name));
}

async function enter(
  { ownerUrl, url }: Pick<Stage, 'ownerUrl' | 'url'>,
  say: Say,
  remove: () => Promise<void>,
): Promise<Stage> {
  const sql = postgres(ownerUrl, { max: 2, onnotice: () => {}, fetch_types: false });
  const engine = await createEngine({ url, report: (error) => say(`a bug: ${String(error)}`) });
  const { orgId } = valueFrom(await engine.accounts.createOrganisation({ name: 'Bench' }));
  const users: (() => Promise<unknown>)[] = [];
  const close = async () => {
    await Promise.allSettled(users.map((end) => end()));
    await engine.close();
    await sql.end({ timeout: 1 });
    await remove();
  };
  let closing: Promise<void> | undefined;
  return {
    sql,
    ownerUrl,
    url,
    engine,
    orgId,
    say,
    closeFirst: (work) => users.push(work),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
