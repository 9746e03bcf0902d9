import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { chainName, type Engine, type PublishedHead, readHeads, type Verification } from '../engine/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import type { AuditPlace } from '../workers/index.ts';

const PROGRESS_EVERY_MS = 1_000;

/** What one act is given. */
export interface AuditTask {
  readonly orgId: string | undefined;
  /** a folder or file of signed heads; undefined: there are none */
  readonly headsAt: string | undefined;
  readonly archiveAt: string | undefined;
  readonly place: AuditPlace;
  /** where an export goes; undefined: standard output */
  readonly out: string | undefined;
  /** the answer, a line each */
  readonly print: (line: string) => void;
  /** progress */
  readonly tell: (line: string) => void;
}

/** Acts of `npm run audit`, by name; each answers its exit code. */
export const AUDIT_ACTS: Readonly<
  Record<'verify' | 'head' | 'archive' | 'export', (engine: Engine, task: AuditTask) => Promise<number>>
> = { verify, head, archive, export: exportChain };

async function verify(engine: Engine, { orgId, headsAt, archiveAt, print, tell }: AuditTask): Promise<number> {
  const { heads, unreadable } = headsAt === undefined ? { heads: [], unreadable: [] } : await readHeads(headsAt);
  for (const line of unreadable) print(`unreadable: ${line} is no signed head`);
  await chainWaiting(engine);
  const chains = await engine.audit.chains();
  let broken = sayUnknownChains(heads, chains, orgId, print);
  if (orgId !== undefined && !chains.includes(orgId)) throw new StartProblem(`--org ${orgId}: there is no such chain`);
  for (const id of orgId === undefined ? chains : [orgId]) {
    let toldMs = performance.now();
    const found = await engine.audit.verify(id, {
      heads,
      archiveFolder: archiveAt,
      onProgress: (entries) => {
        if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
        toldMs = performance.now();
        tell(`${chainName(id)}: ${entries} entries …`);
      },
    });
    print(lineOf(found));
    if (found.problem !== null) broken += 1;
  }
  if (heads.length === 0)
    print('No heads outside the database were compared: whoever can rewrite it could have rewritten these chains.');
  return broken + unreadable.length === 0 ? 0 : 1;
}

/** What waits for the workers belongs to the chains; a standby can be read all the same. */
async function chainWaiting(engine: Engine): Promise<void> {
  await engine.audit.chainAllChanges().catch((error: { code?: unknown }) => {
    if (error.code !== '25006') throw error; // read-only transaction
  });
}

/** A head outside that names a chain which the database does not have: it was removed whole. */
function sayUnknownChains(
  heads: readonly PublishedHead[],
  chains: readonly string[],
  orgId: string | undefined,
  print: (line: string) => void,
): number {
  const gone = new Set(heads.map((head) => head.org_id).filter((id) => !chains.includes(id)));
  const asked = [...gone].filter((id) => orgId === undefined || id === orgId);
  for (const id of asked)
    print(`BROKEN ${chainName(id)}: truncated: signed heads name this chain, and the database has none of it`);
  return asked.length;
}

function lineOf(found: Verification): string {
  const { orgId, problem, entries, headsInside, headsOutside, bypassed, erased, skippedMonths } = found;
  if (problem !== null) return `BROKEN ${chainName(orgId)}: ${problem.kind}: ${problem.message}`;
  const more = [
    `${headsInside} heads in the database and ${headsOutside} outside agree`,
    ...(bypassed > 0 ? [`${bypassed} changes came by no engine`] : []),
    ...(erased > 0 ? [`${erased} details were erased`] : []),
    ...(skippedMonths > 0 ? [`${skippedMonths} archived months were not looked at (--archive FOLDER)`] : []),
  ];
  return `whole  ${chainName(orgId)}: ${entries} entries; ${more.join('; ')}`;
}

async function head(engine: Engine, { place, print, tell }: AuditTask): Promise<number> {
  await engine.audit.chainAllChanges();
  const published = await engine.audit.publishHeads(place.headsFolder);
  for (const line of published) print(JSON.stringify(line));
  tell(`${published.length} heads of today in ${place.headsFolder}`);
  return 0;
}

async function archive(engine: Engine, { archiveAt, place, print }: AuditTask): Promise<number> {
  const folder = archiveAt ?? place.archiveFolder;
  const archived = await engine.audit.archive(folder, place.keepMonths);
  for (const { month, chains, entries } of archived)
    print(`${month}: ${entries} entries of ${chains} chains are in ${folder}`);
  if (archived.length === 0) print(`No month is older than ${place.keepMonths} months.`);
  return 0;
}

async function exportChain(engine: Engine, { orgId, out, tell }: AuditTask): Promise<number> {
  if (orgId === undefined) throw new Error('export without an organisation');
  await chainWaiting(engine);
  let entries = 0;
  const lines = async function* () {
    for await (const stored of engine.audit.entries(orgId)) {
      entries += 1;
      yield `${JSON.stringify(stored)}\n`;
    }
  };
  await pipeline(Readable.from(lines()), out === undefined ? process.stdout : createWriteStream(out, { mode: 0o640 }), {
    end: out !== undefined,
  });
  tell(`${entries} entries`);
  return 0;
}
