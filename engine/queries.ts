import type { Sql } from './db/index.ts';

/** Name of the newest migration that the database has had; '' for none. */
export async function appliedMigration(sql: Sql): Promise<string> {
  const [row] = await sql<
    { name: string | null }[]
  >`SELECT max(name) AS name FROM history.files WHERE kind = 'migration'`;
  return row?.name ?? '';
}

/** The log's monthly partitions, this month's and the next two. */
export async function makeLogPartitions(sql: Sql): Promise<void> {
  await sql`SELECT app.make_log_partitions(2)`;
}
