import type { Sql, Transaction } from '../db/index.ts';
import type { ImportReport, MemberImport, SampleRow, StagedRow } from './import.ts';

/** SQL of imports. */

interface ImportRow {
  import_id: string;
  report: ImportReport;
  digest: string | null;
  created_at: Date;
  expires_at: Date;
  accepted_at: Date | null;
  expired: boolean;
}

export interface FoundImport {
  readonly member_import: MemberImport;
  /** null where it cannot be accepted */
  readonly digest: string | null;
}

/** @param hold for a change: nobody else accepts or deletes it meanwhile */
export async function selectImport(
  tx: Transaction,
  orgId: string,
  importId: string,
  hold: boolean,
): Promise<FoundImport | undefined> {
  const [row] = await tx<ImportRow[]>`
    SELECT import_id, report, digest, created_at, expires_at, accepted_at, expires_at <= clock_timestamp() AS expired
    FROM app.member_imports WHERE org_id = ${orgId} AND import_id = ${importId} ${hold ? tx`FOR UPDATE` : tx``}`;
  if (row === undefined) return undefined;
  const state = row.accepted_at !== null ? 'accepted' : row.expired ? 'expired' : 'preview';
  return {
    digest: row.digest,
    member_import: {
      ...row.report,
      importId: row.import_id,
      state,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      acceptedAt: row.accepted_at,
    },
  };
}

export async function insertImport(
  tx: Transaction,
  orgId: string,
  importId: string,
  actor: string,
  keptMs: number,
): Promise<void> {
  await tx`INSERT INTO app.member_imports (org_id, import_id, created_by, report, expires_at)
    VALUES (${orgId}, ${importId}, ${actor}, '{}', clock_timestamp() + make_interval(secs => ${keptMs / 1_000}))`;
}

export async function insertRows(
  tx: Transaction,
  orgId: string,
  importId: string,
  rows: readonly StagedRow[],
): Promise<void> {
  await tx`
    INSERT INTO app.member_import_rows (org_id, import_id, line, number, name, email, roles, status, weight, group_ids, new_groups, note)
    SELECT ${orgId}, ${importId}, r.line, r.number, r.name, r.email, r.roles, r.status, r.weight, r.group_ids, r.new_groups, r.note
    FROM jsonb_to_recordset(${tx.json(rows as never)}) r (line integer, number text, name text, email text, roles text[],
      status text, weight bigint, group_ids uuid[], new_groups text[], note text)`;
}

/** Answers the hash of all that was compared. */
export async function compareRows(
  tx: Transaction,
  orgId: string,
  importId: string,
  givesRoles: boolean,
): Promise<string> {
  const [row] = await tx<{ digest: string }[]>`
    SELECT app.compare_member_import(${orgId}, ${importId}, ${givesRoles}) AS digest`;
  return (row as { digest: string }).digest;
}

export type Actions = Readonly<Record<'new' | 'changed' | 'unchanged', number>>;

/** How many rows do what, those with a problem left out. */
export async function countActions(tx: Transaction, orgId: string, importId: string): Promise<Actions> {
  const rows = await tx<{ action: keyof Actions; count: number }[]>`
    SELECT action, count(*)::int AS count FROM app.member_import_rows
    WHERE org_id = ${orgId} AND import_id = ${importId} AND problem IS NULL GROUP BY action`;
  const counts = { new: 0, changed: 0, unchanged: 0 };
  for (const { action, count } of rows) counts[action] = count;
  return counts;
}

interface Problem {
  readonly line: number;
  readonly problem: 'missing' | 'member_twice' | 'email_taken' | 'account_taken' | 'role_not_allowed' | 'last_admin';
  readonly number: string | null;
  readonly email: string | null;
  readonly name: string | null;
}

export async function selectProblems(tx: Transaction, orgId: string, importId: string): Promise<Problem[]> {
  return tx<Problem[]>`SELECT line, problem, number, email, name FROM app.member_import_rows
    WHERE org_id = ${orgId} AND import_id = ${importId} AND problem IS NOT NULL ORDER BY line`;
}

