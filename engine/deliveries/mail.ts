import type { NotificationFacts, NotificationKind } from '../../protocol/notifications.ts';

/** A link that a person follows: the whole address, as the person's browser is to open it. */
interface WithLink {
  readonly link: string;
  /** how long the link works; said in the mail, and after that time the mail is no longer sent */
  readonly validForMinutes: number;
}

interface ToPerson {
  /** how the person is addressed; left out where nobody knows */
  readonly name?: string | undefined;
}

/** One notification, as a mail tells of it. */
export interface MailedNews {
  readonly kind: NotificationKind;
  readonly facts: NotificationFacts;
  /** where the person goes from there */
  readonly link: string;
  /** for the person's calendar */
  readonly appointment?: Appointment | undefined;
}

/** A meeting in a calendar. The same uid with a higher sequence takes the place of what was there. */
export interface Appointment {
  readonly uid: string;
  readonly sequence: number;
  readonly cancelled: boolean;
  readonly title: string;
  /** ISO 8601 */
  readonly startsAt: string;
  /** ISO 8601; when this version was made */
  readonly at: string;
  readonly link: string;
}

/** How somebody stops such mails. */
export interface Unsubscribe {
  /** a page that asks */
  readonly page: string;
  /** stops them by a POST alone (RFC 8058) */
  readonly oneClick: string;
}

interface Told {
  readonly organisation: string;
  /** IANA name of the zone in which times are said */
  readonly timeZone: string;
  readonly unsubscribe: Unsubscribe;
}

/** What each text is filled with. Everything is escaped where it is put in. */
export interface MailData {
  readonly 'verify-email': ToPerson & WithLink;
  /** somebody tried to register with an address that has an account already */
  readonly 'account-exists': ToPerson & { readonly signInLink: string };
  readonly 'magic-link': ToPerson & WithLink;
  readonly 'password-reset': ToPerson & WithLink;
  readonly 'password-changed': ToPerson & { readonly resetLink: string };
  /** goes to the new address, to be confirmed there */
  readonly 'email-change': ToPerson & WithLink;
  readonly 'member-invitation': ToPerson & WithLink & { readonly organisation: string };
  readonly notification: ToPerson & Told & { readonly news: MailedNews };
  /** what was held back, together */
  readonly 'notification-summary': ToPerson & Told & { readonly news: readonly MailedNews[]; readonly link: string };
  /** the end of the audit chain, as it is kept outside the database */
  readonly 'audit-head': ToPerson & {
    readonly organisation: string;
    /** YYYY-MM-DD */
    readonly day: string;
    readonly entries: number;
    /** the signed head, one line of JSON */
    readonly line: string;
  };
}

export type MailTemplate = keyof MailData;
export type MailLocale = 'en' | 'de';

type MailOf<Template extends MailTemplate> = Template extends MailTemplate
  ? {
      /** the organisation that writes; null for mails about signing in */
      readonly orgId: string | null;
      /** one address */
      readonly to: string;
      readonly locale: MailLocale;
      readonly template: Template;
      readonly data: MailData[Template];
      /** what the mail is about, e.g. 'magic-link:TOKEN_ID'; within an organisation the same key is queued once */
      readonly key: string;
    }
  : never;

/** A mail to be queued. */
export type NewMail = MailOf<MailTemplate>;

/** A mail that a sender has taken, as it is sent. */
export interface ClaimedMail {
  readonly orgId: string | null;
  readonly mailId: string;
  /** 1 for the first attempt; settle() wants it back */
  readonly attempt: number;
  readonly template: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly unsubscribe?: Unsubscribe | undefined;
  readonly appointment?: Appointment | undefined;
}

/** How an attempt ended. `answer` is what the mail server said. */
export type MailEnd =
  | { readonly status: 'sent'; readonly answer: string }
  | { readonly status: 'failed'; readonly answer: string }
  | { readonly status: 'waiting'; readonly answer: string; readonly retryInMs: number };

/** A mail that waits while no mail server is set, with all that it says. */
export interface WaitingMail {
  readonly mailId: string;
  readonly to: string;
  readonly locale: string;
  readonly template: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
