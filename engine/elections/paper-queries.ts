import type { Sql } from '../db/index.ts';
import type { PaperEntries } from './paper-count.ts';

/** SQL of ballots on paper. Answers: 'done', or what forbids it. */

export interface PaperBatchRow {
  readonly batchId: string;
  readonly label: string;
  readonly ballots: number;
  readonly enteredBy: string;
  readonly enteredAt: Date;
  readonly mismatches: number;
  readonly confirmedAt: Date | null;
  /** what it says: of confirmed batches, once the election has closed */
  readonly entries: PaperEntries | null;
}

export async function paperBatches(sql: Sql, orgId: string, electionId: string): Promise<PaperBatchRow[]> {
  const rows = await sql<
    {
      batch_id: string;
      label: string;
      ballots: number;
      form: PaperEntries['form'];
      keys: string[] | null;
      figures: number[] | null;
      entered_by: string;
      entered_at: Date;
      mismatches: number;
      confirmed_at: Date | null;
    }[]
  >`
    SELECT b.batch_id, b.label, b.ballots, b.form, to_jsonb(b.keys) AS keys, to_jsonb(b.figures) AS figures, b.entered_by,
      b.entered_at, b.mismatches, b.confirmed_at
    FROM urn.paper_batches(${orgId}, ${electionId}) b`;
  return rows.map((row) => ({
    batchId: row.batch_id,
    label: row.label,
    ballots: row.ballots,
    enteredBy: row.entered_by,
    enteredAt: row.entered_at,
    mismatches: row.mismatches,
    confirmedAt: row.confirmed_at,
    entries:
      row.keys === null || row.figures === null ? null : { form: row.form, keys: row.keys, figures: row.figures },
  }));
}

export async function declarePaper(
  sql: Sql,
  orgId: string,
  electionId: string,
  ballots: number,
  person: string,
): Promise<string> {
  const [row] = await sql<{ answer: string }[]>`
    SELECT urn.declare_paper(${orgId}, ${electionId}, ${ballots}, ${person}) AS answer`;
  return (row as { answer: string }).answer;
}

export async function enterPaper(
  sql: Sql,
  orgId: string,
  electionId: string,
  batch: { readonly batchId: string; readonly label: string; readonly ballots: number; readonly entries: PaperEntries },
  person: string,
): Promise<string> {
  const { form, keys, figures } = batch.entries;
  const [row] = await sql<{ answer: string }[]>`
    SELECT urn.enter_paper(${orgId}, ${electionId}, ${batch.batchId}, ${batch.label}, ${batch.ballots}, ${form},
      ARRAY(SELECT jsonb_array_elements_text(${sql.json(keys as never)})),
      ${`{${figures.join(',')}}`}::text::bigint[], ${person}) AS answer`;
  return (row as { answer: string }).answer;
}

export async function confirmPaper(
  sql: Sql,
  orgId: string,
  electionId: string,
  batch: { readonly batchId: string; readonly ballots: number; readonly entries: PaperEntries },
  person: string,
): Promise<{ answer: string; differing: string[] }> {
  const { form, keys, figures } = batch.entries;
  const [row] = await sql<{ answer: string; differing: string[] }[]>`
    SELECT c.answer, to_jsonb(c.differing) AS differing
    FROM urn.confirm_paper(${orgId}, ${electionId}, ${batch.batchId}, ${batch.ballots}, ${form},
      ARRAY(SELECT jsonb_array_elements_text(${sql.json(keys as never)})),
      ${`{${figures.join(',')}}`}::text::bigint[], ${person}) c`;
  return row as { answer: string; differing: string[] };
}

export async function withdrawPaper(
  sql: Sql,
  orgId: string,
  electionId: string,
  batchId: string,
  person: string,
): Promise<string> {
  const [row] = await sql<{ answer: string }[]>`
    SELECT urn.withdraw_paper(${orgId}, ${electionId}, ${batchId}, ${person}) AS answer`;
  return (row as { answer: string }).answer;
}
