import { CsvError, parse } from 'csv-parse/sync';
import { ElectionFileError } from './election-file-error.ts';
import type { SourceText } from './source-text.ts';

/** One record: its trimmed cells and the line it ends on (quoted line breaks spread a record over several). */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The records of a file of separated values, quoted as RFC 4180 says; they may differ in length, and an empty line is
 * a record of one empty cell. A quote inside a cell that does not begin with one is an ordinary character (older
 * Pabulib files have them). Throws ElectionFileError with the line where a broken quotation begins.
 */
export function readRows(source: SourceText, delimiter: ',' | ';'): Row[] {
  const rows: Row[] = [];
  try {
    parse(source.text, {
      delimiter,
      trim: true,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (cells, context) => {
        rows.push({ line: context.lines, cells });
        return null; // the rows are kept here, with their lines; the parser need not keep them too
      },
    });
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (rows.at(-1)?.line ?? 0) + 1;
    const unclosed = error.code === 'CSV_QUOTE_NOT_CLOSED';
    const problem = unclosed ? 'a quotation is never closed' : 'a quotation ends in the middle of a cell';
    const hint = `write a cell with quotes or "${delimiter}" as "…" and each quote inside it twice`;
    throw new ElectionFileError(source.name, { line }, problem, hint);
  }
}

/** Whether a record says nothing: an empty line, or one of separators only. */
export function isEmptyRow(row: Row): boolean {
  return row.cells.every((cell) => cell === '');
}
