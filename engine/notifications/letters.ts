import type { SecretRing } from '../accounts/index.ts';
import type { Appointment, MailedNews, NewMail, Unsubscribe } from '../deliveries/index.ts';
import type { NotificationEvent, Recipient } from './event.ts';
import { unsubscribeToken } from './unsubscribe-token.ts';

/** Everything that one mail or push about an event leads to. */
export class Links {
  readonly #publicUrl: string;

  /** @param publicUrl where people find the pages; never taken from a request */
  constructor(publicUrl: string) {
    this.#publicUrl = publicUrl.replace(/\/$/, '');
  }

  get inbox(): string {
    return `${this.#publicUrl}/inbox`;
  }

  /** Into the meeting, the campaign or to the idea where there is one; else to the inbox. */
  of({ kind, facts, subject }: Pick<NotificationEvent, 'kind' | 'facts' | 'subject'>): string {
    if (facts.campaign !== undefined) {
      const campaign = `${this.#publicUrl}/campaigns/${facts.campaign}`;
      return facts.idea === undefined ? campaign : `${campaign}/ideas/${subject}`;
    }
    if (facts.join_code != null) return `${this.#publicUrl}/join/${facts.join_code}`;
    return kind === 'member.roles' ? `${this.#publicUrl}/account` : this.inbox;
  }

  unsubscribe(ring: SecretRing, orgId: string, memberId: string): Unsubscribe {
    const token = unsubscribeToken(ring, orgId, memberId);
    return {
      page: `${this.#publicUrl}/unsubscribe#token=${token}`, // a fragment is sent to no server and stands in no log
      oneClick: `${this.#publicUrl}/v1/unsubscribe/${token}`,
    };
  }
}

/** One event for one person, for which a mail is due now. */
export interface DueLetter {
  readonly notificationId: string;
  readonly event: NotificationEvent;
  readonly notedAt: Date;
}

interface Writing {
  readonly orgId: string;
  readonly organisation: string;
  readonly ring: SecretRing;
  readonly links: Links;
}

/** The calendar's word for a meeting that has a time: its sequence is the log position of what changed. */
function appointmentOf({ event, notedAt }: DueLetter, link: string): Appointment | undefined {
  const { kind, subject, facts } = event;
  if (kind !== 'meeting.invitation' || facts.starts_at == null) return undefined;
  return {
    uid: `${subject}@psephos`,
    sequence: Number(event.event.split(':').at(-1)),
    cancelled: facts.change === 'cancelled',
    title: facts.title ?? '',
    startsAt: facts.starts_at,
    at: notedAt.toISOString(),
    link,
  };
}

/**
 * The mail of a person about what is due: one event as it is, several together. Its key names the notification, so that
 * the queue takes it once.
 * @param due at least one
 */
export function mailAbout(
  { orgId, organisation, ring, links }: Writing,
  to: Recipient,
  due: readonly DueLetter[],
): NewMail {
  const { memberId, name, locale, wishes } = to;
  const news: MailedNews[] = due.map((each) => {
    const link = links.of(each.event);
    return { kind: each.event.kind, facts: each.event.facts, link, appointment: appointmentOf(each, link) };
  });
  const shared = {
    name,
    organisation,
    timeZone: wishes.timeZone,
    unsubscribe: links.unsubscribe(ring, orgId, memberId),
  };
  const [first] = news as [MailedNews];
  const mail = { orgId, to: to.email as string, locale };
  const id = due[0]?.notificationId;
  return due.length === 1
    ? { ...mail, template: 'notification', data: { ...shared, news: first }, key: `notification:${id}` }
    : {
        ...mail,
        template: 'notification-summary',
        data: { ...shared, news, link: links.inbox },
        key: `notification-summary:${id}`,
      };
}
