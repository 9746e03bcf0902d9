import pg from 'pg';

/**
 * Makes a person an administrator of the platform, or no more. Only the owner of the database can: a gateway has no right
 * to the column, so nobody who gets hold of one becomes its administrator.
 * @param ownerUrl who migrated
 * @param email in small letters
 * @returns false where no account has the address
 */
export async function setPlatformAdmin(ownerUrl: string, email: string, isAdmin: boolean): Promise<boolean> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'psephos admin' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL ROLE psephos_door');
    const { rows } = await client.query<{ account_id: string }>('SELECT account_id FROM door.find_login($1)', [email]);
    const accountId = rows[0]?.account_id;
    if (accountId === undefined) return false;
    await client.query('SET LOCAL ROLE psephos_owner');
    await client.query("SELECT set_config('app.account_id', $1, true), set_config('app.actor', 'operator', true)", [
      accountId,
    ]);
    await client.query('UPDATE app.accounts SET platform_admin = $2 WHERE account_id = $1', [accountId, isAdmin]);
    await client.query('COMMIT');
    return true;
  } finally {
    await client.end();
  }
}
