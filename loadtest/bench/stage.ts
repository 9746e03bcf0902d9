import { rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { createEngine, type Engine, type Outcome } from '../../engine/index.ts';
import { makeSharedTempFolder, openEmbeddedPostgres } from '../../sql/embedded/index.ts';
import { makeGatewayLogin } from '../../sql/gateway-login.ts';
import { migrate } from '../../sql/migrate.ts';

export type Say = (line: string) => void;

/** One fresh database with its engine, in a temporary folder that goes with it. */
export interface Stage {
  /** superuser: loads and checks, never what is measured */
  readonly sql: postgres.Sql;
  /** superuser's address; holds a password */
  readonly ownerUrl: string;
  /** the login that may act as the application only; holds a password */
  readonly url: string;
  readonly engine: Engine;
  readonly orgId: string;
  readonly folder: string;
  readonly say: Say;
  /** Everything ends and the folder is removed. Safe to call twice. */
  close(): Promise<void>;
}

/** The value of an outcome that cannot fail here. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.failure.kind}: ${outcome.failure.message}`);
}

export async function openStage(say: Say): Promise<Stage> {
  const folder = await makeSharedTempFolder('psephos-bench-');
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const server = await openEmbeddedPostgres({ dataDir: join(folder, 'data') }).catch((error: unknown) => {
    removeFolder();
    throw error;
  });
  const stopServer = () => server.stop().finally(removeFolder);
  try {
    await migrate(server.ownerUrl);
    const url = await makeGatewayLogin(server.ownerUrl);
    const sql = postgres(server.ownerUrl, { max: 2, onnotice: () => {}, fetch_types: false });
    const engine = await createEngine({ url, report: (error) => say(`a bug: ${String(error)}`) });
    const { orgId } = valueOf(await engine.accounts.createOrganisation({ name: 'Bench' }));
    let closing: Promise<void> | undefined;
    const close = async () => {
      await engine.close();
      await sql.end();
      await stopServer();
    };
    return {
      sql,
      ownerUrl: server.ownerUrl,
      url,
      engine,
      orgId,
      folder,
      say,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await stopServer();
    throw error;
  }
}
