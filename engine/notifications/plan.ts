import type { NotificationChannels } from '../../protocol/notifications.ts';
import type { NotificationEvent, Recipient } from './event.ts';
import { endOfQuiet, nextDaily } from './quiet-hours.ts';

const EVERY_WAY: NotificationChannels = { in_app: true, email: true, push: true };

/** How one person is told of one event. */
export interface Plan {
  readonly inApp: boolean;
  /** null: no mail; else when: `now` for at once */
  readonly mailAt: Date | null;
  /** null: no push */
  readonly pushAt: Date | null;
}

/** Whether a person wants mails of this kind at all. */
export function wantsMail({ email, wishes }: Recipient, { kind }: Pick<NotificationEvent, 'kind'>): boolean {
  return email !== null && wishes.email && (wishes.kinds[kind] ?? EVERY_WAY).email;
}

/**
 * What a person's wishes make of an event. Appointments never wait for the daily mail: a calendar wants its own. What would
 * wait for the daily mail until nobody can act on it any more goes at once; what quiet hours hold for so long is not sent.
 */
export function planFor(recipient: Recipient, event: NotificationEvent, now: Date): Plan {
  const { wishes, accountId } = recipient;
  const channels = wishes.kinds[event.kind] ?? EVERY_WAY;
  const inTime = (moment: Date) => event.worthUntil === null || moment < event.worthUntil;
  const afterQuiet = (moment: Date) => {
    const loud = endOfQuiet(moment, wishes) ?? moment;
    return inTime(loud) ? loud : null;
  };
  const daily = wishes.delivery === 'daily' && event.kind !== 'meeting.invitation' ? nextDaily(now, wishes) : now;
  return {
    inApp: accountId !== null && channels.in_app,
    mailAt: wantsMail(recipient, event) ? (afterQuiet(daily) ?? afterQuiet(now)) : null,
    pushAt: accountId !== null && channels.push ? afterQuiet(now) : null,
  };
}
