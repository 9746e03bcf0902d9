import { randomUUID } from 'node:crypto';
import { ownMemberships, type Person, type Vault } from '../accounts/index.ts';
import type { Database, Transaction } from '../db/index.ts';
import { enqueueMails, isMailAddress, type NewMail } from '../deliveries/index.ts';
import { guarded } from '../guarded.ts';
import { consumeRun, type LogRange } from '../jobs/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome } from '../outcome.ts';
import { campaignReminder, coinsReceived } from './campaign-news.ts';
import { campaignsToRemind, coinsToTell } from './campaign-news-queries.ts';
import type { Inbox, InboxFigures, NotificationEvent, Recipient } from './event.ts';
import * as inbox from './inbox-queries.ts';
import { type DueLetter, Links, mailAbout } from './letters.ts';
import { noteNews, reminderOf } from './news.ts';
import { insertEvents } from './news-queries.ts';
import { planFor, wantsMail } from './plan.ts';
import * as queries from './spread-queries.ts';

/** Members whose held mails one transaction sends off. */
const RELEASED_MEMBERS = 200;

/**
 * Tells people what they should know. An event is noted once, by its name; from there it is spread to those who should
 * know, some at a time, each transaction writing down whom it told together with their mails and pushes. Whoever dies on
 * the way leaves the rest for another, and nobody is told twice.
 */
export class Notifications {
  readonly #database: Database;
  readonly #feed: Pick<LogFeed, 'poke'>;
  readonly #vault: Pick<Vault, 'ring'>;
  readonly #links: Links;
  readonly #now: () => Date;
  readonly #readListeners = new Set<(orgId: string, memberId: string) => void>();

  constructor(
    database: Database,
    feed: Pick<LogFeed, 'poke'>,
    vault: Pick<Vault, 'ring'>,
    publicUrl: string,
    now: () => Date = () => new Date(),
  ) {
    this.#database = database;
    this.#feed = feed;
    this.#vault = vault;
    this.#links = new Links(publicUrl);
    this.#now = now;
  }

  /** Notes what rows of the log tell people, and tells them. Throws the database's errors. */
  async follow(run: LogRange): Promise<void> {
    await consumeRun(this.#database, 'notify', run, (tx, rows) => noteNews(tx, rows, this.#now()));
    await this.spread(run.orgId);
  }

  /** Tells of every event of an organisation of which not everybody was told yet. Throws the database's errors. */
  async spread(orgId: string): Promise<void> {
    const { management } = this.#database;
    const ring = await this.#vault.ring();
    for (;;) {
      const more = await management.withOrg(
        orgId,
        async (tx) => {
          const event = await queries.takeUnspread(tx, orgId);
          if (event === undefined) return false;
          const recipients = await queries.selectRecipients(tx, orgId, event, limits.spreadMembers);
          const whole = recipients.length < limits.spreadMembers;
          await queries.moveOn(tx, orgId, event.event, whole ? null : (recipients.at(-1)?.memberId ?? null));
          if (recipients.length > 0) {
            const organisation = await queries.selectOrganisationName(tx, orgId);
            await this.#tell(tx, { orgId, organisation, ring, links: this.#links }, event, recipients);
          }
          return true;
        },
        limits.spreadTimeoutMs,
      );
      if (!more) break;
      this.#feed.poke(orgId);
    }
  }

  /**
   * What no log row brings: reminders before the end of elections, mails that were held, events that a process left
   * behind. Throws the database's errors.
   */
  async look(): Promise<void> {
    const { management } = this.#database;
    const { reminderMostMs, reminderLeastMs, notifyRoundItems: most } = limits;
    const due = await management.call((sql) => queries.remindersDue(sql, reminderMostMs, reminderLeastMs, most));
    for (const { orgId, electionId } of due) {
      await management.withOrg(orgId, async (tx) => {
        const reminder = await reminderOf(tx, orgId, electionId);
        if (reminder !== null) await insertEvents(tx, orgId, [reminder]);
      });
    }
    await this.#lookAtCampaigns();
    for (const orgId of await management.call((sql) => queries.organisationsWaiting(sql, most))) {
      await this.spread(orgId);
      while (await this.#release(orgId));
    }
  }

  /** Forgets what was told long ago. Throws the database's errors. */
  async tidy(keptMs: number = limits.notificationsKeptMs): Promise<void> {
    const { notificationsTidyRows: rows } = limits;
    const forget = () =>
      this.#database.management.call((sql) => queries.tidyNotifications(sql, keptMs, rows), limits.spreadTimeoutMs);
    while ((await forget()) === rows);
  }

  /** A person's inbox over all organisations, newest first. */
  async inbox(
    { accountId }: Person,
    query: {
      readonly unread?: boolean | undefined;
      readonly cursor?: string | undefined;
      readonly limit?: number | undefined;
    },
  ): Promise<Outcome<Inbox>> {
    const limit = Math.min(query.limit ?? limits.inboxMaxRows, limits.inboxMaxRows);
    return guarded(() =>
      this.#database.management.withAccount(accountId, async (tx) => {
        const rows = await inbox.selectInbox(tx, query.unread ?? false, query.cursor ?? null, limit + 1);
        const items = rows.slice(0, limit);
        const nextCursor = rows.length > limit ? (items.at(-1)?.notificationId ?? null) : null;
        return accept({ items, nextCursor, unread: await inbox.countUnread(tx) });
      }),
    );
  }

