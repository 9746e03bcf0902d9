import type { Sql, Transaction } from '../db/index.ts';
import type { Member, MemberFilter } from './member.ts';
import { listOf, type MemberRow, memberColumns, memberConditions, memberOf } from './queries.ts';

/** SQL of the search for members. */

/** Beginnings are counted so far: past it a word is common, however common. */
const COUNT_MAX_ROWS = 1_000;

/** A part of the alphabet, in the order of bytes: lo <= word < hi. */
export interface Range {
  readonly lo: string;
  readonly hi: string;
}

/** One word of what was asked for. */
export interface Term {
  readonly word: string;
  /** how many words of members begin so, counted up to 1,000 */
  readonly found: number;
}

/** The words of a question as searches compare them, each once, and how common they are. */
export async function selectTerms(tx: Transaction, orgId: string, q: string, maxWords: number): Promise<Term[]> {
  return tx<Term[]>`
    SELECT t.word, (SELECT count(*)::int FROM (SELECT FROM app.member_words w WHERE w.org_id = ${orgId}
        AND w.word >= t.word COLLATE "C" AND w.word < (t.word || U&'\\+10FFFF') COLLATE "C" LIMIT ${COUNT_MAX_ROWS}) f) AS found
    FROM (SELECT DISTINCT left(s.word, 64) AS word FROM string_to_table(app.search_form(${q}), ' ') s (word)
      WHERE s.word <> '' ORDER BY word LIMIT ${maxWords}) t`;
}

/** Words that members have and that look like this one, the likeliest first. */
export async function selectSimilarWords(tx: Transaction, word: string, count: number): Promise<string[]> {
  const rows = await tx<{ word: string }[]>`SELECT word FROM door.similar_words(${word}, ${count})`;
  return rows.map((row) => row.word);
}

/** Words that no member has any more; how many were erased. */
export async function forgetUnusedWords(sql: Sql, limit: number): Promise<number> {
  const [row] = await sql<{ erased: number }[]>`SELECT door.forget_unused_words(${limit}) AS erased`;
  return (row as { erased: number }).erased;
}

/** Where a page of a search ends: rank of the range, and in it the word and the member. */
export interface Position {
  readonly rank: number;
  readonly word: string;
  readonly memberId: string;
}

export interface Hit extends Position {
  readonly member: Member;
}

/**
 * Members who have a word in one of the ranges, in the order of ranges, words and ids, each at the first of their words;
 * and of every other term a word as well.
 * Walks member_words from where the page begins and stops when it is full, however many more there are: OFFSET 0 keeps
 * the planner from joining in another order.
 */
export async function searchMembers(
  tx: Transaction,
  orgId: string,
  ranges: readonly Range[],
  others: readonly (readonly Range[])[],
  filter: MemberFilter,
  after: Position | null,
  limit: number,
): Promise<Hit[]> {
  const list = (of: readonly Range[]) => [listOf(of.map(({ lo }) => lo)), listOf(of.map(({ hi }) => hi))] as const;
  const [los, his] = list(ranges);
  const [otherLos, otherHis] = list(others.flat());
  const numbers = listOf(others.flatMap((of, number) => of.map(() => String(number))));
  const rows = await tx<(MemberRow & { rank: number; word: string })[]>`
    WITH ranges AS MATERIALIZED (SELECT r.rank::int, r.lo, r.hi
        FROM unnest(${los}::text::text[], ${his}::text::text[]) WITH ORDINALITY r (lo, hi, rank)),
      others AS MATERIALIZED (SELECT * FROM unnest(${numbers}::text::int[], ${otherLos}::text::text[], ${otherHis}::text::text[]) o (number, lo, hi)),
      hits AS (
        SELECT r.rank, h.word, h.member_id FROM ranges r CROSS JOIN LATERAL (
          SELECT w.word, w.member_id FROM app.member_words w
          CROSS JOIN LATERAL (SELECT m.words FROM app.members m
            WHERE m.org_id = ${orgId} AND m.member_id = w.member_id ${memberConditions(tx, filter)} OFFSET 0) m
          WHERE w.org_id = ${orgId} AND w.word >= r.lo COLLATE "C" AND w.word < r.hi COLLATE "C"
            ${
              after === null
                ? tx``
                : tx`AND w.word >= CASE r.rank WHEN ${after.rank} THEN ${after.word} ELSE r.lo END COLLATE "C"
                  AND (r.rank > ${after.rank} OR (w.word, w.member_id) > (${after.word}, ${after.memberId}::uuid))
                  AND r.rank >= ${after.rank}`
            }
            AND NOT EXISTS (SELECT FROM unnest(m.words) x (word) JOIN ranges e ON x.word >= e.lo COLLATE "C" AND x.word < e.hi COLLATE "C"
              WHERE (e.rank, x.word COLLATE "C") < (r.rank, w.word))
            ${
              others.length === 0
                ? tx``
                : tx`AND (SELECT count(DISTINCT o.number) FROM unnest(m.words) x (word)
                    JOIN others o ON x.word >= o.lo COLLATE "C" AND x.word < o.hi COLLATE "C") = ${others.length}`
            }
          ORDER BY w.word, w.member_id LIMIT ${limit}) h
        ORDER BY r.rank, h.word, h.member_id LIMIT ${limit})
    SELECT h.rank, h.word, ${memberColumns(tx)}
    FROM hits h JOIN app.members m ON m.org_id = ${orgId} AND m.member_id = h.member_id
    ORDER BY h.rank, h.word, h.member_id`;
  return rows.map((row) => ({ rank: row.rank, word: row.word, memberId: row.member_id, member: memberOf(row) }));
}
