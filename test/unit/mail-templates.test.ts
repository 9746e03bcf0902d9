import { describe, expect, test } from 'vitest';
import type { MailData, MailLocale, MailTemplate } from '../../engine/deliveries/mail.ts';
import { renderMail } from '../../engine/deliveries/mail-templates/index.ts';
import { NOTIFICATION_KINDS } from '../../protocol/notifications.ts';

const EVIL = '<img src=x onerror=alert(1)>"\'&\r\nBcc: eve@example.org';
const LINK = 'https://vote.example/go?a=1&b=2#SECRET';

const STOP = { page: 'https://vote.example/unsubscribe#token=T', oneClick: 'https://vote.example/v1/unsubscribe/T' };
const INVITED = {
  kind: 'meeting.invitation' as const,
  link: LINK,
  facts: {
    title: EVIL,
    person: EVIL,
    roles: [EVIL],
    starts_at: '2026-11-21T18:00:00Z',
    closes_at: '2026-11-21T18:00:00Z',
    join_code: 'K7Q4ZD',
  },
};

/** Every template with everything that it may be given; names are hostile. */
const FULL: MailData = {
  'verify-email': { name: EVIL, link: LINK, validForMinutes: 1_440 },
  'account-exists': { name: EVIL, signInLink: LINK },
  'magic-link': { name: EVIL, link: LINK, validForMinutes: 15 },
  'password-reset': { name: EVIL, link: LINK, validForMinutes: 60 },
  'password-changed': { name: EVIL, resetLink: LINK },
  'email-change': { name: EVIL, link: LINK, validForMinutes: 60 },
  'member-invitation': { name: EVIL, organisation: EVIL, link: LINK, validForMinutes: 20_160 },
  notification: { name: EVIL, organisation: EVIL, timeZone: 'Europe/Berlin', unsubscribe: STOP, news: INVITED },
  'notification-summary': {
    name: EVIL,
    organisation: EVIL,
    timeZone: 'Europe/Berlin',
    unsubscribe: STOP,
    link: LINK,
    news: NOTIFICATION_KINDS.map((kind) => ({ ...INVITED, kind })),
  },
  'audit-head': { name: EVIL, organisation: EVIL, day: '2026-11-21', entries: 12_345, line: LINK },
};
const ALL = (Object.keys(FULL) as MailTemplate[]).flatMap((name) => [[name, 'en'] as const, [name, 'de'] as const]);
const rendered = (name: MailTemplate, locale: MailLocale) => renderMail(name, locale, FULL[name]);

describe.each(ALL)('%s in %s', (name, locale) => {
  const { subject, text, html } = rendered(name, locale);

  test('has a subject of one line, and the link in text and HTML', () => {
    expect(subject).toMatch(/^\S.*\S$/);
    expect(subject).not.toMatch(/\p{Cc}/u);
    expect(text).toContain(LINK);
    expect(html).toContain(LINK.replaceAll('&', '&amp;'));
    expect(html).toContain(`<html lang="${locale}">`);
  });

  test('nothing that it is given becomes markup, and nothing is loaded from anywhere', () => {
    const tags = new Set([...html.matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag));
    expect([...tags].sort()).toEqual(
      ['body', 'div', 'head', 'html', 'meta', 'p', 'title', ...(html.includes('<a ') ? ['a'] : [])].sort(),
    );
    expect(html).not.toMatch(/\bsrc=["']?http|url\(|@import|onerror="/);
    expect(text).not.toMatch(/^Bcc:/m);
  });

  test('says nothing undefined, and is not the other language', () => {
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    expect(text).not.toBe(rendered(name, locale === 'en' ? 'de' : 'en').text);
  });
});

test.each([
  ['en', 15, '15 minutes'],
  ['en', 60, '1 hour'],
  ['en', 1_440, '1 day'],
  ['de', 15, '15 Minuten'],
  ['de', 120, '2 Stunden'],
  ['de', 20_160, '14 Tage'],
] as const)('%s: a link that works for %i minutes works for %s', (locale, validForMinutes, said) => {
  expect(renderMail('magic-link', locale, { link: LINK, validForMinutes }).text).toContain(said);
});

test('a meeting begins at its own place’s time', () => {
  expect(rendered('notification', 'en').text).toMatch(/Saturday.*21 November 2026.*19:00/);
  expect(rendered('notification', 'de').text).toMatch(/Samstag, 21\. November 2026.*19:00/);
});

test('whoever is not known by name is greeted all the same', () => {
  const { text } = renderMail('magic-link', 'en', { link: LINK, validForMinutes: 15 });
  expect(text.startsWith('Hello,\n')).toBe(true);
});
