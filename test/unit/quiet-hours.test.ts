import { describe, expect, test } from 'vitest';
import type { NotificationEvent, Recipient, Wishes } from '../../engine/notifications/event.ts';
import { planFor } from '../../engine/notifications/plan.ts';
import { endOfQuiet, nextDaily } from '../../engine/notifications/quiet-hours.ts';

const NIGHT = { from: 22 * 60, to: 7 * 60 };
const at = (text: string) => new Date(text);

describe('the end of quiet hours', () => {
  test.each([
    ['before they begin', '2026-06-10T19:59:00Z', null],
    ['at their beginning', '2026-06-10T20:00:00Z', '2026-06-11T05:00:00.000Z'],
    ['after midnight', '2026-06-11T00:30:30Z', '2026-06-11T05:00:00.000Z'],
    ['at their end', '2026-06-11T05:00:00Z', null],
    ['in the night when clocks are put back', '2026-10-24T21:00:00Z', '2026-10-25T06:00:00.000Z'],
    ['in the night when clocks are put forward', '2026-03-28T22:00:00Z', '2026-03-29T05:00:00.000Z'],
  ])('%s', (_, now, end) => {
    expect(endOfQuiet(at(now), { quiet: NIGHT, timeZone: 'Europe/Berlin' })?.toISOString() ?? null).toBe(end);
  });

  test('of an hour at noon, elsewhere', () => {
    const wishes = { quiet: { from: 12 * 60, to: 13 * 60 }, timeZone: 'Asia/Kathmandu' }; // five hours and three quarters
    expect(endOfQuiet(at('2026-06-10T06:20:00Z'), wishes)?.toISOString()).toBe('2026-06-10T07:15:00.000Z');
    expect(endOfQuiet(at('2026-06-10T07:15:00Z'), wishes)).toBeNull();
  });
});

test('the next daily mail is later today, or tomorrow', () => {
  const wishes = { dailyHour: 7, timeZone: 'Europe/Berlin' };
  expect(nextDaily(at('2026-06-10T04:59:59Z'), wishes).toISOString()).toBe('2026-06-10T05:00:00.000Z');
  expect(nextDaily(at('2026-06-10T05:00:00Z'), wishes).toISOString()).toBe('2026-06-11T05:00:00.000Z');
});

describe('how one person is told', () => {
  const NOW = at('2026-06-10T21:00:00Z');
  const WISHES: Wishes = { kinds: {}, email: true, delivery: 'at_once', dailyHour: 7, quiet: null, timeZone: 'UTC' };
  const plan = (wishes: Partial<Wishes>, event: Partial<NotificationEvent> = {}, more: Partial<Recipient> = {}) => {
    const person = { memberId: 'm', accountId: 'a', name: 'Ada', email: 'ada@example.org', locale: 'en' as const };
    const opened = { event: 'e', kind: 'election.opened' as const, subject: 's', facts: {}, worthUntil: null };
    const { inApp, mailAt, pushAt } = planFor(
      { ...person, wishes: { ...WISHES, ...wishes }, ...more },
      { ...opened, ...event },
      NOW,
    );
    return [inApp, mailAt?.toISOString() ?? null, pushAt?.toISOString() ?? null];
  };
  const [now, morning] = [NOW.toISOString(), '2026-06-11T07:00:00.000Z'];
  const quiet = { from: 20 * 60, to: 7 * 60 };

  test('every way at once, unless they say otherwise', () => {
    expect(plan({})).toEqual([true, now, now]);
    expect(plan({ email: false })).toEqual([true, null, now]);
    expect(plan({}, {}, { email: null })).toEqual([true, null, now]);
    expect(plan({}, {}, { accountId: null })).toEqual([false, now, null]);
  });

  test('daily holds mails, quiet hours hold pushes too, appointments wait for no daily mail', () => {
    expect(plan({ delivery: 'daily' })).toEqual([true, morning, now]);
    expect(plan({ quiet })).toEqual([true, morning, morning]);
    expect(plan({ delivery: 'daily', dailyHour: 3, quiet })).toEqual([true, morning, morning]);
    expect(plan({ delivery: 'daily' }, { kind: 'meeting.invitation' })).toEqual([true, now, now]);
  });

  test('what would come too late comes at once, or in quiet hours not at all', () => {
    const worthUntil = at('2026-06-11T06:00:00Z');
    expect(plan({ delivery: 'daily' }, { worthUntil })).toEqual([true, now, now]);
    expect(plan({ delivery: 'daily', quiet }, { worthUntil })).toEqual([true, null, null]);
  });
});
