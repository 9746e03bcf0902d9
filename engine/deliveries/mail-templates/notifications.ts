import type { NotificationFacts, NotificationKind } from '../../../protocol/notifications.ts';
import type { MailData, MailedNews, MailLocale } from '../mail.ts';
import { CAMPAIGN_ENGLISH, CAMPAIGN_GERMAN } from './campaign-news.ts';
import type { Letter } from './letter.ts';
import type { NewsWords, Where, Words } from './news-words.ts';
import { greeting, timeOf } from './wording.ts';

/** What people are told of, in mails and pushes. The pages have words of their own. */

type Texts<Name extends keyof MailData> = Readonly<Record<MailLocale, (data: MailData[Name]) => Letter>>;

const titleOf = ({ title = '' }: NotificationFacts) => title;
const at = (locale: MailLocale, moment: string | null | undefined, { timeZone }: Where) =>
  moment == null ? null : timeOf(locale, moment, timeZone);
const joined = (locale: MailLocale, names: readonly string[]) =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);

const ROLES: Readonly<Record<MailLocale, Readonly<Record<string, string>>>> = {
  en: { admin: 'administrator', sponsor: 'sponsor', moderator: 'moderator', auditor: 'auditor', member: 'member' },
  de: {
    admin: 'Administration',
    sponsor: 'Förderung',
    moderator: 'Moderation',
    auditor: 'Prüfung',
    member: 'Mitglied',
  },
};

function meetingEnglish(facts: NotificationFacts, where: Where): NewsWords {
  const [title, start] = [titleOf(facts), at('en', facts.starts_at, where)];
  const begins = start === null ? [] : [`It begins on ${start}.`];
  const code = facts.join_code == null ? [] : [`You can also join with the code ${facts.join_code}.`];
  const act = 'Go to the meeting';
  if (facts.change === 'cancelled')
    return { title: `Cancelled: ${title}`, sentences: [`The meeting ${title} does not take place as planned.`], act };
  if (facts.change === 'moved')
    return { title: `Changed: ${title}`, sentences: [`The meeting ${title} has changed.`, ...begins, ...code], act };
  const invites = `${where.organisation} invites you to: ${title}.`;
  return { title, sentences: [invites, ...begins, ...code], act };
}

function meetingGerman(facts: NotificationFacts, where: Where): NewsWords {
  const [title, start] = [titleOf(facts), at('de', facts.starts_at, where)];
  const begins = start === null ? [] : [`Beginn: ${start}.`];
  const code = facts.join_code == null ? [] : [`Sie können auch mit dem Code ${facts.join_code} teilnehmen.`];
  const act = 'Zur Versammlung';
  if (facts.change === 'cancelled')
    return {
      title: `Abgesagt: ${title}`,
      sentences: [`Die Versammlung ${title} findet nicht wie geplant statt.`],
      act,
    };
  if (facts.change === 'moved')
    return {
      title: `Geändert: ${title}`,
      sentences: [`Die Versammlung ${title} wurde geändert.`, ...begins, ...code],
      act,
    };
  const invites = `${where.organisation} lädt Sie ein zu: ${title}.`;
  return { title, sentences: [invites, ...begins, ...code], act };
}

const ENGLISH: Readonly<Record<NotificationKind, Words>> = {
  ...CAMPAIGN_ENGLISH,
  'meeting.invitation': meetingEnglish,
  'election.opened': (facts, where) => {
    const end = at('en', facts.closes_at, where);
    return {
      title: `Voting is open: ${titleOf(facts)}`,
      sentences: [`You can vote now on: ${titleOf(facts)}.`, ...(end === null ? [] : [`Voting ends on ${end}.`])],
      act: 'Vote',
    };
  },
  'election.reminder': (facts, where) => {
    const end = at('en', facts.closes_at, where);
    return {
      title: `You have not voted yet: ${titleOf(facts)}`,
      sentences: [
        `Your vote on ${titleOf(facts)} is still missing.`,
        ...(end === null ? [] : [`Voting ends on ${end}.`]),
      ],
      act: 'Vote',
    };
  },
  'result.published': (facts) => ({
    title: `Result: ${titleOf(facts)}`,
    sentences: [`The result of ${titleOf(facts)} has been published.`],
    act: 'See the result',
  }),
  'proxy.offered': ({ person = '' }) => ({
    title: `${person} asks you to vote for them`,
    sentences: [`${person} would like you to vote on their behalf. Accept or decline it in the meeting.`],
    act: 'Look at it',
  }),
  'proxy.accepted': ({ person = '' }) => ({
    title: `${person} votes for you`,
    sentences: [`${person} now holds your proxy and votes on your behalf. You can take it back at any time.`],
    act: 'Look at it',
  }),
  'member.roles': ({ roles = [] }, { organisation }) => {
    const names = joined(
      'en',
      roles.map((role) => ROLES.en[role] ?? role),
    );
    return {
      title: `Your roles in ${organisation} have changed`,
      sentences: [`In ${organisation} you are now: ${names}.`],
      act: 'Go to your account',
    };
  },
};

