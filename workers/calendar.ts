import ical, { ICalAttendeeRole, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { Appointment } from '../engine/index.ts';

/** A calendar file as nodemailer takes it: an alternative of the mail's text, and a file. */
export interface CalendarFile {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly filename: string;
  readonly content: string;
}

/**
 * The iTIP message (RFC 5546) of a meeting for one person: a request, again with a higher sequence where it has changed,
 * or its cancellation. Nobody is asked for an answer: there is no mailbox that would read it.
 * @param organiser the mail's sender, e.g. 'Psephos <votes@example.org>'
 */
export function calendarFile(appointment: Appointment, organiser: string, to: string): CalendarFile {
  const { uid, sequence, cancelled, title, startsAt, at, link } = appointment;
  const [, name, address] = /^\s*(.*?)\s*<([^>]+)>\s*$/.exec(organiser) ?? [null, '', organiser.trim()];
  const method = cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST;
  const calendar = ical({ prodId: { company: 'Psephos', product: 'Psephos' }, method });
  calendar.createEvent({
    id: uid,
    sequence,
    stamp: new Date(at),
    start: new Date(startsAt),
    summary: title,
    url: link,
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: (name ?? '').replaceAll('"', '') || 'Psephos', email: address ?? organiser },
    attendees: [{ email: to, role: ICalAttendeeRole.REQ, rsvp: false }],
  });
  return { method, filename: 'meeting.ics', content: calendar.toString() };
}
