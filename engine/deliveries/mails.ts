import type { Database, Sql, Transaction } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome } from '../outcome.ts';
import type { ClaimedMail, MailData, MailEnd, MailLocale, MailTemplate, NewMail, WaitingMail } from './mail.ts';
import * as queries from './mail-queries.ts';
import { renderMail } from './mail-templates/index.ts';

/** How the table says that a mail is of no organisation. */
const NO_ORGANISATION = '00000000-0000-0000-0000-000000000000';

/** Mails to many must not keep those waiting who want to sign in. */
const PRIORITY: Readonly<Record<'awaited' | 'bulk', number>> = { awaited: 0, bulk: 5 };
const BULK: readonly MailTemplate[] = ['member-invitation', 'notification', 'notification-summary', 'audit-head'];

/** One plain address: no list, no display name, no line break that would begin another header. */
const ADDRESS = /^(?=.{3,320}$)[^\s@,;:<>()"\\\p{Cc}]+@[^\s@,;:<>()"\\\p{Cc}]+$/u;

/** Whether mails can be sent there: of addresses that came before the rules for them did. */
export function isMailAddress(address: string | null): boolean {
  return address !== null && ADDRESS.test(address);
}

/** After this time a mail is not worth sending any more. */
function worthSendingMs({ data }: NewMail): number {
  const { validForMinutes } = data as { readonly validForMinutes?: number };
  return validForMinutes === undefined ? limits.mailWorthSendingMs : validForMinutes * 60_000;
}

/**
 * Queues mails in one statement, however many; the same key is queued once. Within a transaction they are queued if it
 * commits; alone, `database.management.call((sql) => enqueueMails(sql, mails))`.
 * @returns how many were new
 * @throws for an address that is none: whoever takes addresses from people checks them before
 */
export async function enqueueMails(sql: Sql | Transaction, mails: readonly NewMail[]): Promise<number> {
  if (mails.length === 0) return 0;
  const bad = mails.findIndex(({ to }) => !ADDRESS.test(to));
  if (bad >= 0) throw new Error(`mail ${bad} of ${mails.length} (${mails[bad]?.template}) has no usable address`);
  return queries.insertMails(
    sql,
    mails.map((mail) => ({
      org_id: mail.orgId,
      to: mail.to,
      locale: mail.locale,
      template: mail.template,
      data: mail.data,
      key: mail.key,
      priority: BULK.includes(mail.template) ? PRIORITY.bulk : PRIORITY.awaited,
      expires_in_ms: worthSendingMs(mail),
    })),
  );
}

interface Stored {
  readonly template: string;
  readonly locale: string;
  readonly data: unknown;
}

function rendered({ template, locale, data }: Stored) {
  return renderMail(template as MailTemplate, locale as MailLocale, data as MailData[MailTemplate]);
}

/** The queue of mails: rooms put them in, a sender takes them out. */
export class Mails {
  readonly #database: Database;
  readonly #report: (error: unknown) => void;

  constructor(database: Database, report: (error: unknown) => void) {
    this.#database = database;
    this.#report = report;
  }

  /** Outside any transaction. Answers how many were new. */
  async enqueue(mails: readonly NewMail[]): Promise<Outcome<number>> {
    return guarded(async () =>
      accept(await this.#database.management.call((sql) => enqueueMails(sql, mails), limits.mailQueueTimeoutMs)),
    );
  }

  /**
   * Takes up to `count` mails that are due, those first for which somebody waits. Whoever takes one has `leaseMs` to send
   * and settle it; then it is thought that he has died, and the mail is taken again.
   * Throws the database's errors.
   */
  async claim(count: number, leaseMs: number = limits.mailLeaseMs): Promise<readonly ClaimedMail[]> {
    const rows = await this.#database.management.call((sql) => queries.claimMails(sql, count, leaseMs));
    const claimed = rows.map(async (row): Promise<ClaimedMail | null> => {
      const { org_id: orgId, mail_id: mailId, attempts: attempt, template, recipient: to } = row;
      const mail = { orgId: orgId === NO_ORGANISATION ? null : orgId, mailId, attempt, template, to };
      try {
        return { ...mail, ...rendered(row) };
      } catch (error) {
        this.#report(error); // queued by another version; nobody can send it
        await this.settle(mail, { status: 'failed', answer: 'this version cannot write the mail' });
        return null;
      }
    });
    return (await Promise.all(claimed)).filter((mail) => mail !== null);
  }

  /**
   * Says how an attempt ended. What the mail says is erased unless it is to be tried again.
   * False where somebody else has settled it, or has taken it since. Throws the database's errors.
   */
  async settle(mail: Pick<ClaimedMail, 'orgId' | 'mailId' | 'attempt'>, end: MailEnd): Promise<boolean> {
    return this.#database.management.call((sql) =>
      queries.settleMail(sql, mail.orgId ?? NO_ORGANISATION, mail.mailId, mail.attempt, end),
    );
  }

  /** Erases what has become too old to be sent, and forgets what was settled long ago. Throws the database's errors. */
  async tidy(keptMs: number = limits.mailKeptMs): Promise<void> {
    await this.#database.management.call((sql) => queries.tidyMails(sql, keptMs));
  }

  /** None where another version has queued a mail that this one cannot write. */
  #waitingOf(row: queries.WaitingRow): readonly WaitingMail[] {
    const { mail_id: mailId, recipient: to, locale, template, created_at: createdAt, expires_at: expiresAt } = row;
    try {
      return [{ mailId, to, locale, template, ...rendered(row), createdAt, expiresAt }];
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  /** The newest mails that wait, with all that they say: for a server without a mail server, on the machine itself. */
  async waiting(limit: number = limits.pageDefaultRows): Promise<Outcome<readonly WaitingMail[]>> {
    return guarded(async () => {
      const rows = await this.#database.management.call((sql) => queries.selectWaiting(sql, limit));
      return accept(rows.flatMap((row) => this.#waitingOf(row)));
    });
  }
}
