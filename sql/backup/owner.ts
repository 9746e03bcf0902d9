import pg from 'pg';

/** One connection of the owner, closed afterwards. */
export async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'psephos backup' });
  client.on('error', () => {}); // the query that runs then rejects
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {}); // a connection that broke is closed already
  }
}
