import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The login of the gateway on the embedded server, where nobody else logs in. */
const LOGIN = 'psephos_gateway';

/**
 * Makes the gateway's own login: it may act as psephos_app and as nobody else, so that whoever gets hold of the
 * gateway's connection can still not read the urn. Its password is new at each start and stored nowhere.
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
  });
  const url = new URL(ownerUrl);
  url.username = LOGIN;
  url.password = password;
  return url.href;
}

/**
 * Lets the login of a gateway act as psephos_app where it may not yet. The migrations make the role, so nobody can
 * have granted it before them.
 * @param ownerUrl who migrates
 * @param gatewayUrl who is to cast; may be the same
 * @returns whether it had to be granted
 */
export async function allowGateway(ownerUrl: string, gatewayUrl: string): Promise<boolean> {
  const login = decodeURIComponent(new URL(gatewayUrl).username);
  if (login === '') return false; // the system's user name or PGUSER: whoever runs Psephos so has to grant it
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ allowed: boolean }>(
      "SELECT pg_has_role(rolname, 'psephos_app', 'USAGE') AS allowed FROM pg_roles WHERE rolname = $1",
      [login],
    );
    if (rows[0]?.allowed !== false) return false;
    await client.query(`GRANT psephos_app TO ${client.escapeIdentifier(login)} WITH INHERIT TRUE, SET TRUE`);
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