  /** Marks as read: these, or all that were there at a moment. Ids of others change nothing. Answers how many are left. */
  async markRead(
    { accountId }: Person,
    which: { readonly ids: readonly string[] } | { readonly until: Date },
  ): Promise<Outcome<number>> {
    const [ids, until] = 'ids' in which ? [which.ids, null] : [null, which.until];
    return guarded(async () => {
      const [unread, memberships] = await this.#database.management.withAccount(accountId, async (tx) => {
        await inbox.markRead(tx, ids, until);
        return [await inbox.countUnread(tx), await ownMemberships(tx)] as const;
      });
      for (const { orgId, memberId } of memberships) for (const tell of this.#readListeners) tell(orgId, memberId);
      return accept(unread);
    });
  }

  /**
   * Told, once for each membership of the person, when somebody has marked notifications as read through this process. The log does
   * not tell of it: thousands who read at one moment would wake everybody's inboxes. Answers how to stop it.
   */
  onRead(listener: (orgId: string, memberId: string) => void): () => void {
    this.#readListeners.add(listener);
    return () => this.#readListeners.delete(listener);
  }

  /** How many unread notifications wait for the persons behind these members, for pages that show it live. */
  async unreadOf(orgId: string, memberIds: readonly string[]): Promise<Outcome<ReadonlyMap<string, InboxFigures>>> {
    return guarded(async () =>
      accept(await this.#database.management.call((sql) => inbox.countUnreadOf(sql, orgId, memberIds))),
    );
  }

  /** Campaigns that start or end soon, and coins that ideas got: their submitters are told of them together. */
  async #lookAtCampaigns(): Promise<void> {
    const { management } = this.#database;
    const { reminderMostMs, reminderLeastMs, notifyRoundItems: most } = limits;
    const note = (orgId: string, read: (tx: Transaction) => Promise<NotificationEvent | null>) =>
      management.withOrg(orgId, async (tx) => {
        const event = await read(tx);
        if (event !== null) await insertEvents(tx, orgId, [event]);
      });
    const due = await management.call((sql) => campaignsToRemind(sql, reminderMostMs, reminderLeastMs, most));
    for (const { orgId, id, change } of due) await note(orgId, (tx) => campaignReminder(tx, orgId, id, change));
    for (const { orgId, ideaId } of await management.call((sql) => coinsToTell(sql, most))) {
      await note(orgId, (tx) => coinsReceived(tx, orgId, ideaId));
    }
  }

  async #tell(
    tx: Transaction,
    writing: Parameters<typeof mailAbout>[0],
    event: queries.UnspreadEvent,
    recipients: readonly Recipient[],
  ): Promise<void> {
    const now = this.#now();
    const told = recipients.map((recipient) => ({
      recipient,
      notificationId: randomUUID(),
      plan: planFor(recipient, event, now),
    }));
    const fresh = await queries.insertNotifications(
      tx,
      writing.orgId,
      event.event,
      told.map(({ recipient, notificationId, plan }) => ({
        notification_id: notificationId,
        member_id: recipient.memberId,
        account_id: recipient.accountId,
        in_app: plan.inApp,
        mail_due_at: plan.mailAt !== null && plan.mailAt > now ? plan.mailAt : null,
      })),
    );
    const made = told.filter(({ notificationId }) => fresh.has(notificationId));
    const mails = made.flatMap(({ recipient, notificationId, plan }) =>
      plan.mailAt === null || plan.mailAt > now || !isMailAddress(recipient.email)
        ? []
        : [mailAbout(writing, recipient, [{ notificationId, event, notedAt: event.notedAt }])],
    );
    await enqueueMails(tx, mails);
    const worthUntil = event.worthUntil ?? new Date(now.getTime() + limits.pushWorthMs);
    const pushes = made.flatMap(({ recipient: { accountId }, notificationId, plan: { pushAt } }) =>
      pushAt === null || accountId === null
        ? []
        : [{ notification_id: notificationId, account_id: accountId, due_at: pushAt, worth_until: worthUntil }],
    );
    if (pushes.length > 0) await queries.queuePushes(tx, pushes);
    const shown = made.filter(({ plan }) => plan.inApp).length;
    if (shown > 0) await queries.announceNotified(tx, writing.orgId, event, shown);
  }

  /** Sends off mails whose time has come, as the wishes are now. False: no more. */
  async #release(orgId: string): Promise<boolean> {
    const ring = await this.#vault.ring();
    return this.#database.management.withOrg(
      orgId,
      async (tx) => {
        const held = await queries.takeHeld(tx, orgId, RELEASED_MEMBERS);
        if (held.length === 0) return false;
        await queries.settleHeld(
          tx,
          orgId,
          held.map(({ notificationId }) => notificationId),
        );
        const recipients = await queries.selectRecipientsById(tx, orgId, [
          ...new Set(held.map(({ memberId }) => memberId)),
        ]);
        const organisation = await queries.selectOrganisationName(tx, orgId);
        const writing = { orgId, organisation, ring, links: this.#links };
        const now = this.#now();
        await enqueueMails(
          tx,
          recipients.flatMap((recipient): NewMail[] => {
            const due = held.filter(
              ({ memberId, event }) => memberId === recipient.memberId && isStillDue(recipient, event, now),
            );
            return isMailAddress(recipient.email)
              ? lettersOf(due).map((few) => mailAbout(writing, recipient, few))
              : [];
          }),
        );
        return true;
      },
      limits.spreadTimeoutMs,
    );
  }
}

function isStillDue(recipient: Recipient, event: DueLetter['event'], now: Date): boolean {
  return wantsMail(recipient, event) && (event.worthUntil === null || now < event.worthUntil);
}

/** Each meeting by itself, for the calendar; the rest together. */
function lettersOf(due: readonly DueLetter[]): readonly (readonly DueLetter[])[] {
  const isMeeting = ({ event }: DueLetter) => event.kind === 'meeting.invitation';
  const others = due.filter((each) => !isMeeting(each));
  return [...due.filter(isMeeting).map((each) => [each]), ...(others.length === 0 ? [] : [others])];
}
