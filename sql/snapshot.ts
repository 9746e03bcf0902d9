import { writeFile } from 'node:fs/promises';
import { type Catalogue, type Grant, type Policy, type Routine, readCatalogue, type Table } from './catalogue.ts';

/** Where the snapshot is kept. */
export const SNAPSHOT_FILE = new URL('schema.sql', import.meta.url);

const HEADER = `-- The schema as a freshly migrated database holds it, for reading and for review of changes; never executed.
-- Written from the catalogue by \`npm run docs\`; test/migration/schema.test.ts compares it with the migrations.
-- Tables that exist once a month (log_YYYY_MM …) or once an election (inbox_<election>) stand here once, function bodies in
-- sql/functions/, comments in docs/data-dictionary.md.
`;

const COMMANDS: Readonly<Record<string, string>> = { r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE', '*': 'ALL' };

/**
 * The whole schema as readable text: the same for equal schemas, whoever migrated and whenever.
 * @param ownerUrl postgres://… of the role that migrated the database
 */
export async function renderSchema(ownerUrl: string): Promise<string> {
  const catalogue = await readCatalogue(ownerUrl);
  const parts = [HEADER, roles(catalogue), ...catalogue.schemas.map((schema) => schemaText(catalogue, schema.name))];
  return parts.join('\n');
}

/** Writes renderSchema() to sql/schema.sql. */
export async function writeSchemaSnapshot(ownerUrl: string): Promise<void> {
  await writeFile(SNAPSHOT_FILE, await renderSchema(ownerUrl));
}

function roles({ roles }: Catalogue): string {
  const lines = roles.flatMap(({ name, attributes, member_of, database }) => [
    `CREATE ROLE ${name}${attributes === '' ? '' : ` ${attributes}`};`,
    ...(member_of === '' ? [] : [`GRANT ${member_of} TO ${name};`]),
    ...(database === '' ? [] : [`GRANT ${database} ON DATABASE TO ${name};`]),
  ]);
  return `${lines.join('\n')}\n`;
}

function schemaText({ schemas, tables, routines }: Catalogue, name: string): string {
  const schema = schemas.find((each) => each.name === name);
  const head = [
    `-- ${'-'.repeat(116)}`,
    `CREATE SCHEMA ${name}; -- owner: ${schema?.owner}`,
    ...(schema?.grants ?? []).map((grant) => grantText(grant, `SCHEMA ${name}`)),
    '',
  ].join('\n');
  return [
    head,
    ...tables.filter((table) => table.schema === name).map(tableText),
    ...routines.filter((routine) => routine.schema === name).map(routineText),
  ].join('\n');
}

function tableText(table: Table): string {
  const name = `${table.schema}.${table.name}`;
  const body = [
    ...table.columns.map(
      (column) =>
        `  ${column.name} ${column.type}${column.storage === null ? '' : ` STORAGE ${column.storage}`}${
          column.not_null ? ' NOT NULL' : ''
        }${column.default === null ? '' : ` DEFAULT ${column.default}`}`,
    ),
    ...table.constraints.map((constraint) => `  CONSTRAINT ${constraint.name} ${constraint.definition}`),
  ].join(',\n');
  const tail = [
    ...(table.partition_of === null ? [] : [` PARTITION OF ${table.partition_of}`]),
    ...(table.partitioned_by === null ? [] : [` PARTITION BY ${table.partitioned_by}`]),
    ...(table.options === null ? [] : [` WITH (${table.options})`]),
  ].join('');
  const security = [
    ...(table.row_security ? ['ENABLE ROW LEVEL SECURITY'] : []),
    ...(table.forced ? ['FORCE ROW LEVEL SECURITY'] : []),
  ].join(', ');
  const lines = [
    `CREATE TABLE ${name} (\n${body}\n)${tail}; -- owner: ${table.owner}; ${commentsOf(table)}`,
    ...table.indexes.map((index) => `${index};`),
    ...(security === '' ? [] : [`ALTER TABLE ${name} ${security};`]),
    ...table.policies.map((policy) => policyText(policy, name)),
    ...mergeColumns(table.grants).map((grant) => grantText(grant, name)),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether everything is commented; what the comments say is the data dictionary's matter. */
function commentsOf({ comment, columns, partition_of }: Table): string {
  const own = partition_of === null ? columns : []; // a partition's columns are its parent's
  const bare = own.filter((column) => column.comment === null).map(({ name }) => name);
  const missing = [...(comment === null ? ['the table'] : []), ...bare];
  return missing.length === 0 ? 'commented' : `no comment: ${missing.join(', ')}`;
}

function policyText({ name, command, roles, using, check }: Policy, table: string): string {
  return [
    `CREATE POLICY ${name} ON ${table} FOR ${COMMANDS[command]} TO ${roles}`,
    ...(using === null ? [] : [` USING (${using.replaceAll(/\s+/g, ' ')})`]),
    ...(check === null ? [] : [` WITH CHECK (${check.replaceAll(/\s+/g, ' ')})`]),
    ';',
  ].join('');
}

/** One privilege of one role on several columns, as one line. */
function mergeColumns(grants: readonly Grant[]): Grant[] {
  const merged = new Map<string, Grant>();
  for (const grant of grants) {
    const key = `${grant.role} ${grant.column === null ? 'table' : grant.privileges}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? grant : { ...grant, column: `${before.column}, ${grant.column}` });
  }
  return [...merged.values()];
}

function grantText({ role, column, privileges }: Grant, object: string): string {
  const columns = column === null ? '' : ` (${column})`;
  return `GRANT ${privileges}${columns} ON ${object} TO ${role};`;
}

function routineText(routine: Routine): string {
  const how = [
    `LANGUAGE ${routine.language}`,
    routine.volatility,
    ...(routine.definer ? ['SECURITY DEFINER'] : []),
    ...(routine.settings === null ? [] : [`SET ${routine.settings}`]),
  ].join(' ');
  const executors = routine.executors === '' ? 'its owner alone' : routine.executors;
  return [
    `CREATE FUNCTION ${routine.schema}.${routine.name}(${routine.arguments})`,
    `  RETURNS ${routine.result}`,
    `  ${how}; -- owner: ${routine.owner}; executed by: ${executors}`,
    '',
  ].join('\n');
}
