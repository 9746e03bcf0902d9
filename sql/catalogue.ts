import pg from 'pg';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly not_null: boolean;
  readonly default: string | null;
  /** where it differs from the type's own, e.g. 'EXTERNAL': never compressed */
  readonly storage: string | null;
  readonly comment: string | null;
}

export interface Policy {
  readonly name: string;
  /** r, a, w, d: select, insert, update, delete; * = all */
  readonly command: string;
  readonly roles: string;
  readonly using: string | null;
  readonly check: string | null;
}

/** What a role may do with a table (column null) or with one of its columns. */
export interface Grant {
  readonly role: string;
  readonly column: string | null;
  /** e.g. 'INSERT, SELECT'; of a column one at a time */
  readonly privileges: string;
}

export interface Table {
  readonly schema: string;
  /** log_YYYY_MM (audit_entries_YYYY_MM, …) for a month's partition, inbox_<election> for an election's inbox: every one of them looks the same */
  readonly name: string;
  readonly owner: string;
  readonly comment: string | null;
  readonly partition_of: string | null;
  readonly partitioned_by: string | null;
  readonly options: string | null;
  readonly row_security: boolean;
  readonly forced: boolean;
  readonly columns: readonly Column[];
  /** names and definitions of keys, checks and references */
  readonly constraints: readonly { readonly name: string; readonly definition: string }[];
  /** without those of constraints */
  readonly indexes: readonly string[];
  readonly policies: readonly Policy[];
  readonly grants: readonly Grant[];
}

export interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly arguments: string;
  readonly result: string;
  readonly owner: string;
  readonly language: string;
  readonly definer: boolean;
  readonly volatility: string;
  readonly settings: string | null;
  readonly executors: string;
}

export interface Schema {
  readonly name: string;
  readonly owner: string;
  readonly comment: string | null;
  readonly grants: readonly Grant[];
}

export interface Role {
  readonly name: string;
  /** attributes other than the default, e.g. 'LOGIN SUPERUSER' */
  readonly attributes: string;
  readonly member_of: string;
  /** on the database itself */
  readonly database: string;
}

export interface Catalogue {
  readonly roles: readonly Role[];
  readonly schemas: readonly Schema[];
  readonly tables: readonly Table[];
  readonly routines: readonly Routine[];
}

/** No election has it: random ids carry a version. */
const NO_ELECTION = '00000000-0000-0000-0000-000000000000';

/** The roles and the schemas that are ours, in a place of a query that wants a list. */
const OUR_ROLES =
  "('psephos_app', 'psephos_auditor', 'psephos_door', 'psephos_owner', 'psephos_urn', 'psephos_worker')";
const OURS = "('app', 'door', 'history', 'urn')";

/**
 * Reads the schema of a migrated database. A table that exists once per month or election is described once.
 * @param ownerUrl postgres://… of the role that migrated it
 */
export async function readCatalogue(ownerUrl: string): Promise<Catalogue> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'psephos catalogue' });
  await client.connect();
  try {
    await client.query('BEGIN');
    // A database without an open election has no inbox: one is made for the reading and never committed.
    await client.query('SET LOCAL ROLE psephos_urn');
    await client.query('SELECT urn.make_inbox($1)', [NO_ELECTION]);
    await client.query('RESET ROLE');
    // Types and expressions are printed with their schema unless it is on the path.
    await client.query('SET LOCAL search_path = pg_catalog');
    const read = async <T extends pg.QueryResultRow>(text: string) => (await client.query<T>(text)).rows;
    return {
      roles: await read<Role>(ROLES),
      schemas: await read<Schema>(SCHEMAS),
      tables: await read<Table>(TABLES),
      routines: await read<Routine>(ROUTINES),
    };
  } finally {
    await client.query('ROLLBACK').catch(() => {});
    await client.end();
  }
}

/** Text is sorted by its bytes: by the database's own collation the order would differ between installations. */
const inOrder = (text: string) => `${text} COLLATE "C"`;

/** What an access list grants, a row for each role and privilege; the owner's own are left out. */
function grantsOf(list: string, owner: string): string {
  return `SELECT coalesce(r.rolname, 'PUBLIC')::text AS role, a.privilege_type AS privilege
    FROM aclexplode(${list}) a LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE a.grantee <> ${owner}`;
}

function grantsByRole(list: string, owner: string): string {
  return `SELECT g.role, NULL::text AS column, string_agg(g.privilege, ', ' ORDER BY ${inOrder('g.privilege')}) AS privileges
    FROM (${grantsOf(list, owner)}) g GROUP BY g.role`;
}

/** What the migrations make; logins differ from one installation to the next. */
const ROLES = `
  SELECT r.rolname AS name,
    concat_ws(' ', CASE WHEN r.rolcanlogin THEN 'LOGIN' END, CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
      CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
      CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END) AS attributes,
    coalesce((SELECT string_agg(m.roleid::regrole::text, ', ' ORDER BY ${inOrder('m.roleid::regrole::text')})
      FROM pg_auth_members m WHERE m.member = r.oid), '') AS member_of,
    coalesce((SELECT string_agg(a.privilege_type, ', ' ORDER BY ${inOrder('a.privilege_type')})
      FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = current_database() AND a.grantee = r.oid), '') AS database
  FROM pg_roles r WHERE r.rolname IN ${OUR_ROLES} ORDER BY r.rolname`;

