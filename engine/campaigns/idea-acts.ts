import type { Transaction } from '../db/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { CampaignSeen, CampaignViewer } from './campaign.ts';
import { appendLog } from './campaign-queries.ts';
import type { Idea, IdeaChange, IdeaDecision, IdeaSeen, IdeaStatus } from './idea.ts';
import * as queries from './idea-queries.ts';
import { campaignForbids, NO_IDEA, NOT_A_MANAGER, statusForbids, takesIdeas } from './idea-refusals.ts';

const NO_TARGET = refuse(
  'conflict',
  'Ideas can only be merged into another open idea of the same campaign; one that competes into one that competes.',
  { details: { reason: 'no_target' } },
);

/** Sets the tags and checks the cost that an idea names; refused where they are none of its campaign's. */
export async function settleTags(
  tx: Transaction,
  campaign: CampaignSeen,
  ideaId: string,
  { tags, cost }: IdeaChange,
): Promise<Outcome<null>> {
  if (cost !== undefined && cost !== null && campaign.preset !== 'budget') {
    return refuse('invalid_input', 'Only ideas of a campaign with a budget have a cost.', {
      details: { fields: [{ path: 'cost', problem: 'goes with the preset budget only' }] },
    });
  }
  if (tags === undefined) return accept(null);
  const chosen = [...new Set(tags)];
  const unknown = await queries.unknownTags(tx, campaign.orgId, campaign.id, chosen);
  if (unknown.length > 0) {
    return refuse('tag_unknown', 'This campaign has no such tag. Read its tags again.', { details: { tags: unknown } });
  }
  await queries.setTags(tx, campaign.orgId, campaign.id, ideaId, chosen);
  return accept(null);
}

/** Whether the viewer may change the text of an idea that has this status. */
function mayChange({ idea, campaign }: IdeaSeen, { memberId }: CampaignViewer, status: IdeaStatus): Outcome<null> {
  const isOwn = memberId !== null && idea.submitterId === memberId;
  if (!campaign.canManage && !(isOwn && status === 'pending')) {
    if (!isOwn) return NOT_A_MANAGER;
    return refuse('forbidden', 'This idea was decided on: only managers of the campaign can change it now.', {
      details: { reason: 'not_a_manager', role: 'manager', status },
    });
  }
  if (['accepted', 'in_progress', 'complete'].includes(status)) {
    return refuse('idea_accepted', 'This idea was accepted: its text stays as it was chosen.', { details: { status } });
  }
  if (status === 'rejected') {
    return refuse('idea_not_competing', 'This idea was rejected: propose it anew.', { details: { status } });
  }
  return accept(null);
}

export async function changeIdeaText(
  tx: Transaction,
  seen: IdeaSeen,
  viewer: CampaignViewer,
  change: IdeaChange,
): Promise<Outcome<Idea>> {
  const { campaign } = seen;
  const { orgId } = campaign;
  const ideaId = seen.idea.id;
  const held = await queries.holdStatus(tx, orgId, campaign.id);
  const status = await queries.lockIdea(tx, orgId, ideaId);
  if (held === undefined || status === undefined) return NO_IDEA;
  const allowed = mayChange(seen, viewer, status);
  if (!allowed.ok) return allowed;
  const open = takesIdeas(held.status, held.isOver);
  if (!open.ok) return open;
  const tags = await settleTags(tx, campaign, ideaId, change);
  if (!tags.ok) return tags;
  await queries.updateIdea(tx, orgId, ideaId, change);
  const fields = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  await appendLog(tx, orgId, campaign.id, 'idea.changed', { by: viewer.actor, idea: ideaId, fields });
  const [idea] = await queries.selectIdeas(tx, orgId, [ideaId]);
  return idea === undefined ? NO_IDEA : accept(idea);
}

function missing(path: string): Outcome<never> {
  return refuse('invalid_input', `Say it in ${path}.`, { details: { fields: [{ path, problem: 'is missing' }] } });
}

export async function decideOnIdea(
  tx: Transaction,
  { idea: { id: ideaId }, campaign }: IdeaSeen,
  viewer: CampaignViewer,
  { act, reason, into }: IdeaDecision,
): Promise<Outcome<Idea>> {
  if (!campaign.canManage) return NOT_A_MANAGER;
  if (act === 'reject' && reason === undefined) return missing('reason');
  if (act === 'merge' && into === undefined) return missing('merge_into');
  const { orgId } = campaign;
  const decision = { act, reason: reason ?? null, into: act === 'merge' ? (into ?? null) : null };
  const answer = await queries.changeIdea(tx, orgId, campaign.id, ideaId, decision, viewer.actor);
  switch (answer) {
    case 'done': {
      const [idea] = await queries.selectIdeas(tx, orgId, [ideaId]);
      return idea === undefined ? NO_IDEA : accept(idea);
    }
    case 'not_found':
      return NO_IDEA;
    case 'no_target':
      return NO_TARGET;
    case 'campaign': {
      const held = await queries.holdStatus(tx, orgId, campaign.id);
      return campaignForbids(held?.status ?? campaign.status);
    }
    default:
      return statusForbids(act, answer as IdeaStatus);
  }
}
