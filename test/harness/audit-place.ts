import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Folders of a test's own for signed heads and archived months; gone after the file. */
export function auditPlace(): { headsFolder: string; archiveFolder: string; keepMonths: number } {
  const folder = mkdtempSync(join(tmpdir(), 'psephos-audit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { headsFolder: join(folder, 'heads'), archiveFolder: join(folder, 'archive'), keepMonths: 24 };
}
