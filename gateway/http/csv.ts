import { stringify } from 'csv-stringify/sync';
import type { Reply } from './operation.ts';

/**
 * Rows as CSV (RFC 4180, UTF-8, header line). Texts that a spreadsheet would run as a formula get a quote in front:
 * titles are written by people.
 */
export function csvReply(
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const content = stringify([columns, ...rows] as (string | number | null)[][], {
    escape_formulas: true,
    record_delimiter: '\r\n',
  });
  return { status: 200, text: { type: 'text/csv; charset=utf-8', content }, headers };
}
