import { accept, type Outcome, refuse } from '../outcome.ts';
import type { CampaignStatus } from './campaign.ts';
import type { IdeaAct, IdeaStatus } from './idea.ts';

export const NO_IDEA = refuse('idea_unknown', 'There is no such idea. Check its id.', {
  details: { resource: 'idea' },
});

export const NOT_JOINED = refuse('forbidden', 'You take no part in this campaign. Join it first.', {
  details: { reason: 'not_joined', role: 'member' },
});

export const NOT_A_MANAGER = refuse('forbidden', 'Only managers of this campaign can do that.', {
  details: { reason: 'not_a_manager', role: 'manager' },
});

/** A campaign takes ideas, and changes of them, until it ends. */
export function takesIdeas(status: CampaignStatus, isOver: boolean): Outcome<null> {
  if (!isOver) return accept(null);
  return refuse('campaign_ended', 'This campaign has ended and takes no more ideas.', { details: { status } });
}

/** Why a campaign of this status allows no such act on its ideas. */
export function campaignForbids(status: CampaignStatus): Outcome<never> {
  const details = { status };
  if (status === 'draft') {
    return refuse('campaign_not_started', 'This campaign has not started yet. Ideas can only be approved.', {
      details,
    });
  }
  if (status === 'completed') {
    return refuse('campaign_ended', 'This campaign has ended: no further idea can compete.', { details });
  }
  return refuse('campaign_inactive', 'This campaign is archived: its ideas stay as they are.', { details });
}

const DECIDED: readonly string[] = ['accepted', 'in_progress', 'complete'];

/** Why an idea of this status allows no such act. */
export function statusForbids(act: IdeaAct, status: IdeaStatus): Outcome<never> {
  const details = { status };
  if (act === 'start' || act === 'complete') {
    if (['pending', 'approved', 'rejected'].includes(status)) {
      return refuse('idea_not_competing', `This idea is ${status}: it has to be accepted before.`, { details });
    }
    const before = act === 'start' ? 'accepted' : 'in_progress';
    return refuse('conflict', `This idea is ${status}, not ${before}: it cannot be set to that now.`, {
      details: { ...details, reason: 'idea_status' },
    });
  }
  if (DECIDED.includes(status)) {
    return refuse('idea_accepted', 'This idea was accepted: its coins are expended, and it stays.', { details });
  }
  if (act === 'accept') {
    return refuse('idea_not_competing', `This idea is ${status}: only one that competes can be accepted.`, { details });
  }
  return refuse('conflict', `This idea is ${status} already.`, { details: { ...details, reason: 'idea_status' } });
}
