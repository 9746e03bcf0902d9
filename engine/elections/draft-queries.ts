import type { Sql } from '../db/index.ts';
import type { CompleteElection } from './create.ts';
import type { Extension } from './election.ts';

/** SQL of drafts and of closing times. Answers: 'done', or what forbids it. */

export async function editDraft(
  sql: Sql,
  orgId: string,
  electionId: string,
  next: CompleteElection,
  changedPos: number,
  actor: string,
): Promise<string> {
  const [row] = await sql<{ answer: string }[]>`
    SELECT urn.edit_draft(${orgId}, ${electionId}, ${sql.json(next as never)}, ${String(changedPos)}::bigint, ${actor}) AS answer`;
  return (row as { answer: string }).answer;
}

export async function deleteDraft(sql: Sql, orgId: string, electionId: string, actor: string): Promise<string> {
  const [row] = await sql<{ answer: string }[]>`SELECT urn.delete_draft(${orgId}, ${electionId}, ${actor}) AS answer`;
  return (row as { answer: string }).answer;
}

export async function extendElection(
  sql: Sql,
  orgId: string,
  electionId: string,
  { closesAt, bySeconds }: Extension,
  actor: string,
): Promise<string> {
  const [row] = await sql<{ answer: string }[]>`
    SELECT urn.extend_election(${orgId}, ${electionId}, ${closesAt ?? null}::timestamptz, ${bySeconds ?? null}::integer, ${actor}) AS answer`;
  return (row as { answer: string }).answer;
}

/** @param credential 64 hex characters */
export async function draftRefusal(sql: Sql, orgId: string, electionId: string, credential: string): Promise<string> {
  const [row] = await sql<{ answer: string }[]>`
    SELECT urn.draft_refusal(${orgId}, ${electionId}, ${`\\x${credential}`}::text::bytea) AS answer`;
  return (row as { answer: string }).answer;
}
