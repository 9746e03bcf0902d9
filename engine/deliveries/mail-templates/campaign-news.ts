import type { NotificationFacts, NotificationKind } from '../../../protocol/notifications.ts';
import type { MailLocale } from '../mail.ts';
import type { NewsWords, Where, Words } from './news-words.ts';
import { timeOf } from './wording.ts';

/** What people are told of campaigns and ideas. */

type Kind = Extract<NotificationKind, `campaign.${string}` | `idea.${string}` | `coins.${string}`>;
type Change = NonNullable<NotificationFacts['change']>;

const momentOf = (locale: MailLocale, moment: string | null | undefined, { timeZone }: Where) =>
  moment == null ? null : timeOf(locale, moment, timeZone);
/** A sentence that is only there where its moment is. */
const when = (moment: string | null, sentence: (moment: string) => string) =>
  moment === null ? [] : [sentence(moment)];

const IDEA_ENGLISH: Partial<Readonly<Record<Change, string>>> = {
  approved: 'approved',
  rejected: 'rejected',
  merged: 'merged into another idea, which has taken over its coins',
  accepted: 'accepted',
  begun: 'taken up: work on it is in progress',
  done: 'completed',
};

const IDEA_GERMAN: Partial<Readonly<Record<Change, string>>> = {
  approved: 'wurde zugelassen',
  rejected: 'wurde abgelehnt',
  merged: 'wurde mit einer anderen Idee vereint, die ihre Coins übernimmt',
  accepted: 'wurde angenommen',
  begun: 'ist in Arbeit',
  done: 'ist umgesetzt',
};

function scheduleEnglish({ title = '', change, starts_at, closes_at }: NotificationFacts, where: Where): NewsWords {
  const [start, end] = [momentOf('en', starts_at, where), momentOf('en', closes_at, where)];
  const act = 'Go to the campaign';
  const ends = when(end, (moment) => `It ends on ${moment}.`);
  if (change === 'soon')
    return {
      title: `Starts soon: ${title}`,
      sentences: [`The campaign ${title} starts soon.`, ...when(start, (moment) => `It begins on ${moment}.`)],
      act,
    };
  if (change === 'ending')
    return {
      title: `Ends soon: ${title}`,
      sentences: [`The campaign ${title} ends soon. No coins can be given or moved after that.`, ...ends],
      act,
    };
  return { title: `Started: ${title}`, sentences: [`The campaign ${title} has started.`, ...ends], act };
}

function scheduleGerman({ title = '', change, starts_at, closes_at }: NotificationFacts, where: Where): NewsWords {
  const [start, end] = [momentOf('de', starts_at, where), momentOf('de', closes_at, where)];
  const act = 'Zur Kampagne';
  const ends = when(end, (moment) => `Ende: ${moment}.`);
  if (change === 'soon')
    return {
      title: `Beginnt bald: ${title}`,
      sentences: [`Die Kampagne ${title} beginnt bald.`, ...when(start, (moment) => `Beginn: ${moment}.`)],
      act,
    };
  if (change === 'ending')
    return {
      title: `Endet bald: ${title}`,
      sentences: [
        `Die Kampagne ${title} endet bald. Danach lassen sich keine Coins mehr geben oder verschieben.`,
        ...ends,
      ],
      act,
    };
  return { title: `Läuft: ${title}`, sentences: [`Die Kampagne ${title} hat begonnen.`, ...ends], act };
}

export const CAMPAIGN_ENGLISH: Readonly<Record<Kind, Words>> = {
  'campaign.invitation': ({ title = '', closes_at }, where) => ({
    title: `You are invited: ${title}`,
    sentences: [
      `${where.organisation} invites you to the campaign ${title}. Propose ideas, and give coins to those that you like.`,
      ...when(momentOf('en', closes_at, where), (moment) => `It ends on ${moment}.`),
    ],
    act: 'Go to the campaign',
  }),
  'campaign.request': ({ title = '', person = '' }) => ({
    title: `${person} asks to join: ${title}`,
    sentences: [`${person} would like to take part in the campaign ${title}. Admit or decline them there.`],
    act: 'Go to the campaign',
  }),
  'campaign.admitted': ({ title = '' }) => ({
    title: `You are in: ${title}`,
    sentences: [`You now take part in the campaign ${title}.`],
    act: 'Go to the campaign',
  }),
  'campaign.schedule': scheduleEnglish,
  'idea.status': ({ title = '', idea = '', change = 'approved', reason }) => ({
    title: `Your idea: ${idea}`,
    sentences: [
      `Your idea ${idea} in ${title} was ${IDEA_ENGLISH[change]}.`,
      ...(reason === undefined ? [] : [`Reason: ${reason}`]),
    ],
    act: 'See the idea',
  }),
  'idea.comment': ({ title = '', idea = '', person = '' }) => ({
    title: `Comment on your idea: ${idea}`,
    sentences: [`${person} has commented on your idea ${idea} in ${title}.`],
    act: 'Read the comment',
  }),
  'coins.received': ({ title = '', idea = '', coins = 0 }) => ({
    title: `Coins for your idea: ${idea}`,
    sentences: [`Your idea ${idea} in ${title} has got ${coins === 1 ? 'one coin' : `${coins} coins`}.`],
    act: 'See the idea',
  }),
};

export const CAMPAIGN_GERMAN: Readonly<Record<Kind, Words>> = {
  'campaign.invitation': ({ title = '', closes_at }, where) => ({
    title: `Einladung: ${title}`,
    sentences: [
      `${where.organisation} lädt Sie zur Kampagne ${title} ein. Schlagen Sie Ideen vor, und geben Sie Coins für die, die Ihnen gefallen.`,
      ...when(momentOf('de', closes_at, where), (moment) => `Ende: ${moment}.`),
    ],
    act: 'Zur Kampagne',
  }),
  'campaign.request': ({ title = '', person = '' }) => ({
    title: `${person} bittet um Aufnahme: ${title}`,
    sentences: [`${person} möchte an der Kampagne ${title} teilnehmen. Nehmen Sie das dort an, oder lehnen Sie ab.`],
    act: 'Zur Kampagne',
  }),
  'campaign.admitted': ({ title = '' }) => ({
    title: `Sie sind dabei: ${title}`,
    sentences: [`Sie nehmen nun an der Kampagne ${title} teil.`],
    act: 'Zur Kampagne',
  }),
  'campaign.schedule': scheduleGerman,
  'idea.status': ({ title = '', idea = '', change = 'approved', reason }) => ({
    title: `Ihre Idee: ${idea}`,
    sentences: [
      `Ihre Idee ${idea} in ${title} ${IDEA_GERMAN[change]}.`,
      ...(reason === undefined ? [] : [`Grund: ${reason}`]),
    ],
    act: 'Zur Idee',
  }),
  'idea.comment': ({ title = '', idea = '', person = '' }) => ({
    title: `Kommentar zu Ihrer Idee: ${idea}`,
    sentences: [`${person} hat Ihre Idee ${idea} in ${title} kommentiert.`],
    act: 'Zum Kommentar',
  }),
  'coins.received': ({ title = '', idea = '', coins = 0 }) => ({
    title: `Coins für Ihre Idee: ${idea}`,
    sentences: [`Ihre Idee ${idea} in ${title} hat ${coins === 1 ? 'einen Coin' : `${coins} Coins`} bekommen.`],
    act: 'Zur Idee',
  }),
};
