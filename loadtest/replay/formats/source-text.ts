import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ElectionFileError } from './election-file-error.ts';

/** A file's name (without folder) and its text without byte order mark. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
}

// The million voters an election takes, at 200 bytes a row; beyond it the text and its rows fill memory.
const MAX_FILE_BYTES = 200_000_000;
// The longest line that makes sense is a ballot that ranks 1,000 options with ids of 32 characters, 33,000;
// project descriptions are longer. Above a million it is no line of an election.
const MAX_LINE_CHARACTERS = 1_000_000;

const UTF8_HINT = 'save the file as UTF-8, e.g. iconv -f WINDOWS-1250 -t UTF-8';

/** Reads a path, or takes a text as it is. Throws ElectionFileError: absent, no file, empty, binary, not UTF-8. */
export async function loadSource(source: string | SourceText): Promise<SourceText> {
  const name = typeof source === 'string' ? basename(source) : source.name;
  const text = typeof source === 'string' ? decode(name, await readBytes(source, name)) : source.text;
  const withoutMark = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const zero = withoutMark.indexOf('\0');
  if (zero >= 0) {
    const line = linesOf(withoutMark.slice(0, zero)).length;
    throw new ElectionFileError(name, { line }, 'there is a zero byte, this is no text file', UTF8_HINT);
  }
  if (withoutMark.trim() === '') {
    throw new ElectionFileError(name, {}, 'the file is empty', 'give a PrefLib, Pabulib or ranked CSV file');
  }
  refuseHugeLines(name, withoutMark);
  return { name, text: withoutMark };
}

async function readBytes(path: string, name: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (found.isFile() && found.size <= MAX_FILE_BYTES) return await readFile(path);
    // A device such as /dev/zero never ends; a folder is left to readFile, which says what it is.
    if (found.isDirectory()) await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'this is a folder, not a file',
      EACCES: 'the file may not be read by this user',
    };
    const problem = reasons[code ?? ''] ?? `the file cannot be read (${code ?? String(error)})`;
    throw new ElectionFileError(name, {}, problem, `check the path ${path}`);
  }
  const problem = `this is no regular file of at most ${MAX_FILE_BYTES} bytes`;
  throw new ElectionFileError(name, {}, problem, 'give a file on disk; split a larger one by district');
}

function decode(name: string, bytes: Buffer): string {
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    return strict.decode(bytes);
  } catch {
    // The decoder does not say where: the first line that fails alone is the one.
    let line = 1;
    for (let start = 0; start < bytes.length; line += 1) {
      const end = bytes.indexOf(10, start);
      const stop = end < 0 ? bytes.length : end;
      try {
        strict.decode(bytes.subarray(start, stop));
      } catch {
        break;
      }
      start = stop + 1;
    }
    throw new ElectionFileError(name, { line }, 'this is not UTF-8 text', UTF8_HINT);
  }
}

function refuseHugeLines(name: string, text: string): void {
  if (text.length <= MAX_LINE_CHARACTERS) return;
  linesOf(text).forEach((line, index) => {
    if (line.length <= MAX_LINE_CHARACTERS) return;
    const problem = `${line.length} characters on one line (at most ${MAX_LINE_CHARACTERS})`;
    throw new ElectionFileError(name, { line: index + 1 }, problem, 'check that the line ends were not lost');
  });
}

/** Lines without their ends, of Unix, Windows and old Mac files alike. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}
