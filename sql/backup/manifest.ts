import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StartProblem } from '../embedded/index.ts';

const manifestSchema = z.object({
  'PostgreSQL-Backup-Manifest-Version': z.number(),
  Files: z.array(
    z.object({
      Path: z.string().optional(),
      'Encoded-Path': z.string().optional(),
      Size: z.number(),
      'Checksum-Algorithm': z.string().optional(),
      Checksum: z.string().optional(),
    }),
  ),
  'WAL-Ranges': z.array(z.object({ Timeline: z.number(), 'Start-LSN': z.string(), 'End-LSN': z.string() })),
  'Manifest-Checksum': z.string(),
});

/** PostgreSQL's own list of what a base backup holds. */
export interface Manifest {
  /** SHA-256 in hexadecimal of each file, by its path below PGDATA */
  readonly files: ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }>;
  readonly timeline: number;
  /** the backup is consistent once the log is read from here … */
  readonly startLsn: string;
  /** … to here: what was committed before is in it */
  readonly endLsn: string;
}

/**
 * Reads a backup_manifest and checks its own checksum, which covers every byte before it.
 * @throws StartProblem where it is not what the server wrote
 */
export function readManifest(bytes: Buffer): Manifest {
  const text = bytes.toString('utf8');
  const end = text.lastIndexOf('"Manifest-Checksum"');
  const own = createHash('sha256')
    .update(text.slice(0, Math.max(end, 0)))
    .digest('hex');
  const parsed = manifestSchema.safeParse(end < 0 ? null : parseJson(text));
  if (!parsed.success || parsed.data['Manifest-Checksum'] !== own) {
    throw new StartProblem('The manifest of the backup is damaged. Take another backup, or use an older one.');
  }
  const [range] = parsed.data['WAL-Ranges'];
  if (range === undefined) throw new StartProblem('The manifest of the backup names no write-ahead log.');
  const files = parsed.data.Files.map((file): [string, { bytes: number; sha256: string }] => {
    if (file['Checksum-Algorithm'] !== 'SHA256')
      throw new StartProblem('The manifest has other checksums than SHA-256.');
    const path = file.Path ?? Buffer.from(file['Encoded-Path'] ?? '', 'hex').toString('utf8');
    return [path, { bytes: file.Size, sha256: file.Checksum ?? '' }];
  });
  return {
    files: new Map(files),
    timeline: range.Timeline,
    startLsn: range['Start-LSN'],
    endLsn: range['End-LSN'],
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What was read of a tar file: path below PGDATA -> size and SHA-256. */
export type Contents = ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }>;

/** Files that differ from the manifest, are missing, or are too many; the log's own segments are not in it. */
export function differences(manifest: Manifest, contents: Contents): readonly string[] {
  const found: string[] = [];
  for (const [path, { bytes, sha256 }] of manifest.files) {
    const read = contents.get(path);
    if (read === undefined) found.push(`${path} is missing`);
    else if (read.bytes !== bytes) found.push(`${path} has ${read.bytes} bytes, not ${bytes}`);
    else if (read.sha256 !== sha256) found.push(`${path} has another checksum`);
  }
  for (const path of contents.keys()) {
    if (!manifest.files.has(path) && !path.startsWith('pg_wal/')) found.push(`${path} is not in the manifest`);
  }
  return found;
}
