import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The login of the gateway on the embedded server, where nobody else logs in. */
const LOGIN = 'psephos_gateway';

/**
 * Makes the login of gateway and workers: it may act as psephos_app, when it says so as psephos_worker, and as nobody
 * else, so that whoever gets hold of its connection can still not read the urn. Its password is new at each start and stored nowhere.
 * @param ownerUrl superuser of the embedded server; the database is migrated
 * @returns postgres://… of the login
 */
export async function makeGatewayLogin(ownerUrl: string): Promise<string> {
  const password = randomBytes(24).toString('hex');
  await withClient(ownerUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [LOGIN]);
    const act = rowCount === 0 ? 'CREATE' : 'ALTER';
    // Hexadecimal, so that it stands in the statement as it is
    await client.query(`${act} ROLE ${LOGIN} LOGIN NOSUPERUSER PASSWORD '${password}'`);
    await client.query(`GRANT psephos_app TO ${LOGIN}`);
    await client.query(`GRANT psephos_worker TO ${LOGIN} WITH INHERIT FALSE, SET TRUE`);
  });
  const url = new URL(ownerUrl);
  url.username = LOGIN;
  url.password = password;
  return url.href;
}

/**
 * Lets the login of gateway and workers act as psephos_app, and when it says so as psephos_worker, where it may not yet.
 * The migrations make the roles, so nobody can have granted them before.
 * @param ownerUrl who migrates
 * @param gatewayUrl who is to cast; may be the same
 * @returns whether it had to be granted
 */
export async function allowGateway(ownerUrl: string, gatewayUrl: string): Promise<boolean> {
  const login = decodeURIComponent(new URL(gatewayUrl).username);
  if (login === '') return false; // the system's user name or PGUSER: whoever runs Psephos so has to grant it
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ app: boolean; worker: boolean }>(
      `SELECT pg_has_role(rolname, 'psephos_app', 'USAGE') AS app, pg_has_role(rolname, 'psephos_worker', 'SET') AS worker
       FROM pg_roles WHERE rolname = $1`,
      [login],
    );
    const [has] = rows;
    if (has === undefined || (has.app && has.worker)) return false;
    const to = client.escapeIdentifier(login);
    if (!has.app) await client.query(`GRANT psephos_app TO ${to} WITH INHERIT TRUE, SET TRUE`);
    if (!has.worker) await client.query(`GRANT psephos_worker TO ${to} WITH INHERIT FALSE, SET TRUE`);
    return true;
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'psephos start' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
