import type { Database } from '../db/index.ts';
import { limits } from '../limits.ts';
import { hashOfMonth, readMonth } from './archive-files.ts';
import * as rows from './head-queries.ts';
import { type HeadSigner, isSigned, type PublishedHead, publishedOf } from './heads.ts';
import { type StoredEntry, selectEntriesAfter } from './queries.ts';
import { type Break, FROM_THE_FIRST, Walk, type WalkStart } from './walk.ts';

export interface VerifyOptions {
  /** heads that were kept outside the database; those inside are always looked at */
  readonly heads?: readonly PublishedHead[];
  /** where archived months lie; left out: the walk begins after them */
  readonly archiveFolder?: string | undefined;
  /** begins after this entry, which was verified before; the urn's ballots are not compared then */
  readonly start?: WalkStart;
  /** told how many entries were walked, every few thousand */
  readonly onProgress?: (entries: number) => void;
}

export interface Verification {
  readonly orgId: string;
  /** entries walked */
  readonly entries: number;
  /** the last entry that holds */
  readonly seq: number;
  /** hex */
  readonly hash: string;
  /** the first thing that is wrong; null: the chain is whole */
  readonly problem: Break | null;
  /** signed heads that the chain was compared with: kept in the database, kept outside */
  readonly headsInside: number;
  readonly headsOutside: number;
  /** changes that came by no engine */
  readonly bypassed: number;
  /** entries whose details were erased */
  readonly erased: number;
  /** archived months that were not looked at */
  readonly skippedMonths: number;
}

/** Walks one chain from its first entry to its last. Throws the database's errors. */
export async function verifyChain(
  database: Pick<Database, 'management'>,
  signer: HeadSigner,
  orgId: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { management } = database;
  const inOrg = <T>(work: Parameters<typeof management.withOrg<T>>[1]) => management.withOrg(orgId, work);
  const outside = (options.heads ?? []).filter((head) => head.org_id === orgId);
  const keys = await signer.publicKeys();
  const inside = (await inOrg((tx) => rows.selectHeads(tx, orgId))).map((head) =>
    publishedOf(orgId, head, keys.get(head.kid) ?? Buffer.alloc(0)),
  );
  const archives = await inOrg((tx) => rows.selectArchives(tx, orgId));
  // before the end: what is chained or signed meanwhile must not look like something that is missing
  const chainedPos = await inOrg((tx) => rows.selectChainedPos(tx, orgId));
  const end = await inOrg((tx) => rows.selectChainEnd(tx, orgId));
  const skipped = options.start === undefined && options.archiveFolder === undefined ? archives : [];
  const start = options.start ?? startAfter(skipped);
  const heads = headsBySeq([...inside, ...outside], start.seq);
  const walk = new Walk(orgId, start, heads, chainedPos);
  const report = (problem: Break | null): Verification => ({
    orgId,
    entries: walk.entries,
    seq: walk.seq,
    hash: walk.hash,
    problem,
    headsInside: inside.length,
    headsOutside: outside.length,
    bypassed: walk.bypassed,
    erased: walk.erased,
    skippedMonths: skipped.length,
  });

  const forged = forgedHead(orgId, [...inside, ...outside], keys);
  if (forged !== null) return report(forged);
  if (options.start === undefined && options.archiveFolder !== undefined) {
    const folder = options.archiveFolder;
    for (const archive of archives) {
      const wrong = await fileProblem(folder, orgId, archive);
      const found = wrong ?? (await stepAll(walk, readMonth(folder, orgId, archive.month), options.onProgress));
      if (found !== null) return report(found);
    }
  }
  const found =
    (await stepAll(walk, storedEntries(database, orgId, walk.seq, end?.seq ?? null), options.onProgress)) ??
    walk.finish(end) ??
    unrecordedArchive(orgId, archives, walk, start);
  if (found !== null || options.start !== undefined || skipped.length > 0) return report(found);
  return report(ballotsProblem(orgId, walk, await inOrg((tx) => rows.selectUrnCounts(tx, orgId, chainedPos))));
}

