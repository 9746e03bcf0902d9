import type { Sql } from '../db/index.ts';

/** SQL of upkeep by the clock. */

export async function beginTask(sql: Sql, task: string, pauseMs: number, longestMs: number): Promise<boolean> {
  const [row] = await sql<{ mine: boolean }[]>`SELECT door.begin_upkeep(${task}, ${pauseMs}, ${longestMs}) AS mine`;
  return row?.mine === true;
}

export async function endTask(sql: Sql, task: string, problem: string | null, summary: object | null): Promise<void> {
  const text = summary === null ? null : JSON.stringify(summary);
  await sql`SELECT door.end_upkeep(${task}, ${problem}, ${text}::text::jsonb)`;
}

export interface TaskRow {
  readonly task: string;
  readonly begun_at: Date;
  readonly ended_at: Date | null;
  readonly succeeded_at: Date | null;
  readonly problem: string | null;
  readonly summary: Readonly<Record<string, unknown>>;
}

export async function selectTasks(sql: Sql): Promise<readonly TaskRow[]> {
  return sql<TaskRow[]>`SELECT task, begun_at, ended_at, succeeded_at, problem, summary FROM door.upkeep_tasks()`;
}

export async function forgetEnded(
  sql: Sql,
  sessionsMs: number,
  answersMs: number,
): Promise<{ sessions: number; answers: number; tickets: number }> {
  const [row] = await sql<{ sessions: bigint; answers: bigint; tickets: bigint }[]>`
    SELECT sessions, answers, tickets FROM door.forget_ended(${sessionsMs}, ${answersMs})`;
  return { sessions: Number(row?.sessions), answers: Number(row?.answers), tickets: Number(row?.tickets) };
}

export async function forgetUsage(sql: Sql, months: number): Promise<number> {
  const [row] = await sql<{ rows: bigint }[]>`SELECT door.forget_usage(${months}) AS rows`;
  return Number(row?.rows ?? 0);
}

/** @returns the partition that went; null where none is old enough */
export async function dropLogPartition(sql: Sql, months: number): Promise<string | null> {
  const [row] = await sql<{ name: string | null }[]>`SELECT app.drop_log_partition(${months}) AS name`;
  return row?.name ?? null;
}

export async function openElections(sql: Sql): Promise<readonly { orgId: string; electionId: string }[]> {
  const rows = await sql<
    { org_id: string; election_id: string }[]
  >`SELECT org_id, election_id FROM door.open_elections()`;
  return rows.map((row) => ({ orgId: row.org_id, electionId: row.election_id }));
}

export async function keepSnapshot(sql: Sql, orgId: string, electionId: string, ballots: number): Promise<boolean> {
  const [row] = await sql<{ taken: boolean }[]>`SELECT urn.keep_snapshot(${orgId}, ${electionId}, ${ballots}) AS taken`;
  return row?.taken === true;
}

/** @returns the table that was analysed; null where none has grown */
export async function analyseNext(
  sql: Sql,
  schema: 'app' | 'urn',
  rows: number,
  done: readonly string[],
): Promise<string | null> {
  const names = done.join(','); // of tables: none has a comma in it
  const [row] =
    schema === 'app'
      ? await sql<
          { name: string | null }[]
        >`SELECT app.refresh_statistics(${rows}, string_to_array(${names}, ',')) AS name`
      : await sql<
          { name: string | null }[]
        >`SELECT urn.refresh_statistics(${rows}, string_to_array(${names}, ',')) AS name`;
  return row?.name ?? null;
}

export interface TableState {
  readonly name: string;
  readonly dead: number;
  readonly live: number;
  readonly vacuumed_at: Date | null;
}

/** Tables that vacuum does not keep up with. Everybody may read these figures. */
export async function neglectedTables(sql: Sql, deadRows: number, deadShare: number): Promise<readonly TableState[]> {
  return sql<TableState[]>`
    SELECT relid::regclass::text AS name, n_dead_tup::float8 AS dead, n_live_tup::float8 AS live,
      greatest(last_autovacuum, last_vacuum) AS vacuumed_at
    FROM pg_stat_user_tables
    WHERE schemaname IN ('app', 'urn', 'jobs') AND n_dead_tup > ${deadRows} AND n_dead_tup > n_live_tup * ${deadShare}::float8
    ORDER BY n_dead_tup DESC LIMIT 20`;
}

export interface ServerState {
  /** share of the transaction numbers after which the server must freeze rows, 0 to 1 and beyond */
  readonly freeze_share: number;
  /** age of the oldest transaction that is open: vacuum removes nothing that is younger */
  readonly oldest_transaction_s: number;
  readonly slots: readonly {
    readonly slot: string;
    readonly active: boolean;
    readonly lost: boolean;
    readonly held_bytes: number;
  }[];
}

export async function serverState(sql: Sql): Promise<ServerState> {
  const [row] = await sql<ServerState[]>`
    SELECT (SELECT age(datfrozenxid)::float8 FROM pg_database WHERE datname = current_database())
        / current_setting('autovacuum_freeze_max_age')::float8 AS freeze_share,
      coalesce((SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8 FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()), 0) AS oldest_transaction_s,
      coalesce((SELECT jsonb_agg(jsonb_build_object('slot', slot_name, 'active', active, 'lost', wal_status = 'lost',
        'held_bytes', coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0))) FROM pg_replication_slots), '[]') AS slots`;
  return row ?? { freeze_share: 0, oldest_transaction_s: 0, slots: [] };
}
