import type { Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { Page } from '../page.ts';
import type { Member, MemberFilter } from './member.ts';
import { type Position, type Range, searchMembers, selectSimilarWords, selectTerms } from './search-queries.ts';

/** Stands behind every text that begins with another: the last character there is. */
const LAST_CHARACTER = '\u{10FFFF}';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isId(text: string): boolean {
  return UUID.test(text);
}

function cursorOf({ rank, word, memberId }: Position): string {
  return Buffer.from(JSON.stringify([rank, word, memberId])).toString('base64url');
}

/** Where a page of a search begins; null for what no search gave out. */
export function positionOf(cursor: string): Position | null {
  try {
    const [rank, word, memberId] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    return Number.isInteger(rank) &&
      typeof word === 'string' &&
      word.isWellFormed() &&
      !word.includes('\0') &&
      typeof memberId === 'string' &&
      isId(memberId)
      ? { rank: Math.min(Math.max(rank as number, 0), limits.searchSimilarEntries), word, memberId }
      : null;
  } catch {
    return null;
  }
}

/** The words that a term may mean: all that begin so, or, where nobody's does, those most like it. */
async function rangesOf(tx: Transaction, word: string, found: number): Promise<Range[]> {
  if (found > 0) return [{ lo: word, hi: word + LAST_CHARACTER }];
  const similar = await selectSimilarWords(tx, word, limits.searchSimilarEntries);
  return similar.map((lo) => ({ lo, hi: `${lo}\u0001` })); // this word alone: no word has a control character
}

/**
 * Members for whom every word of the question fits a beginning of one of their words. The rarest term is walked along and
 * the others are looked up in whom it finds, so that "a berger" costs what "berger" does.
 */
export async function search(
  tx: Transaction,
  orgId: string,
  q: string,
  filter: MemberFilter,
  after: Position | null,
  limit: number,
): Promise<Page<Member>> {
  const terms = await selectTerms(tx, orgId, q, limits.searchMaxItems);
  const ranked = terms.toSorted((a, b) => a.found - b.found || b.word.length - a.word.length);
  const ranges: Range[][] = [];
  for (const { word, found } of ranked) {
    const of = await rangesOf(tx, word, found);
    if (of.length === 0) return { items: [], nextCursor: null };
    ranges.push(of);
  }
  const [first = [], ...others] = ranges;
  const hits = await searchMembers(tx, orgId, first, others, filter, after, limit + 1);
  const page = hits.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ member }) => member),
    nextCursor: hits.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}
