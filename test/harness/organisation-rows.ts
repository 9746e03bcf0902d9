import { randomBytes } from 'node:crypto';
import type { Sql } from '../../engine/db/index.ts';
import type { KnownValues } from '../../loadtest/api/harvest.ts';
import { tenantTables } from './tenant-tables.ts';

/** Columns that hold what people call things. */
const NAME_COLUMNS = ['title', 'name', 'description', 'notes', 'display_name', 'cancel_reason', 'reason'];

/** Written some seconds after a key was used: by the organisation's own requests that a test sent before. */
const WRITTEN_LATER = 'last_used_at';

/** A hash of an organisation's rows in each table, for telling whether anything of it has changed. */
export async function fingerprints(superuser: Sql, orgId: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, hasOrgId } of await tenantTables(superuser)) {
    if (!hasOrgId) continue;
    const [row] = await superuser<{ hash: string | null }[]>`
      SELECT md5(string_agg(r.row::text, '|' ORDER BY r.row::text)) AS hash
      FROM (SELECT to_jsonb(t) - ${WRITTEN_LATER}::text AS row FROM ${superuser(name)} t WHERE org_id = ${orgId}) r`;
    if (row?.hash) found.set(name, row.hash);
  }
  return found;
}

/** How many rows of one table are as good as all. */
const IDS_MAX = 12;

function withoutNulls(row: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(row).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** What a table calls `id` under the name that the API has for it: app.idea_comments has comment_ids. */
function ownName(table: string, column: string): string {
  return column === 'id' ? `${table.split(/[._]/).at(-1)?.replace(/s$/, '')}_id` : column;
}

/** Every id of an organisation's rows, under the name of its column: so a new table is known by itself. */
export async function idsInTables(superuser: Sql, orgId: string, known: KnownValues): Promise<void> {
  for (const { name, hasOrgId } of await tenantTables(superuser)) {
    if (!hasOrgId) continue;
    const columns = await superuser<{ column: string }[]>`
      SELECT attname AS column FROM pg_attribute
      WHERE attrelid = ${name}::text::regclass AND atttypid = 'uuid'::regtype AND (attname LIKE '%\\_id' OR attname = 'id') AND NOT attisdropped`;
    if (columns.length === 0) continue;
    const rows = await superuser<Record<string, string | null>[]>`
      SELECT DISTINCT ${superuser(columns.map(({ column }) => column))} FROM ${superuser(name)}
      WHERE org_id = ${orgId} LIMIT ${IDS_MAX}`;
    for (const row of rows) {
      const ids = Object.entries(withoutNulls(row)).map(([column, id]) => [ownName(name, column), id] as const);
      known.addTogether(Object.fromEntries(ids));
    }
  }
  const sessions = await superuser<{ id: string }[]>`
    SELECT session_id AS id FROM app.account_sessions JOIN app.members USING (account_id) WHERE org_id = ${orgId}`;
  for (const { id } of sessions) known.add('session_id', id);
}

/**
 * Gives everything of an organisation a name of its own, so that a single word of it is known again anywhere.
 * Columns whose rules allow no such name stay as they are. @returns the names
 */
export async function nameEverything(superuser: Sql, orgId: string): Promise<string[]> {
  const given: string[] = [];
  const columns = await superuser<{ table: string; column: string }[]>`
    SELECT c.oid::regclass::text AS table, a.attname AS column
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname = 'app' AND c.relkind = 'r' AND NOT a.attisdropped AND a.attgenerated = ''
      AND a.atttypid = 'text'::regtype AND a.attname IN ${superuser(NAME_COLUMNS)}
      AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'org_id')`;
  for (const { table, column } of columns) {
    const name = `Walled ${table}.${column} ${randomBytes(6).toString('hex')}`;
    const changed = await superuser
      .begin((tx) => tx`UPDATE ${tx(table)} SET ${tx(column)} = ${name} WHERE org_id = ${orgId}`)
      .catch(() => ({ count: 0 })); // unique or checked columns
    if (changed.count > 0) given.push(name);
  }
  return given;
}
