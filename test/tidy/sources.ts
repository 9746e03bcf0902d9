import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** What is not ours: installed, downloaded, or written by a running Psephos. */
const NOT_OURS = new Set(['node_modules', '.git', '.cache', 'coverage']);
const NOT_OURS_AT_ROOT = new Set(['data', '.env', 'web/dist']);
const BINARY = /\.(png|ico|woff2|gz|zip|pdf)$/;

/** One file of the repository; `path` is relative to its root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function walk(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name) || NOT_OURS_AT_ROOT.has(path)) return [];
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** Every text file of the repository. */
export const FILES: readonly SourceFile[] = walk('')
  .filter((path) => !BINARY.test(path) && !path.endsWith('.log'))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The code in it. */
export const CODE: readonly SourceFile[] = FILES.filter(({ path }) => /\.(ts|tsx|mjs|js)$/.test(path));

/** The file with its comments blanked, so that words in prose are not taken for code. Line numbers stay. */
export function withoutComments(text: string): string {
  const stringOrComment = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(stringOrComment, (all, kept?: string) => kept ?? all.replace(/[^\n]/g, ''));
}

/** `path:line` for each match, to be clicked. */
export function placesOf(pattern: RegExp, { path, text }: SourceFile): string[] {
  const everywhere = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`);
  return [...text.matchAll(everywhere)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    return `${path}:${line}: ${match[0].trim()}`;
  });
}
