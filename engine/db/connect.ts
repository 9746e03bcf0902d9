import pg from 'pg';
import postgres from 'postgres';
import { limits } from '../limits.ts';

export type Sql = postgres.Sql<{ bigint: bigint }>;
export type Transaction = postgres.TransactionSql<{ bigint: bigint }>;

export interface ConnectOptions {
  readonly url: string;
  /** false behind a pooler in transaction mode: a prepared statement would be looked for on another server connection */
  readonly prepare: boolean;
}

/** A postgres.js client of `connections` connections. bigint columns arrive as BigInt, never as rounded numbers. */
export function connect(options: ConnectOptions, connections: number, name: string): Sql {
  return postgres(options.url, {
    max: connections,
    prepare: options.prepare,
    // a float of seconds is taken as is
    connect_timeout: limits.connectTimeoutMs / 1_000,
    idle_timeout: limits.idleTimeoutSeconds,
    max_lifetime: null,
    backoff: () => 0.05, // seconds between attempts to connect; the breaker keeps the number of attempts low
    fetch_types: false, // one round trip less per connection; arrays go in with explicit types
    connection: { application_name: name },
    onnotice: () => {},
    types: { bigint: postgres.BigInt },
  });
}

/**
 * Whether a pooler stands between: the process id that the connection was greeted with is then not the server's.
 * @param url postgres://…
 */
export async function isPooled(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: limits.managementTimeoutMs });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // node-postgres keeps what the greeting said in `processID`; its types do not show it
    return (client as unknown as { processID: number | null }).processID !== rows[0]?.pid;
  } finally {
    await client.end().catch(() => {});
  }
}
