import type { NotificationChannels, NotificationFacts, NotificationKind } from '../../protocol/notifications.ts';
import type { MailLocale } from '../deliveries/index.ts';

/** Something that people are to be told of, once each. */
export interface NotificationEvent {
  /** names it within the organisation: the same event is told once, however often it is noted */
  readonly event: string;
  readonly kind: NotificationKind;
  /** the election, meeting, proxy or member that it is about */
  readonly subject: string;
  readonly facts: NotificationFacts;
  /** after this nobody need be told by mail or push any more */
  readonly worthUntil: Date | null;
}

/** How somebody wants to be told. */
export interface Wishes {
  /** a kind that is not there is told in every way */
  readonly kinds: Partial<Readonly<Record<NotificationKind, NotificationChannels>>>;
  /** mails at all, of this organisation */
  readonly email: boolean;
  readonly delivery: 'at_once' | 'daily';
  readonly dailyHour: number;
  /** minutes of the day */
  readonly quiet: { readonly from: number; readonly to: number } | null;
  /** IANA name */
  readonly timeZone: string;
}

/** A member who is to be told, with all that decides how. */
export interface Recipient {
  readonly memberId: string;
  /** null: has no account, so no inbox and no wishes */
  readonly accountId: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly locale: MailLocale;
  readonly wishes: Wishes;
}

/** One notification of a person, as the inbox shows it. */
export interface InboxItem {
  readonly notificationId: string;
  readonly orgId: string;
  readonly organisation: string;
  readonly kind: NotificationKind;
  readonly subject: string;
  readonly facts: NotificationFacts;
  readonly createdAt: Date;
  readonly readAt: Date | null;
}

/** What a page shows of an inbox that is not open. */
export interface InboxFigures {
  readonly unread: number;
  /** when the newest notification came, read or not */
  readonly newestAt: Date | null;
}

export interface Inbox {
  readonly items: readonly InboxItem[];
  readonly nextCursor: string | null;
  readonly unread: number;
}
