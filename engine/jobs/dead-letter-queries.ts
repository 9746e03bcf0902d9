import type { Transaction } from '../db/index.ts';
import type { DeadLetter, NewDeadLetter } from './dead-letters.ts';

/** SQL of dead letters. As psephos_worker of every organisation, as psephos_app of the one that was named. */

/** A letter that goes back into its queue. */
export interface LetterAgain {
  readonly orgId: string;
  readonly letterId: string;
  readonly queue: string;
  readonly jobId: string;
  readonly jobName: string;
  readonly payload: unknown;
}

export async function upsertLetter(tx: Transaction, letter: NewDeadLetter, orgId: string): Promise<void> {
  await tx`
    INSERT INTO app.dead_letters AS d (org_id, queue, job_id, job_name, payload, reason, attempts)
    VALUES (${orgId}, ${letter.queue}, ${letter.jobId}, ${letter.jobName}, ${tx.json(letter.payload as never)}, ${letter.reason}, ${letter.attempts})
    ON CONFLICT (org_id, queue, job_id) DO UPDATE SET job_name = excluded.job_name, payload = excluded.payload, reason = excluded.reason,
      attempts = excluded.attempts, times = d.times + 1, state = 'waiting', failed_at = clock_timestamp()`;
}

/** Newest first. @param orgId of one organisation; null: of all that the role sees */
export async function selectLetters(
  tx: Transaction,
  query: {
    readonly orgId: string | null;
    readonly before: string | null;
    readonly queue: string | null;
    readonly limit: number;
  },
): Promise<DeadLetter[]> {
  const { orgId, before, queue, limit } = query;
  const rows = await tx<LetterRow[]>`
    SELECT org_id, letter_id, queue, job_id, job_name, payload, reason, attempts, times, state, first_failed_at, failed_at
    FROM app.dead_letters d
    WHERE (${orgId}::uuid IS NULL OR d.org_id = ${orgId}::uuid) AND (${queue}::text IS NULL OR d.queue = ${queue}::text)
      AND (${before}::uuid IS NULL OR (d.failed_at, d.letter_id) <
        (SELECT b.failed_at, b.letter_id FROM app.dead_letters b WHERE b.letter_id = ${before}::uuid))
    ORDER BY d.failed_at DESC, d.letter_id DESC LIMIT ${limit}`;
  return rows.map(letterOf);
}

interface LetterRow {
  org_id: string;
  letter_id: string;
  queue: string;
  job_id: string;
  job_name: string;
  payload: unknown;
  reason: string;
  attempts: number;
  times: number;
  state: 'waiting' | 'again';
  first_failed_at: Date;
  failed_at: Date;
}

const letterOf = (row: LetterRow): DeadLetter => ({
  orgId: row.org_id === NOBODY ? null : row.org_id,
  letterId: row.letter_id,
  queue: row.queue,
  jobId: row.job_id,
  jobName: row.job_name,
  payload: row.payload,
  reason: row.reason,
  attempts: row.attempts,
  times: row.times,
  state: row.state,
  firstFailedAt: row.first_failed_at,
  failedAt: row.failed_at,
});

/** Stands for no organisation: a null could be no part of a key. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A letter that was decided about. */
export interface DecidedLetter {
  /** NOBODY where it is of no organisation */
  readonly orgId: string;
  readonly queue: string;
  readonly jobId: string;
}

interface Which {
  /** null: of all that the role sees */
  readonly orgId: string | null;
  readonly letterId: string;
}

/** undefined: there is none. */
export async function markAgain(tx: Transaction, { orgId, letterId }: Which): Promise<DecidedLetter | undefined> {
  const [row] = await tx<DecidedRow[]>`
    UPDATE app.dead_letters SET state = 'again'
    WHERE (${orgId}::uuid IS NULL OR org_id = ${orgId}::uuid) AND letter_id = ${letterId} RETURNING org_id, queue, job_id`;
  return row === undefined ? undefined : decidedOf(row);
}

/** undefined: there is none. */
export async function deleteLetter(tx: Transaction, { orgId, letterId }: Which): Promise<DecidedLetter | undefined> {
  const [row] = await tx<DecidedRow[]>`
    DELETE FROM app.dead_letters
    WHERE (${orgId}::uuid IS NULL OR org_id = ${orgId}::uuid) AND letter_id = ${letterId} RETURNING org_id, queue, job_id`;
  return row === undefined ? undefined : decidedOf(row);
}

type DecidedRow = Pick<LetterRow, 'org_id' | 'queue' | 'job_id'>;
const decidedOf = (row: DecidedRow): DecidedLetter => ({ orgId: row.org_id, queue: row.queue, jobId: row.job_id });

export async function selectAgain(tx: Transaction, limit: number): Promise<LetterAgain[]> {
  const rows = await tx<Pick<LetterRow, 'org_id' | 'letter_id' | 'queue' | 'job_id' | 'job_name' | 'payload'>[]>`
    SELECT org_id, letter_id, queue, job_id, job_name, payload FROM app.dead_letters WHERE state = 'again'
    ORDER BY failed_at LIMIT ${limit} FOR UPDATE`;
  return rows.map((row) => ({
    orgId: row.org_id,
    letterId: row.letter_id,
    queue: row.queue,
    jobId: row.job_id,
    jobName: row.job_name,
    payload: row.payload,
  }));
}

/** They are in their queues again; should they fail once more, they come back as new ones. */
export async function clearAgain(tx: Transaction, letters: readonly LetterAgain[]): Promise<void> {
  const ids = `{${letters.map(({ letterId }) => letterId).join(',')}}`;
  await tx`DELETE FROM app.dead_letters WHERE state = 'again' AND letter_id = ANY (${ids}::text::uuid[])`;
}

export async function countLetters(tx: Transaction): Promise<Map<string, number>> {
  const rows = await tx<{ queue: string; count: number }[]>`
    SELECT queue, count(*)::int AS count FROM app.dead_letters GROUP BY queue`;
  return new Map(rows.map(({ queue, count }) => [queue, count]));
}