const GERMAN: Readonly<Record<NotificationKind, Words>> = {
  ...CAMPAIGN_GERMAN,
  'meeting.invitation': meetingGerman,
  'election.opened': (facts, where) => {
    const end = at('de', facts.closes_at, where);
    return {
      title: `Die Abstimmung läuft: ${titleOf(facts)}`,
      sentences: [`Sie können jetzt abstimmen über: ${titleOf(facts)}.`, ...(end === null ? [] : [`Ende: ${end}.`])],
      act: 'Abstimmen',
    };
  },
  'election.reminder': (facts, where) => {
    const end = at('de', facts.closes_at, where);
    return {
      title: `Sie haben noch nicht abgestimmt: ${titleOf(facts)}`,
      sentences: [`Ihre Stimme zu ${titleOf(facts)} fehlt noch.`, ...(end === null ? [] : [`Ende: ${end}.`])],
      act: 'Abstimmen',
    };
  },
  'result.published': (facts) => ({
    title: `Ergebnis: ${titleOf(facts)}`,
    sentences: [`Das Ergebnis von ${titleOf(facts)} ist veröffentlicht.`],
    act: 'Ergebnis ansehen',
  }),
  'proxy.offered': ({ person = '' }) => ({
    title: `${person} bittet um Vertretung`,
    sentences: [
      `${person} möchte, dass Sie in Vertretung abstimmen. Nehmen Sie das in der Versammlung an oder lehnen Sie ab.`,
    ],
    act: 'Ansehen',
  }),
  'proxy.accepted': ({ person = '' }) => ({
    title: `${person} vertritt Sie`,
    sentences: [`${person} hat Ihre Vollmacht und stimmt für Sie ab. Sie können sie jederzeit zurücknehmen.`],
    act: 'Ansehen',
  }),
  'member.roles': ({ roles = [] }, { organisation }) => {
    const names = joined(
      'de',
      roles.map((role) => ROLES.de[role] ?? role),
    );
    return {
      title: `Ihre Rollen bei ${organisation} haben sich geändert`,
      sentences: [`Bei ${organisation} haben Sie nun: ${names}.`],
      act: 'Zum Konto',
    };
  },
};

export function newsWords(
  locale: MailLocale,
  kind: NotificationKind,
  facts: NotificationFacts,
  where: Where,
): NewsWords {
  return (locale === 'de' ? GERMAN : ENGLISH)[kind](facts, where);
}

function letterOf(locale: MailLocale, data: MailData['notification']): Letter {
  const { news, organisation, unsubscribe } = data;
  const { title, sentences, act } = newsWords(locale, news.kind, news.facts, data);
  return {
    subject: `${organisation}: ${title}`,
    greeting: greeting(locale, data.name),
    paragraphs: sentences,
    action: { label: act, link: news.link },
    unsubscribe,
    appointment: news.appointment,
  };
}

const SUMMARY: Readonly<
  Record<MailLocale, { subject(count: number): string; readonly intro: string; readonly act: string }>
> = {
  en: { subject: (count) => `${count} messages`, intro: 'This is new:', act: 'Open your messages' },
  de: { subject: (count) => `${count} Nachrichten`, intro: 'Das ist neu:', act: 'Nachrichten öffnen' },
};

function summaryOf(locale: MailLocale, data: MailData['notification-summary']): Letter {
  const { news, organisation, unsubscribe, link } = data;
  const { subject, intro, act } = SUMMARY[locale];
  const line = ({ kind, facts }: MailedNews) => `• ${newsWords(locale, kind, facts, data).sentences.join(' ')}`;
  return {
    subject: `${organisation}: ${subject(news.length)}`,
    greeting: greeting(locale, data.name),
    paragraphs: [intro, ...news.map(line)],
    action: { label: act, link },
    unsubscribe,
  };
}

export const notification: Texts<'notification'> = {
  en: (data) => letterOf('en', data),
  de: (data) => letterOf('de', data),
};

export const notificationSummary: Texts<'notification-summary'> = {
  en: (data) => summaryOf('en', data),
  de: (data) => summaryOf('de', data),
};
