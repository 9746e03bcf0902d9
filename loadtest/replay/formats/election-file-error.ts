/** Where in the file something is wrong. Lines and columns count from 1; columns count characters. */
interface Place {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/**
 * A file that cannot be read as an election, or not voted with the method asked for: the reader's only error.
 * message: 'dublin.soi line 31: alternative 13 is not declared (the header names 12)'; hint: what to do about it.
 */
export class ElectionFileError extends Error {
  override readonly name = 'ElectionFileError';
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly problem: string;
  readonly hint: string;

  constructor(file: string, place: Place, problem: string, hint: string) {
    super(`${file}${place.line === undefined ? '' : ` line ${place.line}`}: ${problem}`);
    this.file = file;
    this.line = place.line;
    this.column = place.column;
    this.problem = problem;
    this.hint = hint;
  }
}

/** A cell or word as an error message shows it: one line, at most 40 characters. */
export function shown(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ');
  return `"${oneLine.length > 40 ? `${oneLine.slice(0, 39)}…` : oneLine}"`;
}