/** Schema history and its tables belong to whoever migrates, so its owner is not told. */
const SCHEMAS = `
  SELECT n.nspname AS name, CASE n.nspname WHEN 'history' THEN 'the migrating role' ELSE n.nspowner::regrole::text END AS owner,
    obj_description(n.oid, 'pg_namespace') AS comment,
    coalesce((SELECT json_agg(g ORDER BY ${inOrder('g.role')}) FROM (${grantsByRole('n.nspacl', 'n.nspowner')}) g), '[]') AS grants
  FROM pg_namespace n WHERE n.nspname IN ${OURS} ORDER BY n.nspname`;

/** A month's partition and an inbox stand for their kind; of each kind only the first is read. */
const SHOWN_NAME = `CASE WHEN c.relname ~ '^(log|audit_entries|audit_details)_\\d{4}_\\d\\d$'
    THEN regexp_replace(c.relname, '\\d{4}_\\d\\d$', 'YYYY_MM')
  WHEN c.relname ~ '^inbox_[0-9a-f]{32}$' THEN 'inbox_<election>' ELSE c.relname END`;

const COLUMNS = `
  SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
    'default', pg_get_expr(d.adbin, d.adrelid), 'comment', col_description(a.attrelid, a.attnum),
    'storage', CASE WHEN a.attstorage <> t.typstorage THEN
      CASE a.attstorage WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' WHEN 'm' THEN 'MAIN' ELSE 'PLAIN' END END) ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;

/** Those that every partition has from its parent carry its name: shown under the kind's. */
const CONSTRAINTS = `
  SELECT json_agg(json_build_object('name', replace(k.conname, c.relname, ${SHOWN_NAME}), 'definition', pg_get_constraintdef(k.oid))
    ORDER BY k.contype <> 'p', k.conname)
  FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c')`;

const INDEXES = `
  SELECT json_agg(replace(pg_get_indexdef(i.indexrelid), c.relname, ${SHOWN_NAME}) ORDER BY ${inOrder('i.indexrelid::regclass::text')})
  FROM pg_index i WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`;

const POLICIES = `
  SELECT json_agg(json_build_object('name', p.polname, 'command', p.polcmd,
    'roles', (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE o::regrole::text END, ', ' ORDER BY ${inOrder('o::regrole::text')}) FROM unnest(p.polroles) o),
    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)
  FROM pg_policy p WHERE p.polrelid = c.oid`;

const TABLE_GRANTS = `
  SELECT json_agg(g ORDER BY ${inOrder('g.role')}, g.column IS NOT NULL, ${inOrder('g.privileges')}, g.place) FROM (
    SELECT g.role, g.column, g.privileges, 0 AS place FROM (${grantsByRole('c.relacl', 'c.relowner')}) g
    UNION ALL
    SELECT g.role, a.attname::text, g.privilege, a.attnum FROM pg_attribute a, LATERAL (${grantsOf('a.attacl', 'c.relowner')}) g
    WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) g`;

const TABLES = `
  SELECT DISTINCT ON (n.nspname, ${inOrder(SHOWN_NAME)}) n.nspname AS schema, ${SHOWN_NAME} AS name,
    CASE n.nspname WHEN 'history' THEN 'the migrating role' ELSE c.relowner::regrole::text END AS owner,
    obj_description(c.oid, 'pg_class') AS comment,
    (SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid) AS partition_of,
    CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS partitioned_by,
    array_to_string(c.reloptions, ', ') AS options, c.relrowsecurity AS row_security, c.relforcerowsecurity AS forced,
    coalesce((${COLUMNS}), '[]') AS columns, coalesce((${CONSTRAINTS}), '[]') AS constraints,
    coalesce((${INDEXES}), '[]') AS indexes, coalesce((${POLICIES}), '[]') AS policies,
    coalesce((${TABLE_GRANTS}), '[]') AS grants
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY n.nspname, ${inOrder(SHOWN_NAME)}, c.relname`;

const ROUTINES = `
  SELECT n.nspname AS schema, p.proname AS name, pg_get_function_arguments(p.oid) AS arguments,
    pg_get_function_result(p.oid) AS result, p.proowner::regrole::text AS owner, l.lanname AS language,
    p.prosecdef AS definer, CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END AS volatility,
    array_to_string(p.proconfig, '; ') AS settings,
    coalesce((SELECT string_agg(g.role, ', ' ORDER BY ${inOrder('g.role')})
      FROM (${grantsOf("coalesce(p.proacl, acldefault('f', p.proowner))", 'p.proowner')}) g), '') AS executors
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
  WHERE n.nspname IN ${OURS} ORDER BY n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)`;
