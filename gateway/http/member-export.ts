import { stringify } from 'csv-stringify/sync';
import type { Engine, Member, MemberFilter } from '../../engine/index.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import { memberExportQuery } from '../../protocol/members.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { type Operation, operation, replyWith } from './operation.ts';

/** Rows of one answer: 12 MB or so, and two seconds of reading. */
const EXPORT_MAX_ROWS = 100_000;
/** Read and written at a time; others have their turn in between. */
const PAGE_ROWS = 1_000;
const COLUMNS = ['number', 'name', 'email', 'roles', 'status', 'weight', 'groups', 'note'];
const BYTE_ORDER_MARK = '\uFEFF';

function rowOf({ number, name, email, roles, status, weight, groups, note }: Member): (string | null)[] {
  const groupNames = groups.map((group) => group.name).join(' | ');
  return [number, name, email, roles.join(' | '), status, votesOfMicro(weight), groupNames, note];
}

/** Texts that a spreadsheet would run as a formula get an apostrophe in front, which an import takes off again. */
function linesOf(rows: readonly (readonly (string | null)[])[], delimiter: string): string {
  return stringify(rows as (string | null)[][], { delimiter, escape_formulas: true, record_delimiter: '\r\n' });
}

async function readAll(
  engine: Engine,
  orgId: string,
  filter: MemberFilter,
  from: string | undefined,
  delimiter: string,
): Promise<Outcome<{ readonly text: string; readonly nextCursor: string | null }>> {
  const parts = [linesOf([COLUMNS], delimiter)];
  let cursor = from;
  for (let rows = 0; rows < EXPORT_MAX_ROWS; rows += PAGE_ROWS) {
    const page = await engine.members.list(orgId, { ...filter, cursor, limit: PAGE_ROWS });
    if (!page.ok) return page;
    parts.push(linesOf(page.value.items.map(rowOf), delimiter));
    if (page.value.nextCursor === null) return accept({ text: parts.join(''), nextCursor: null });
    cursor = page.value.nextCursor;
  }
  return accept({ text: parts.join(''), nextCursor: cursor ?? null });
}

const exportCsv = operation({
  id: 'exportMembers',
  method: 'get',
  path: '/v1/members.csv',
  tag: 'Members',
  summary: 'Export the members as CSV',
  description:
    'All of them, by name; an import takes the file as it is. Past 100,000 rows X-Next-Cursor starts the next file.',
  permission: 'members.manage',
  query: memberExportQuery,
  success: { 200: { description: 'The file.', mediaType: 'text/csv' } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const { cursor, bom, separator, ...filter } = query;
    const delimiter = separator === 'semicolon' ? ';' : ',';
    return replyWith(await readAll(engine, identity.orgId, filter, cursor, delimiter), ({ text, nextCursor }) => ({
      status: 200,
      text: { type: 'text/csv; charset=utf-8', content: bom === true ? BYTE_ORDER_MARK + text : text },
      headers: {
        'content-disposition': 'attachment; filename="members.csv"',
        ...(nextCursor === null ? {} : { 'x-next-cursor': nextCursor }),
      },
    }));
  },
});

export const memberExportOperations: readonly Operation[] = [exportCsv];
