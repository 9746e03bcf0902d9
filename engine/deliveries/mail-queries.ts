import type { Sql, Transaction } from '../db/index.ts';
import type { MailEnd } from './mail.ts';

/** SQL of mails. All of it is functions: mails hold the links that people sign in with, and no role may read the table. */

/** One mail as its row takes it. */
export interface MailInput {
  readonly org_id: string | null;
  readonly to: string;
  readonly locale: string;
  readonly template: string;
  readonly data: unknown;
  readonly key: string;
  readonly priority: number;
  readonly expires_in_ms: number;
}

/** How many were new. One statement for any number. */
export async function insertMails(sql: Sql | Transaction, mails: readonly MailInput[]): Promise<number> {
  const tagged = sql as Sql; // a transaction is called in the same way; TypeScript cannot call a union of the two
  const [row] = await tagged<{ queued: number }[]>`SELECT door.enqueue_mails(${tagged.json(mails as never)}) AS queued`;
  return row?.queued ?? 0;
}

export interface ClaimedRow {
  readonly org_id: string;
  readonly mail_id: string;
  readonly recipient: string;
  readonly locale: string;
  readonly template: string;
  readonly data: unknown;
  readonly attempts: number;
}

export async function claimMails(sql: Sql, count: number, leaseMs: number): Promise<readonly ClaimedRow[]> {
  return sql<ClaimedRow[]>`SELECT * FROM door.claim_mails(${count}, ${leaseMs})`;
}

export async function settleMail(
  sql: Sql,
  orgId: string,
  mailId: string,
  attempt: number,
  end: MailEnd,
): Promise<boolean> {
  const retryMs = end.status === 'waiting' ? end.retryInMs : 0;
  const [row] = await sql<{ settled: boolean }[]>`
    SELECT door.settle_mail(${orgId}, ${mailId}, ${attempt}, ${end.status}, ${retryMs}, ${end.answer}) AS settled`;
  return row?.settled ?? false;
}

export async function tidyMails(sql: Sql, keptMs: number): Promise<void> {
  await sql`SELECT door.tidy_mails(${keptMs})`;
}

export interface WaitingRow {
  readonly mail_id: string;
  readonly recipient: string;
  readonly locale: string;
  readonly template: string;
  readonly data: unknown;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export async function selectWaiting(sql: Sql, limit: number): Promise<readonly WaitingRow[]> {
  return sql<WaitingRow[]>`SELECT * FROM door.waiting_mails(${limit})`;
}
