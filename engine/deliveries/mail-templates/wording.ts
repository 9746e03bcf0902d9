import type { MailLocale } from '../mail.ts';

/** Turns of phrase that several mails share. */

const MINUTES_PER_HOUR = 60;
const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR;

export function greeting(locale: MailLocale, name: string | undefined): string {
  const called = (name ?? '').trim();
  if (locale === 'de') return called === '' ? 'Guten Tag,' : `Guten Tag ${called},`;
  return called === '' ? 'Hello,' : `Hello ${called},`;
}

/** '15 minutes', '1 day': in the largest unit that comes out even. */
function span(locale: MailLocale, minutes: number): string {
  const [count, unit] =
    minutes % MINUTES_PER_DAY === 0
      ? [minutes / MINUTES_PER_DAY, 'day']
      : minutes % MINUTES_PER_HOUR === 0
        ? [minutes / MINUTES_PER_HOUR, 'hour']
        : [minutes, 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** '15 minutes from now' does not survive a mail queue: what is said is how long the link works. */
export function linkWorks(locale: MailLocale, minutes: number): string {
  return locale === 'de'
    ? `Der Link funktioniert einmal und ${span('de', minutes)} lang.`
    : `The link works once, for ${span('en', minutes)}.`;
}

/** A time as a person reads it, with its zone. */
export function timeOf(locale: MailLocale, iso: string, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat(locale === 'de' ? 'de' : 'en-GB', {
    dateStyle: 'full',
    timeStyle: 'long',
    timeZone: timeZone ?? 'UTC',
  }).format(new Date(iso));
}
