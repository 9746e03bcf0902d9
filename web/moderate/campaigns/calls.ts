import type { z } from 'zod';
import type { CampaignMemberView, CampaignView, campaignStatusChange, TagView } from '../../../protocol/campaigns.ts';
import type { IDEA_ACTS, IdeaView, similarIdeas } from '../../../protocol/ideas.ts';
import { api } from '../../ui/account-session.ts';

export type SimilarIdea = z.infer<typeof similarIdeas>['items'][number];
type IdeaAct = (typeof IDEA_ACTS)[number];
type NextStatus = z.infer<typeof campaignStatusChange>['status'];

/** Starting opens a purse for everyone: the server may take longer than for other things. */
const STATUS_TIMEOUT_MS = 40_000;

/** '/v1/campaigns/better-city'; `part` below it, e.g. 'members'. */
export function pathOf(campaign: string, part = ''): string {
  return `/v1/campaigns/${encodeURIComponent(campaign)}${part === '' ? '' : `/${part}`}`;
}

export function createCampaign(body: object): Promise<CampaignView> {
  return api.call({ method: 'POST', path: '/v1/campaigns', body, creates: true });
}

export function changeCampaign(campaign: string, body: object): Promise<CampaignView> {
  return api.call({ method: 'PUT', path: pathOf(campaign), body });
}

export function changeStatus(campaign: string, status: NextStatus): Promise<CampaignView> {
  return api.call({ method: 'POST', path: pathOf(campaign, 'status'), body: { status }, timeoutMs: STATUS_TIMEOUT_MS });
}

/** A draft, with its tags, members and ideas. */
export function deleteCampaign(campaign: string): Promise<void> {
  return api.call({ method: 'DELETE', path: pathOf(campaign) });
}

export function readIdea(ideaId: string): Promise<IdeaView> {
  return api.call({ method: 'GET', path: `/v1/ideas/${ideaId}` });
}

/** What a manager does to an idea; `more` has the reason of a rejection, or what it is merged into. */
export function decideIdea(
  ideaId: string,
  act: IdeaAct,
  more: { readonly reason?: string; readonly merge_into?: string } = {},
): Promise<IdeaView> {
  return api.call({ method: 'PUT', path: `/v1/ideas/${ideaId}/status`, body: { act, ...more } });
}

/** Ideas of the campaign that may mean the same, most alike first, the idea itself left out. */
export async function readAlike(campaign: string, idea: IdeaView): Promise<readonly SimilarIdea[]> {
  const { items } = await api.call<z.infer<typeof similarIdeas>>({
    method: 'GET',
    path: pathOf(campaign, 'ideas/similar'),
    query: { title: idea.title },
  });
  return items.filter(({ id }) => id !== idea.id);
}

export function changeMember(
  campaign: string,
  userId: string,
  body: { readonly role?: 'manager' | 'member'; readonly state?: 'joined' | 'left' },
): Promise<CampaignMemberView> {
  return api.call({ method: 'PATCH', path: pathOf(campaign, `members/${userId}`), body });
}

export async function readTags(campaign: string): Promise<readonly TagView[]> {
  return (await api.call<{ items: TagView[] }>({ method: 'GET', path: pathOf(campaign, 'tags') })).items;
}
