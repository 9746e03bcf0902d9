import type { Wishes } from './event.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Making one takes some 50 µs, and 10,000 people live in few zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Minute of the day on the clock of a place, 0 to 1439. */
function minuteAt(moment: Date, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    clocks.set(timeZone, clock);
  }
  const [hours = 0, minutes = 0] = clock.format(moment).split(':').map(Number);
  return hours * 60 + minutes;
}

/** The next moment after `now` at which the clock of a place shows a minute of the day. */
function nextAt(now: Date, minute: number, timeZone: string): Date {
  const wait = (minute - minuteAt(now, timeZone) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const moment = new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS);
  // where clocks are put forward or back in between
  const off = ((minute - minuteAt(moment, timeZone) + 1.5 * DAY_MINUTES) % DAY_MINUTES) - DAY_MINUTES / 2;
  return new Date(moment.getTime() + off * MINUTE_MS);
}

/** When the quiet hours end in which a moment lies; null where it lies in none. */
export function endOfQuiet(moment: Date, { quiet, timeZone }: Pick<Wishes, 'quiet' | 'timeZone'>): Date | null {
  if (quiet === null) return null;
  const minute = minuteAt(moment, timeZone);
  const { from, to } = quiet;
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  return isQuiet ? nextAt(moment, to, timeZone) : null;
}

/** When the next daily mail goes. */
export function nextDaily(now: Date, { dailyHour, timeZone }: Pick<Wishes, 'dailyHour' | 'timeZone'>): Date {
  return nextAt(now, dailyHour * 60, timeZone);
}
