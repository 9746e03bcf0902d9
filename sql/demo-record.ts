import pg from 'pg';

/** Advisory lock of the first start; 7300 is that of the migrations. */
const LOCK = 7303;
/** Its row in history.files, beside the migrations and functions that were put into this database. */
const KIND = 'demo organisation';

/**
 * The demo organisation of a database, made on its first start and never again: several processes that start at once
 * on one database make one. The record is written after `make` has succeeded; a start that is killed in between leaves
 * an organisation that nobody knows the key of, and the next start makes another.
 * @param ownerUrl who migrated; the database is migrated
 * @param make makes the organisation over other connections and returns its id
 */
export async function demoOrganisation(
  ownerUrl: string,
  make: () => Promise<string>,
): Promise<{ readonly orgId: string; readonly isNew: boolean }> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'psephos first start' });
  await client.connect();
  try {
    // In a transaction: a pooler in transaction mode would leave a session's lock behind
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const found = await client.query<{ name: string }>('SELECT name FROM history.files WHERE kind = $1', [KIND]);
    const known = found.rows[0]?.name;
    const orgId = known ?? (await make());
    if (known === undefined) {
      await client.query("INSERT INTO history.files (kind, name, sha256) VALUES ($1, $2, '')", [KIND, orgId]);
    }
    await client.query('COMMIT');
    return { orgId, isNew: known === undefined };
  } finally {
    await client.end();
  }
}
