import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { limits } from '../../limits.ts';
import { accept, type Outcome, refuse } from '../../outcome.ts';

export type Separator = 'comma' | 'semicolon' | 'tab';

export const SIGNS: Readonly<Record<Separator, string>> = { comma: ',', semicolon: ';', tab: '\t' };

/** A record and the line of the file on which it begins, the first being 1. */
export interface FileRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface FileRecords {
  readonly separator: Separator;
  readonly heading: FileRecord;
  readonly rows: readonly FileRecord[];
}

/** How much is parsed before others get a turn: some 5 ms. */
const CHUNK_BYTES = 64 * 1024;

/** The sign that stands most often in the heading, outside quotes. */
function separatorOf(text: string): Separator {
  const start = text.slice(0, limits.importRecordCharacters).replaceAll(/"[^"]*"/g, '');
  const [heading = ''] = start.replace(/^[\r\n]+/, '').split(/[\r\n]/, 1);
  const count = (separator: Separator) => heading.split(SIGNS[separator]).length;
  return (['semicolon', 'tab', 'comma'] as const).reduce(
    (best, next) => (count(next) > count(best) ? next : best),
    'comma',
  );
}

function* chunksOf(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) yield bytes.subarray(from, from + CHUNK_BYTES);
}

function linesWithin(cells: readonly string[]): number {
  return cells.reduce((lines, cell) => lines + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}

function broken(error: CsvError): Outcome<never> {
  const { lines } = error as CsvError & { readonly lines?: number };
  const line = lines ?? 1;
  const long = error.code === 'CSV_MAX_RECORD_SIZE';
  return refuse(
    'invalid_input',
    long
      ? `The row at line ${line} is far too long. Perhaps a quote is opened and never closed.`
      : `The quotes of line ${line} do not match. Put cells with quotes in quotes, and write each quote in them twice.`,
    { details: { reason: long ? 'row_too_long' : 'quotes', line } },
  );
}

/**
 * Splits a text into records, empty lines left out. Others have their turn in between: a file of 50,000 rows takes half a
 * second. Refuses `invalid_input` for quotes that do not match, too many rows, or nothing at all.
 */
export async function readRecords(text: string): Promise<Outcome<FileRecords>> {
  const separator = separatorOf(text);
  const parser = Readable.from(chunksOf(text)).pipe(
    parse({
      delimiter: SIGNS[separator],
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: limits.importRecordCharacters,
    }),
  );
  const records: FileRecord[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (records.length > limits.importMaxRows) {
        return refuse('invalid_input', `The file has more than ${limits.importMaxRows} rows. Split it.`, {
          details: { reason: 'too_many_rows', max_rows: limits.importMaxRows },
        });
      }
      records.push({ line: info.lines - linesWithin(record), cells: record });
    }
  } catch (error) {
    if (error instanceof CsvError) return broken(error);
    throw error;
  }
  const [heading, ...rows] = records;
  if (heading === undefined || rows.length === 0) {
    return refuse(
      'invalid_input',
      'The file has no rows. The first line is for headings, then one line for each member.',
      {
        details: { reason: 'empty' },
      },
    );
  }
  return accept({ separator, heading, rows });
}
