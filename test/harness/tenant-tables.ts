import type { Sql } from '../../engine/db/index.ts';
import type { DatabaseRole } from './urn.ts';

export interface TenantTable {
  /** with its schema, e.g. app.members */
  readonly name: string;
  readonly hasOrgId: boolean;
  readonly owner: DatabaseRole;
}

export const ROLES: readonly DatabaseRole[] = [
  'psephos_app',
  'psephos_worker',
  'psephos_auditor',
  'psephos_urn',
  'psephos_owner',
  'psephos_door',
];

const INBOX = /^urn\.inbox_[0-9a-f]{32}$/;

/** Every table of the product, partitions and inboxes one by one. */
export async function tenantTables(superuser: Sql): Promise<TenantTable[]> {
  return superuser<TenantTable[]>`
    SELECT c.oid::regclass::text AS name, c.relowner::regrole::text AS owner,
      EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped) AS "hasOrgId"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('app', 'urn', 'door') AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname`;
}

/**
 * What breaks the wall between organisations, a line each: tables that are not under forced row-level security, and
 * roles that see rows which are not of the organisation that they have named, or any without naming one.
 * @param superuser sees everything, and may act as every role
 * @param own the organisation whose context is set
 * @param other another one; both must have rows in every table, or seeing none would mean nothing
 * @param permitted 'role table' that may read over organisations
 */
export async function holesBetween(
  superuser: Sql,
  own: string,
  other: string,
  permitted: ReadonlySet<string>,
): Promise<string[]> {
  const holes: string[] = [];
  for (const table of await tenantTables(superuser)) {
    if (!table.hasOrgId) continue;
    holes.push(...(await securityProblems(superuser, table)));
    const ownRows = await rowsSeen(superuser, null, '', table, own);
    const otherRows = await rowsSeen(superuser, null, '', table, other);
    // an inbox belongs to one election, so to one of the two
    const needed = INBOX.test(table.name) ? [ownRows + otherRows] : [ownRows, otherRows];
    if (needed.includes(0)) holes.push(`${table.name} lacks rows of the two organisations`);
    for (const role of ROLES) {
      if (permitted.has(`${role} ${table.name}`)) continue;
      if ((await rowsSeen(superuser, role, own, table, null, own)) > 0)
        holes.push(`${role} sees rows of others in ${table.name}`);
      if ((await rowsSeen(superuser, role, '', table, null)) > 0)
        holes.push(`${role} sees rows in ${table.name} without naming an organisation`);
    }
    if (ownRows > 0 && (await rowsSeen(superuser, table.owner, own, table, own)) === 0)
      holes.push(`${table.owner} does not see the own organisation's rows in ${table.name}`);
  }
  return holes;
}

async function securityProblems(superuser: Sql, { name }: TenantTable): Promise<string[]> {
  const [row] = await superuser<{ enabled: boolean; forced: boolean; policies: number }[]>`
    SELECT relrowsecurity AS enabled, relforcerowsecurity AS forced,
      (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
    FROM pg_class c WHERE c.oid = ${name}::text::regclass`;
  return [
    ...(row?.enabled ? [] : [`${name} has no row-level security`]),
    ...(row?.forced ? [] : [`${name} does not force row-level security on its owner`]),
    ...(row?.policies ? [] : [`${name} has no policy`]),
  ];
}

/**
 * Rows that a role sees in a table, in a context ('' = none); 0 where it may not read it at all.
 * @param of only those of this organisation
 * @param notOf only those of others
 */
async function rowsSeen(
  superuser: Sql,
  role: DatabaseRole | null,
  context: string,
  { name }: TenantTable,
  of: string | null,
  notOf: string | null = null,
): Promise<number> {
  return superuser.begin(async (tx) => {
    if (role !== null) await tx`SELECT set_config('role', ${role}, true)`;
    await tx`SELECT set_config('app.org_id', ${context}, true)`;
    const [may] = await tx<
      { read: boolean }[]
    >`SELECT has_schema_privilege(current_user, split_part(${name}, '.', 1), 'USAGE')
      AND has_column_privilege(current_user, ${name}::text::regclass, 'org_id', 'SELECT') AS read`;
    if (!may?.read) return 0;
    const [row] = await tx<{ rows: number }[]>`SELECT count(org_id)::int AS rows FROM ${tx(name)}
      WHERE (${of}::uuid IS NULL OR org_id = ${of}::uuid) AND (${notOf}::uuid IS NULL OR org_id <> ${notOf}::uuid)`;
    return row?.rows ?? 0;
  });
}