function startAfter(skipped: readonly rows.ArchiveRow[]): WalkStart {
  const last = skipped.at(-1);
  return last === undefined ? FROM_THE_FIRST : { seq: last.toSeq, hash: last.lastHash };
}

function headsBySeq(heads: readonly PublishedHead[], afterSeq: number): Map<number, PublishedHead[]> {
  const bySeq = new Map<number, PublishedHead[]>();
  for (const head of heads) {
    if (head.seq <= afterSeq) continue;
    const others = bySeq.get(head.seq);
    if (others === undefined) bySeq.set(head.seq, [head]);
    else others.push(head);
  }
  return bySeq;
}

function forgedHead(orgId: string, heads: readonly PublishedHead[], keys: ReadonlyMap<string, Buffer>): Break | null {
  for (const head of heads) {
    const forged = (message: string): Break => ({ kind: 'head_forged', orgId, seq: head.seq, message });
    if (!isSigned(head)) return forged(`the signature of the head of ${head.day} does not hold`);
    if (!keys.has(head.kid))
      return forged(`the head of ${head.day} is signed by the key ${head.kid}, which the database does not have`);
  }
  return null;
}

async function fileProblem(folder: string, orgId: string, archive: rows.ArchiveRow): Promise<Break | null> {
  const month = archive.month.slice(0, 7);
  const found = await hashOfMonth(folder, orgId, archive.month);
  const wrong = { orgId, seq: archive.fromSeq };
  if (found === null) return { ...wrong, kind: 'archive_missing', message: `the file of ${month} is not in ${folder}` };
  if (found === archive.fileHash) return null;
  return { ...wrong, kind: 'archive_changed', message: `the file of ${month} is not the one that was written` };
}

/**
 * Every row that lets months lie in files must be in the chain too: else whoever removes a month could write such a row.
 * What was archived is said by an entry that came later, so by one of this walk.
 */
function unrecordedArchive(
  orgId: string,
  archives: readonly rows.ArchiveRow[],
  walk: Walk,
  start: WalkStart,
): Break | null {
  for (const archive of archives) {
    if (archive.toSeq < start.seq) continue; // verified with an earlier walk
    const facts = walk.archives.get(archive.month.slice(0, 7));
    if (facts?.fromSeq === archive.fromSeq && facts.toSeq === archive.toSeq && facts.fileHash === archive.fileHash)
      continue;
    const message = `the chain does not say that ${archive.month.slice(0, 7)} was archived as it is`;
    return { kind: 'archive_changed', orgId, seq: archive.fromSeq, message };
  }
  return null;
}

async function stepAll(
  walk: Walk,
  entries: AsyncIterable<StoredEntry>,
  onProgress: VerifyOptions['onProgress'],
): Promise<Break | null> {
  for await (const stored of entries) {
    const found = walk.step(stored);
    if (found !== null) return found;
    if (walk.entries % limits.auditReadRows === 0) onProgress?.(walk.entries);
  }
  return null;
}

/** What lies in the database after a number, page by page. @param upTo what is appended meanwhile is left out */
export async function* storedEntries(
  { management }: Pick<Database, 'management'>,
  orgId: string,
  afterSeq: number,
  upTo: number | null,
  month: string | null = null,
): AsyncGenerator<StoredEntry> {
  let after = afterSeq;
  for (;;) {
    const page = await management.withOrg(
      orgId,
      (tx) => selectEntriesAfter(tx, orgId, after, limits.auditReadRows, month),
      limits.consumeTimeoutMs,
    );
    for (const stored of page) {
      if (upTo !== null && stored.entry.seq > upTo) return;
      yield stored;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < limits.auditReadRows) return;
    after = last.entry.seq;
  }
}

function ballotsProblem(
  orgId: string,
  walk: Walk,
  urn: readonly { readonly electionId: string; readonly ballots: number }[],
): Break | null {
  for (const { electionId, ballots } of urn) {
    const chained = walk.ballots.get(electionId) ?? 0;
    if (chained === ballots) continue;
    const message = `election ${electionId}: the urn holds ${ballots} ballots, and the chain says ${chained}`;
    return { kind: 'ballots', orgId, seq: null, message };
  }
  return null;
}
