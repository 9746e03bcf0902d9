import { type Database, PLATFORM_CHAIN } from '../db/index.ts';
import { eraseFromMonth, holdsDetailsOlderThan, readMonth, removeMonth, writeMonth } from './archive-files.ts';
import * as rows from './head-queries.ts';
import { selectChains } from './queries.ts';
import { storedEntries } from './verify.ts';
import { FROM_THE_FIRST, Walk } from './walk.ts';

export interface ArchivedMonth {
  /** YYYY-MM */
  readonly month: string;
  readonly chains: number;
  readonly entries: number;
}

/** First day of the month so many months before a day. @param today YYYY-MM-DD */
export function monthBefore(today: string, months: number): string {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 10);
}

/**
 * Moves months that ended before a day into files, one a chain and month, and removes them from the database. A file is read
 * again and verified before anything is removed. Whoever dies within it leaves the month in the database or in both.
 * @param before first day of the first month that stays, YYYY-MM-DD
 * @throws where what was written does not verify, or the database's errors
 */
export async function archiveMonths(
  database: Pick<Database, 'management'>,
  folder: string,
  before: string,
): Promise<ArchivedMonth[]> {
  const { management } = database;
  const done: ArchivedMonth[] = [];
  for (const month of await management.call((sql) => rows.selectMonthsBefore(sql, before))) {
    let chains = 0;
    let entries = 0;
    for (const { orgId } of await management.call((sql) => selectChains(sql, before))) {
      const written = await archiveChain(database, folder, orgId, month);
      if (written > 0) chains += 1;
      entries += written;
    }
    await management.act((sql) => rows.dropMonth(sql, month));
    done.push({ month: month.slice(0, 7), chains, entries });
  }
  return done;
}

/** @returns entries of the month; 0 where there are none */
async function archiveChain(
  database: Pick<Database, 'management'>,
  folder: string,
  orgId: string,
  month: string,
): Promise<number> {
  const inMonth = () => storedEntries(database, orgId, 0, null, month);
  const first = (await inMonth().next()).value;
  if (first === undefined) return 0;
  const archives = await database.management.withOrg(orgId, (tx) => rows.selectArchives(tx, orgId));
  const known = archives.find((archive) => archive.month === month);
  if (known !== undefined) return known.toSeq - known.fromSeq + 1; // its file was written and recorded, the month not yet removed
  await removeMonth(folder, orgId, month);
  const fileHash = await writeMonth(folder, orgId, month, inMonth);
  const start = { seq: first.entry.seq - 1, hash: first.entry.prevHash };
  const walk = new Walk(orgId, start, new Map(), 0);
  for await (const stored of readMonth(folder, orgId, month)) {
    const wrong = walk.step(stored);
    if (wrong !== null) throw new Error(`the month ${month.slice(0, 7)} of ${orgId} is not archived: ${wrong.message}`);
  }
  const fromSeq = first.entry.seq;
  const archive = { month, fromSeq, toSeq: walk.seq, lastHash: walk.hash, fileHash };
  if (fromSeq === 1 && first.entry.prevHash !== FROM_THE_FIRST.hash)
    throw new Error(`the chain of ${orgId} does not begin as one`);
  await database.management.act((sql) => rows.keepArchive(sql, orgId, archive));
  return walk.entries;
}

/** Takes what persons had erased since then out of archived details, as far as they lie in this folder. */
export async function eraseFromArchives(database: Pick<Database, 'management'>, folder: string): Promise<void> {
  const { management } = database;
  for (const { orgId } of await management.call((sql) => selectChains(sql, '1970-01-01'))) {
    const [archives, erasures] = await management.withOrg(orgId, async (tx) => [
      await rows.selectArchives(tx, orgId),
      await rows.selectErasures(tx, orgId),
    ]);
    const newest = new Date(Math.max(0, ...erasures.map(({ at }) => at.getTime())));
    const persons = new Set(erasures.map(({ person }) => person));
    for (const { month } of archives) {
      if (erasures.length > 0 && (await holdsDetailsOlderThan(folder, orgId, month, newest))) {
        await eraseFromMonth(folder, orgId, month, persons);
      }
    }
  }
}

/** What people call a chain in messages. */
export function chainName(orgId: string): string {
  return orgId === PLATFORM_CHAIN ? 'the platform' : orgId;
}
