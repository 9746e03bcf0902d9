import { extname } from 'node:path';
import { ElectionFileError, shown } from './election-file-error.ts';
import { readPabulib } from './pabulib.ts';
import type { ParsedElection } from './parsed-election.ts';
import { readPreflib } from './preflib.ts';
import { readRankedCsv } from './ranked-csv.ts';
import { loadSource, type SourceText } from './source-text.ts';

export { ElectionFileError } from './election-file-error.ts';
export type { Entry, ExpectedFigures, FileOption, ParsedElection } from './parsed-election.ts';
export type { SourceText } from './source-text.ts';
export { type MethodElection, type MethodRequest, methodsOf, toMethod, type VoterBallots } from './to-method.ts';

const READABLE = 'PrefLib (.soi .soc .toi .toc), Pabulib (.pb) or a ranked CSV (.csv)';

/**
 * Reads a file of real ballots, by path or as { name, text }: PrefLib .soi .soc .toi .toc, Pabulib .pb, ranked .csv.
 * Another extension is told by the text. Everything the reader normalised is in `notes`.
 * Throws ElectionFileError, with the line where there is one, for whatever cannot be read; nothing else.
 */
export async function readElectionFile(source: string | SourceText): Promise<ParsedElection> {
  const loaded = await loadSource(source);
  const extension = extname(loaded.name).slice(1).toLowerCase();
  const format = formatOf(extension, loaded.text);
  if (format === 'pabulib') return readPabulib(loaded);
  if (format === 'csv') return readRankedCsv(loaded);
  if (format === 'preflib') return readPreflib(loaded, extension);
  const problem =
    format === 'no orders'
      ? `.${extension} files hold no orders to vote with`
      : `the format of ${shown(loaded.name)} is unknown`;
  throw new ElectionFileError(loaded.name, {}, problem, `give a file of ${READABLE}`);
}

function formatOf(extension: string, text: string): 'preflib' | 'pabulib' | 'csv' | 'no orders' | 'unknown' {
  if (['soi', 'soc', 'toi', 'toc'].includes(extension)) return 'preflib';
  if (['cat', 'wmd', 'dat', 'tog', 'mjg', 'wmg', 'pwg'].includes(extension)) return 'no orders';
  if (extension === 'pb') return 'pabulib';
  if (extension === 'csv') return 'csv';
  const start = text.trimStart();
  if (/^META\b/i.test(start)) return 'pabulib';
  if (/^#\s*FILE NAME\s*:/i.test(start)) return 'preflib';
  if (/^[^\n]*\brank[ _-]?0*1\b/i.test(start)) return 'csv';
  return 'unknown';
}
