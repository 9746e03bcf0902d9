import type { Transaction } from '../db/index.ts';
import type { IdeaComment } from './idea.ts';

/** SQL of comments on ideas. */

function columns(tx: Transaction) {
  return tx`k.id, k.author_id AS "authorId", m.name AS "authorName", k.text, k.created_at AS "createdAt", k.removed_at AS "removedAt"`;
}

/** Oldest first; the cursor is the last comment of the page before. */
export async function selectComments(
  tx: Transaction,
  orgId: string,
  ideaId: string,
  cursor: string | undefined,
  limit: number,
): Promise<IdeaComment[]> {
  const last = tx`(SELECT l.created_at FROM app.idea_comments l WHERE l.org_id = ${orgId} AND l.id = ${cursor ?? null}::uuid)`;
  return tx`
    SELECT ${columns(tx)} FROM app.idea_comments k JOIN app.members m ON m.org_id = k.org_id AND m.member_id = k.author_id
    WHERE k.org_id = ${orgId} AND k.idea_id = ${ideaId}
      ${cursor === undefined ? tx`` : tx`AND k.created_at >= ${last} AND (k.created_at > ${last} OR k.id > ${cursor}::uuid)`}
    ORDER BY k.created_at, k.id LIMIT ${limit}`;
}

export async function selectComment(
  tx: Transaction,
  orgId: string,
  ideaId: string,
  commentId: string,
): Promise<IdeaComment | undefined> {
  const [row] = await tx<IdeaComment[]>`
    SELECT ${columns(tx)} FROM app.idea_comments k JOIN app.members m ON m.org_id = k.org_id AND m.member_id = k.author_id
    WHERE k.org_id = ${orgId} AND k.idea_id = ${ideaId} AND k.id = ${commentId}`;
  return row;
}

export async function insertComment(
  tx: Transaction,
  orgId: string,
  ideaId: string,
  id: string,
  authorId: string,
  text: string,
): Promise<void> {
  await tx`INSERT INTO app.idea_comments (org_id, id, idea_id, author_id, text)
    VALUES (${orgId}, ${id}, ${ideaId}, ${authorId}, ${text})`;
  await tx`UPDATE app.idea_totals SET comments = comments + 1 WHERE org_id = ${orgId} AND idea_id = ${ideaId}`;
}

/** Its text goes, its place stays. False where it had gone before. */
export async function removeComment(tx: Transaction, orgId: string, ideaId: string, id: string): Promise<boolean> {
  const rows = await tx`UPDATE app.idea_comments SET text = NULL, removed_at = clock_timestamp()
    WHERE org_id = ${orgId} AND idea_id = ${ideaId} AND id = ${id} AND removed_at IS NULL`;
  if (rows.count === 0) return false;
  await tx`UPDATE app.idea_totals SET comments = comments - 1 WHERE org_id = ${orgId} AND idea_id = ${ideaId}`;
  return true;
}
