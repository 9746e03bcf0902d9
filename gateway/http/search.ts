import type { Engine, Identity, SearchAnswer, SearchReader } from '../../engine/index.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import { type SearchPage, searchPage, searchQuery, similarQuery, similarTitles } from '../../protocol/search.ts';
import { viewerOf } from '../auth/campaign-reach.ts';
import { type Permission, permits } from '../auth/permissions.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Search';

/**
 * What a caller may find: of each kind what the permission table lets them read, and of a meeting they attend what is that
 * meeting's. A source names the permissions; this is the only place that asks for them.
 */
async function readerOf(engine: Engine, identity: Identity): Promise<Outcome<SearchReader>> {
  const may = (permission: string | null) => permission !== null && permits(identity, permission as Permission);
  const attends = identity.kind === 'attendee';
  const kinds =
    attends && identity.meetingId === null
      ? []
      : engine.search.sources
          .filter(({ readers }) => may(attends ? readers.meeting : readers.organisation))
          .map(({ kind, readers }) => ({ kind, drafts: may(readers.drafts) }));
  const audience = kinds.some(({ kind }) => kind === 'ideas')
    ? await engine.ideas.audience(identity.orgId, viewerOf(identity))
    : accept([]);
  if (!audience.ok) return audience;
  const meetingId = attends ? identity.meetingId : null;
  return accept({ orgId: identity.orgId, meetingId, kinds, audience: audience.value });
}

function facetOf(counts: Readonly<Record<string, number>>) {
  return Object.entries(counts)
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
}

function pageAsJson(answer: SearchAnswer): SearchPage {
  return {
    items: answer.hits.map((hit) => ({
      kind: hit.kind as SearchPage['items'][number]['kind'],
      id: hit.id,
      title: [...hit.title],
      excerpt: [...hit.excerpt],
      meeting_id: hit.meetingId,
      state: hit.state,
      at: hit.at.toISOString(),
      idea: hit.idea && {
        campaign_id: hit.idea.campaignId,
        tags: [...hit.idea.tags],
        submitter_name: hit.idea.submitterName,
        coin_count: hit.idea.coinCount,
        context_id: hit.idea.contextId,
      },
    })),
    total: answer.total,
    complete: answer.complete,
    facets: { kinds: facetOf(answer.kinds), states: facetOf(answer.states), tags: facetOf(answer.tags) },
    next_cursor: answer.nextCursor,
    answered_by: answer.answeredBy,
  };
}

const search = operation({
  id: 'search',
  method: 'get',
  path: '/v1/search',
  tag: TAG,
  summary: 'Search elections, results, meetings, members and ideas',
  description:
    'Everyone finds what they may read: attendees their meeting, members what is public in their organisation, overseers ' +
    'drafts and members too. Of ideas everyone finds those that they may see in their campaign. A change is found within a second.',
  permission: 'search.read',
  query: searchQuery,
  success: { 200: { description: 'A page of hits, the best first.', schema: searchPage } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const reader = await readerOf(engine, identity);
    if (!reader.ok) return reader;
    const { campaign_id: campaignId, ...asked } = query;
    return replyWith(await engine.search.search(reader.value, { ...asked, campaignId }), (answer) => ({
      status: 200,
      body: pageAsJson(answer),
    }));
  },
});

const similar = operation({
  id: 'findSimilar',
  method: 'get',
  path: '/v1/similar',
  tag: TAG,
  summary: 'Titles like this one',
  description:
    'While somebody writes a title: is there one that means the same? The five likest, none where nothing is like it.',
  permission: 'search.read',
  query: similarQuery,
  success: { 200: { description: 'The likest first.', schema: similarTitles } },
  failures: ['database_away'],
  handle: async ({ engine, identity, query }) => {
    const reader = await readerOf(engine, identity);
    if (!reader.ok) return reader;
    return replyWith(await engine.search.similar(reader.value, query.kind, query.title), ({ items }) => ({
      status: 200,
      body: {
        items: items.map(({ id, title, state, meetingId, likeness }) => ({
          id,
          title,
          state,
          meeting_id: meetingId,
          likeness,
        })),
      },
    }));
  },
});

export const searchOperations: readonly Operation[] = [search, similar];
