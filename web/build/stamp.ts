import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What the pages are made of, besides the packages that the lockfile names. */
const SOURCES = ['web', 'client', 'protocol'];
const STAMP_LENGTH = 16;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A hash of everything that the pages are made of: the same stamp, the same pages. @param root of the checkout */
export function stampOf(root: string): string {
  const dist = join(root, 'web', 'dist');
  const files = SOURCES.flatMap((folder) => filesBelow(join(root, folder))).filter((file) => !file.startsWith(dist));
  const sum = createHash('sha256');
  for (const file of [...files, join(root, 'package-lock.json')].sort()) {
    sum.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return sum.digest('hex').slice(0, STAMP_LENGTH);
}