/** Rows as they would be: first those that change somebody, which is what a wrong list does harm by. */
export async function selectSample(
  tx: Transaction,
  orgId: string,
  importId: string,
  count: number,
): Promise<SampleRow[]> {
  return tx<SampleRow[]>`
    SELECT r.line, r.action, coalesce(r.number, m.number) AS number, coalesce(r.name, m.name) AS name,
      coalesce(r.email, m.email) AS email, array_to_json(coalesce(r.roles, m.roles, '{member}')) AS roles,
      coalesce(r.status, m.status, 'active') AS status, coalesce(r.weight, m.weight, 1000000)::text AS weight,
      array_to_json(ARRAY(SELECT g.name FROM app.groups g WHERE g.org_id = ${orgId} AND g.group_id = ANY (coalesce(r.group_ids,
        ARRAY(SELECT gm.group_id FROM app.group_members gm WHERE gm.org_id = ${orgId} AND gm.member_id = m.member_id)))
        ORDER BY g.name_key) || coalesce(r.new_groups, '{}')) AS groups,
      CASE r.action WHEN 'changed' THEN json_build_object('name', m.name, 'email', m.email) END AS before
    FROM app.member_import_rows r LEFT JOIN app.members m ON m.org_id = ${orgId} AND m.member_id = r.member_id
    WHERE r.org_id = ${orgId} AND r.import_id = ${importId} AND r.problem IS NULL
    ORDER BY r.action <> 'changed', r.line LIMIT ${count}`;
}

/** Names of groups that are not there yet, each once. */
export async function selectNewGroups(tx: Transaction, orgId: string, importId: string): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    SELECT DISTINCT ON (app.small_letters(u.name)) u.name FROM app.member_import_rows r CROSS JOIN unnest(r.new_groups) u (name)
    WHERE r.org_id = ${orgId} AND r.import_id = ${importId} ORDER BY app.small_letters(u.name), r.line`;
  return rows.map(({ name }) => name);
}

export async function saveReport(
  tx: Transaction,
  orgId: string,
  importId: string,
  report: ImportReport,
  digest: string | null,
): Promise<void> {
  await tx`UPDATE app.member_imports SET report = ${tx.json(report as never)}, digest = ${digest}
    WHERE org_id = ${orgId} AND import_id = ${importId}`;
}

export async function deleteRows(tx: Transaction, orgId: string, importId: string): Promise<void> {
  await tx`DELETE FROM app.member_import_rows WHERE org_id = ${orgId} AND import_id = ${importId}`;
}

/** Of the previews that wait only the newest stay. */
export async function deleteOldest(tx: Transaction, orgId: string, staying: number): Promise<void> {
  await tx`DELETE FROM app.member_imports WHERE org_id = ${orgId} AND accepted_at IS NULL AND import_id IN (
    SELECT import_id FROM app.member_imports WHERE org_id = ${orgId} AND accepted_at IS NULL
    ORDER BY created_at DESC, import_id OFFSET ${staying})`;
}

/** False where there is none. */
export async function deleteImport(tx: Transaction, orgId: string, importId: string): Promise<boolean> {
  const rows = await tx`DELETE FROM app.member_imports WHERE org_id = ${orgId} AND import_id = ${importId}`;
  return rows.count === 1;
}

export async function acceptRows(tx: Transaction, orgId: string, importId: string, actor: string): Promise<void> {
  await tx`SELECT app.accept_member_import(${orgId}, ${importId}, ${actor})`;
}

/** Ids of all groups by their names in small letters. */
export async function selectGroupIds(tx: Transaction, orgId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await tx<{ name_key: string; group_id: string }[]>`
    SELECT name_key, group_id FROM app.groups WHERE org_id = ${orgId}`;
  return new Map(rows.map(({ name_key, group_id }) => [name_key, group_id]));
}

export async function eraseExpired(sql: Sql): Promise<void> {
  await sql`SELECT door.erase_member_imports()`;
}
