import { readFileSync } from 'node:fs';
import type { EmbeddedIdeas } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { type EmbeddedIdeasView, embeddedIdeas, embeddedIdeasQuery } from '../../protocol/ideas.ts';
import { campaignAddress, ideaAddress } from './ideas.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Ideas';
const SCRIPT = readFileSync(new URL('../embed/widget.js', import.meta.url), 'utf8');
const SCRIPT_CACHE_SECONDS = 3_600;
const IDEAS_CACHE_SECONDS = 30;

function ideasAsJson(
  publicUrl: string | undefined,
  { campaign, items }: EmbeddedIdeas,
  contextId: string | undefined,
): EmbeddedIdeasView {
  const url = campaignAddress(publicUrl, campaign.campaignId);
  const about = contextId === undefined ? '' : `?${new URLSearchParams({ context_id: contextId })}`;
  return {
    campaign: {
      id: campaign.id,
      campaign_id: campaign.campaignId,
      title: campaign.title,
      status: campaign.status as EmbeddedIdeasView['campaign']['status'],
      url,
    },
    propose_url: campaign.status === 'active' ? `${url}/propose${about}` : null,
    items: items.map(({ id, title, status, coinCount }) => ({
      id,
      title,
      status,
      coin_count: coinCount,
      permalink: ideaAddress(publicUrl, campaign.campaignId, id),
    })),
  };
}

/** What pages of other platforms may load: without signing in, without cookies, from any origin. */
export function embedOperations(publicUrl: string | undefined): readonly Operation[] {
  const ideas = operation({
    id: 'embedIdeas',
    method: 'get',
    path: '/v1/embed/ideas',
    tag: TAG,
    summary: 'Ideas for a page of another platform',
    description:
      'Open to everyone, where the managers of the campaign allow it (embeddable), it is not closed, and it has begun. It tells ' +
      'what everyone in the organisation sees, and nothing of who proposed it. Pages of any origin may read it; it is kept for 30 s.',
    permission: null,
    query: embeddedIdeasQuery,
    anyOrigin: true,
    cacheSeconds: IDEAS_CACHE_SECONDS,
    limit: 'embed',
    success: { 200: { description: 'Its ideas.', schema: embeddedIdeas } },
    failures: ['campaign_unknown', 'database_away'],
    handle: async ({ engine, query }) => {
      const { campaign, context_id: contextId } = query;
      const outcome = await engine.ideas.embedded(campaign, contextId ?? null, limits.embedPageRows);
      return replyWith(outcome, (found) => ({ status: 200, body: ideasAsJson(publicUrl, found, contextId) }));
    },
  });

  const script = operation({
    id: 'embedScript',
    method: 'get',
    path: '/embed.js',
    tag: TAG,
    summary: 'The script that shows ideas on a page',
    description: 'For a <script> of another platform; docs/guides/embedding.md tells how.',
    permission: null,
    anyOrigin: true,
    cacheSeconds: SCRIPT_CACHE_SECONDS,
    alwaysAdmitted: true, // a file in memory
    success: { 200: { description: 'The script.', mediaType: 'text/javascript' } },
    failures: [],
    handle: async () => ({
      ok: true,
      value: { status: 200, text: { type: 'text/javascript; charset=utf-8', content: SCRIPT } },
    }),
  });
  return [ideas, script];
}
