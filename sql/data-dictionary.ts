import { type Column, readCatalogue, type Schema, type Table } from './catalogue.ts';

/** Where the data dictionary is kept. */
export const DICTIONARY_FILE = new URL('../docs/data-dictionary.md', import.meta.url);

/** The migration tool's own notes (which file ran when) are no data of the product. */
const DESCRIBED = ['app', 'urn'];

const HEADER = `# Data dictionary

Written by \`npm run docs\` from the comments in the database; a test fails where one is missing. \`log_YYYY_MM\` stands for
every month's partition of the log (and so on for the audit), \`inbox_<election>\` for the inbox that every open election has. Schema
\`door\` holds functions only, schema \`history\` the migration tool's notes on what it has run.
`;

/**
 * Every table and column with its meaning, as Markdown.
 * @param ownerUrl postgres://… of the role that migrated the database
 */
export async function renderDataDictionary(ownerUrl: string): Promise<string> {
  const { schemas, tables } = await readCatalogue(ownerUrl);
  const described = schemas.filter(({ name }) => DESCRIBED.includes(name));
  return [HEADER, ...described.map((schema) => schemaText(schema, tables))].join('\n');
}

/** What lacks a comment, e.g. 'app.members.weight'; empty when all is well. */
export async function undescribed(ownerUrl: string): Promise<string[]> {
  const { schemas, tables } = await readCatalogue(ownerUrl);
  const bare = (comment: string | null, name: string) => (comment === null || comment.trim() === '' ? [name] : []);
  return [
    ...schemas
      .filter(({ name }) => name === 'door' || DESCRIBED.includes(name))
      .flatMap(({ name, comment }) => bare(comment, name)),
    ...tables
      .filter(({ schema }) => schema === 'door' || DESCRIBED.includes(schema))
      .flatMap(({ schema, name, comment, columns, partition_of }) => [
        ...bare(comment, `${schema}.${name}`),
        ...(partition_of === null ? columns : []).flatMap((column) =>
          bare(column.comment, `${schema}.${name}.${column.name}`),
        ),
      ]),
  ];
}

function schemaText(schema: Schema, tables: readonly Table[]): string {
  return [
    `## Schema ${schema.name}\n\n${schema.comment ?? ''}\n`,
    ...tables.filter((table) => table.schema === schema.name).map(tableText),
  ].join('\n');
}

function tableText(table: Table): string {
  if (table.partition_of !== null) {
    return `### \`${table.schema}.${table.name}\`\n\n${table.comment ?? ''}\n\nColumns and key are those of ${table.partition_of}.\n`;
  }
  const key = table.constraints.find(({ definition }) => definition.startsWith('PRIMARY KEY'));
  return [
    `### \`${table.schema}.${table.name}\`\n`,
    `${table.comment ?? ''}\n`,
    ...(key === undefined ? [] : [`Key: ${key.definition.replace('PRIMARY KEY ', '')}\n`]),
    '| column | type | meaning |',
    '|---|---|---|',
    ...table.columns.map(columnText),
    '',
  ].join('\n');
}

function columnText({ name, type, not_null, comment }: Column): string {
  return `| ${name} | ${type}${not_null ? '' : ', may be null'} | ${(comment ?? '').replaceAll('|', '\\|')} |`;
}
