import type { CampaignMemberView, CampaignView } from '../../../protocol/campaigns.ts';
import type { CampaignResultView, IdeaStatus } from '../../../protocol/ideas.ts';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { t } from './texts.ts';

type Policy = Pick<
  CampaignView['coin_policy'],
  | 'initial_allocation'
  | 'idea_submission_reward'
  | 'allow_reallocation'
  | 'allow_recycling'
  | 'coin_expiry'
  | 'coins_expire_at'
>;

export function statusName(status: CampaignView['status']): string {
  const names = {
    draft: t('status.draft'),
    active: t('status.active'),
    completed: t('status.completed'),
    archived: t('status.archived'),
  };
  return names[status];
}

export function typeName(type: CampaignView['campaign_type']): string {
  const names = { open: t('type.open'), mediated: t('type.mediated'), closed: t('type.closed') };
  return names[type];
}

export function presetName(preset: CampaignView['preset']): string {
  const names = {
    ideas: t('preset.ideas'),
    budget: t('preset.budget'),
    priority: t('preset.priority'),
    quadratic: t('preset.quadratic'),
  };
  return names[preset];
}

export function ruleName(rule: CampaignResultView['rule']): string {
  const names = {
    greedy: t('rule.greedy'),
    equal_shares: t('rule.equalShares'),
    equal_shares_add1: t('rule.equalSharesAdd1'),
    ranking: t('rule.ranking'),
  };
  return names[rule];
}

export function ideaStatusName(status: IdeaStatus): string {
  const names = {
    pending: t('idea.pending'),
    approved: t('idea.approved'),
    competing: t('idea.competing'),
    accepted: t('idea.accepted'),
    in_progress: t('idea.inProgress'),
    complete: t('idea.complete'),
    rejected: t('idea.rejected'),
  };
  return names[status];
}

export function memberStateName(state: CampaignMemberView['state']): string {
  const names = {
    joined: t('people.joined'),
    invited: t('people.invited'),
    requested: t('people.requested'),
    left: t('people.left'),
  };
  return names[state];
}

/** From when to when, as far as it is set or has happened. */
export function datesInWords(campaign: CampaignView): string {
  const { status, start_date: start, end_date: end, activated_at: began, completed_at: ended } = campaign;
  const parts = [
    began === null
      ? start !== null && t('dates.starts', { moment: formatMoment(start) })
      : t('dates.began', { moment: formatMoment(began) }),
    ended === null
      ? end !== null && status !== 'archived' && t('dates.ends', { moment: formatMoment(end) })
      : t('dates.ended', { moment: formatMoment(ended) }),
  ];
  return parts.filter((part) => part !== false).join(' · ') || t('dates.byHand');
}

function movingInWords({ allow_reallocation: moves, allow_recycling: comesBack }: Policy): string {
  if (moves && comesBack) return t('policy.saysBoth');
  if (moves) return t('policy.saysMove');
  return comesBack ? t('policy.saysBack') : t('policy.saysStay');
}

function expiryInWords({ coin_expiry: expiry, coins_expire_at: at }: Policy): string {
  if (expiry === 'at_end') return t('policy.saysAtEnd');
  if (expiry === 'at') return at === null ? t('policy.saysAtNone') : t('policy.saysAt', { moment: formatMoment(at) });
  return t('policy.saysNever');
}

/** The policy as a participant would hear it, one sentence each. */
export function policyInWords(policy: Policy, quadratic: boolean): readonly string[] {
  const { initial_allocation: given, idea_submission_reward: reward } = policy;
  return [
    given === 0 ? t('policy.saysNothing') : t('policy.saysEveryone', { count: given, number: formatNumber(given) }),
    ...(quadratic ? [t('policy.saysQuadratic')] : []),
    movingInWords(policy),
    ...(reward === 0 ? [] : [t('policy.saysReward', { count: reward, number: formatNumber(reward) })]),
    expiryInWords(policy),
  ];
}
