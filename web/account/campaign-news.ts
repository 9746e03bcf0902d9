import type { NotificationFacts, NotificationKind } from '../../protocol/notifications.ts';
import { formatMoment } from '../ui/i18n.ts';
import { t } from './texts.ts';

type CampaignKind = Extract<NotificationKind, `campaign.${string}` | `idea.${string}` | `coins.${string}`>;

/** What a person is told of campaigns and ideas, in a sentence. */
export function campaignSentence(kind: CampaignKind, facts: NotificationFacts): string {
  const { title = '', idea = '', person = '', coins = 0 } = facts;
  switch (kind) {
    case 'campaign.invitation':
      return t('inbox.said.campaign.invited', { title });
    case 'campaign.request':
      return t('inbox.said.campaign.requested', { title, person });
    case 'campaign.admitted':
      return t('inbox.said.campaign.admitted', { title });
    case 'campaign.schedule':
      return scheduleSentence(title, facts);
    case 'idea.status':
      return ideaSentence(title, idea, facts);
    case 'idea.comment':
      return t('inbox.said.idea.comment', { idea, person });
    case 'coins.received':
      return t('inbox.said.coins', { idea, count: coins });
  }
}

function scheduleSentence(title: string, { change, starts_at: starts, closes_at: closes }: NotificationFacts): string {
  if (change === 'begun') return t('inbox.said.campaign.begun', { title });
  const moment = change === 'soon' ? starts : closes;
  const until = moment == null ? '' : formatMoment(moment);
  return change === 'soon'
    ? t('inbox.said.campaign.soon', { title, until })
    : t('inbox.said.campaign.ending', { title, until });
}

function ideaSentence(title: string, idea: string, { change, reason }: NotificationFacts): string {
  const facts = { title, idea, reason: reason ?? '' };
  switch (change) {
    case 'rejected':
      return reason === undefined ? t('inbox.said.idea.rejected', facts) : t('inbox.said.idea.rejectedFor', facts);
    case 'merged':
      return t('inbox.said.idea.merged', facts);
    case 'accepted':
      return t('inbox.said.idea.accepted', facts);
    case 'begun':
      return t('inbox.said.idea.begun', facts);
    case 'done':
      return t('inbox.said.idea.done', facts);
    default:
      return t('inbox.said.idea.approved', facts);
  }
}
