import type { CampaignSeen, CampaignViewer, Engine, Identity } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';

/** Who looks at campaigns: a member with what they have a part in, or a key, which has a part in none. */
export function viewerOf(identity: Identity): CampaignViewer {
  const memberId = identity.kind === 'api_key' ? null : identity.memberId;
  return { memberId, roles: identity.roles, actor: identity.id };
}

/** The campaign, by its public name or id, if the caller may see it; otherwise `campaign_unknown`. */
export function campaignInReach(engine: Engine, identity: Identity, nameOrId: string): Promise<Outcome<CampaignSeen>> {
  return engine.campaigns.seen(identity.orgId, nameOrId, viewerOf(identity));
}

/** The campaign, if the caller runs it; `forbidden` to who only sees it. */
export async function managedCampaign(
  engine: Engine,
  identity: Identity,
  nameOrId: string,
): Promise<Outcome<CampaignSeen>> {
  const found = await campaignInReach(engine, identity, nameOrId);
  if (!found.ok || found.value.canManage) return found;
  return refuse('forbidden', 'Only managers of this campaign can do that.', {
    details: { reason: 'not_a_manager', role: 'manager' },
  });
}

/** The campaign, if the caller may see its analytics: who runs it, and sponsors; `forbidden` to who only sees it. */
export async function analysedCampaign(
  engine: Engine,
  identity: Identity,
  nameOrId: string,
): Promise<Outcome<CampaignSeen>> {
  const found = await campaignInReach(engine, identity, nameOrId);
  if (!found.ok || found.value.canAnalyse) return found;
  return refuse('forbidden', 'Only managers of this campaign and sponsors can see that.', {
    details: { reason: 'not_a_manager', role: 'sponsor' },
  });
}

/** The member who takes part; `forbidden` to keys, which hold no purse. */
export function participantOf(identity: Identity): Outcome<string> {
  const { memberId } = viewerOf(identity);
  if (memberId !== null) return accept(memberId);
  return refuse('forbidden', 'A key takes no part in campaigns. Sign in as a member.', {
    details: { reason: 'no_member', role: 'member' },
  });
}
