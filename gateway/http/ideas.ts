import type { z } from 'zod';
import type { Engine, Idea, IdeaDecision, IdeaSeen, Identity } from '../../engine/index.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { campaignParams } from '../../protocol/campaigns.ts';
import {
  type IdeaView,
  ideaChange,
  ideaPage,
  ideaParams,
  ideaQuery,
  ideaStatusUpdate,
  ideasByContextQuery,
  ideaView,
  newIdea,
  similarIdeas,
  similarIdeasQuery,
} from '../../protocol/ideas.ts';
import { campaignInReach, participantOf, viewerOf } from '../auth/campaign-reach.ts';
import { tagOf } from './members.ts';
import { type Operation, operation, type Reply, replyWith } from './operation.ts';

const TAG = 'Ideas';
const SEES = ['idea_unknown', 'database_away'] as const;
const DECIDES = [
  'idea_unknown',
  'idea_accepted',
  'idea_not_competing',
  'campaign_not_started',
  'campaign_inactive',
  'campaign_ended',
  'conflict',
  'text_too_long',
  'database_away',
  'outcome_unknown',
] as const;

const isoOrNull = (moment: Date | null) => moment?.toISOString() ?? null;

/** Where people find an idea's page, for links that must never break: the campaign's name never changes. */
export function ideaAddress(publicUrl: string | undefined, campaign: string, ideaId: string): string {
  return `${campaignAddress(publicUrl, campaign)}/ideas/${ideaId}`;
}

export function campaignAddress(publicUrl: string | undefined, campaign: string): string {
  return `${publicUrl?.replace(/\/$/, '') ?? ''}/campaigns/${campaign}`;
}

function ideaAsJson(publicUrl: string | undefined, idea: Idea): IdeaView {
  return {
    id: idea.id,
    campaign_id: idea.campaignId,
    campaign: idea.campaign,
    submitter_id: idea.submitterId,
    submitter_name: idea.submitterName,
    title: idea.title,
    description: idea.description,
    status: idea.status,
    tags: idea.tags.map(({ id, name, color }) => ({ id, name, color })),
    cost: idea.cost,
    coin_count: idea.coinCount,
    comments: idea.comments,
    context_id: idea.contextId,
    permalink_source: idea.permalinkSource,
    permalink: ideaAddress(publicUrl, idea.campaign, idea.id),
    rejected_reason: idea.rejectedReason,
    merged_into: idea.mergedInto,
    submitted_at: idea.submittedAt.toISOString(),
    approved_at: isoOrNull(idea.approvedAt),
    accepted_at: isoOrNull(idea.acceptedAt),
    started_at: isoOrNull(idea.startedAt),
    completed_at: isoOrNull(idea.completedAt),
  };
}

/** The idea with its campaign, if the caller may see both; otherwise `idea_unknown`. */
export function ideaInReach(engine: Engine, identity: Identity, ideaId: string): Promise<Outcome<IdeaSeen>> {
  return engine.ideas.seen(identity.orgId, ideaId, viewerOf(identity));
}

const ACT_OF_STATUS = {
  approved: 'approve',
  competing: 'approve',
  rejected: 'reject',
  accepted: 'accept',
  in_progress: 'start',
  complete: 'complete',
} as const;

function decisionOf({ act, status, reason, merge_into: into }: z.output<typeof ideaStatusUpdate>): IdeaDecision {
  // the schema asks for one of the two
  return { act: act ?? ACT_OF_STATUS[status as keyof typeof ACT_OF_STATUS], reason, into };
}

interface Views {
  one(idea: Idea): Reply;
  made(idea: Idea): Reply;
  page(page: { readonly items: readonly Idea[]; readonly nextCursor: string | null }): Reply;
}

function viewsOf(publicUrl: string | undefined): Views {
  return {
    one: (idea) => {
      const body = ideaAsJson(publicUrl, idea);
      return { status: 200, body, etag: tagOf(body) };
    },
    made: (idea) => ({
      status: 201,
      body: ideaAsJson(publicUrl, idea),
      headers: { location: `/v1/ideas/${idea.id}` },
    }),
    page: ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map((idea) => ideaAsJson(publicUrl, idea)), next_cursor: nextCursor },
    }),
  };
}

function submit(views: Views) {
  return operation({
    id: 'submitIdea',
    method: 'post',
    path: '/v1/campaigns/{campaign_id}/ideas',
    tag: TAG,
    summary: 'Propose an idea',
    description:
      'By members who have joined. It is pending until a manager approves it. Where the campaign has an idea whose title is ' +
      'nearly the same (0.81 or more, as GET …/ideas/similar scores it), that is answered as IDEA_002; send ' +
      'confirm_not_duplicate once it was compared.',
    permission: 'ideas.submit',
    params: campaignParams,
    body: newIdea,
    creates: true,
    success: { 201: { description: 'The idea.', schema: ideaView } },
    failures: [
      'campaign_unknown',
      'campaign_ended',
      'idea_duplicate',
      'tag_unknown',
      'text_too_long',
      'database_away',
      'outcome_unknown',
    ],
    handle: async ({ engine, identity, params, body }) => {
      const found = await campaignInReach(engine, identity, params.campaign_id);
      if (!found.ok) return found;
      const participant = participantOf(identity);
      if (!participant.ok) return participant;
      const input = {
        title: body.title,
        description: body.description,
        tags: body.tags,
        cost: body.cost,
        contextId: body.context_id,
        permalinkSource: body.permalink_source,
        confirmNotDuplicate: body.confirm_not_duplicate,
      };
      return replyWith(await engine.ideas.submit(found.value, viewerOf(identity), input), views.made);
    },
  });
}

function list(views: Views) {
  return operation({
    id: 'listIdeas',
    method: 'get',
    path: '/v1/campaigns/{campaign_id}/ideas',
    tag: TAG,
    summary: 'List the ideas of a campaign',
    description:
      'Pending and rejected ones are for who proposed them and for managers: status=pending is their moderation queue. By coins ' +
      'they come in the order of totals a second ago at most; while totals are hidden, newest first.',
    permission: 'campaigns.read',
    params: campaignParams,
    query: ideaQuery,
    success: { 200: { description: 'A page of ideas.', schema: ideaPage } },
    failures: ['campaign_unknown', 'database_away'],
    handle: async ({ engine, identity, params, query }) => {
      const found = await campaignInReach(engine, identity, params.campaign_id);
      if (!found.ok) return found;
      const { status: statuses, context_id: contextId, mine, ...asked } = query;
      const wanted = { ...asked, statuses, contextId, mine: mine === 'true' };
      return replyWith(await engine.ideas.list(found.value, viewerOf(identity), wanted), views.page);
    },
  });
}

function similar() {
  return operation({
    id: 'findSimilarIdeas',
    method: 'get',
    path: '/v1/campaigns/{campaign_id}/ideas/similar',
    tag: TAG,
    summary: 'Ideas like this one',
    description:
      'While somebody writes a title: is there one that means the same? The five likest that the caller may see.',
    permission: 'campaigns.read',
    params: campaignParams,
    query: similarIdeasQuery,
    success: { 200: { description: 'The likest first.', schema: similarIdeas } },
    failures: ['campaign_unknown', 'database_away'],
    handle: async ({ engine, identity, params, query }) => {
      const found = await campaignInReach(engine, identity, params.campaign_id);
      if (!found.ok) return found;
      const { title, description } = query;
      const outcome = await engine.ideas.similar(found.value, viewerOf(identity), title, description);
      return replyWith(outcome, (items) => ({
        status: 200,
        body: { items: items.map(({ coinCount, ...idea }) => ({ ...idea, coin_count: coinCount })) },
      }));
    },
  });
}

function byContext(views: Views) {
  return operation({
    id: 'listIdeasByContext',
    method: 'get',
    path: '/v1/ideas',
    tag: TAG,
    summary: 'List ideas by what they are about',
    description:
      'For platforms that link here with a context_id: ideas about it in all campaigns that the caller sees, newest first.',
    permission: 'campaigns.read',
    query: ideasByContextQuery,
    success: { 200: { description: 'A page of ideas.', schema: ideaPage } },
    failures: ['database_away'],
    handle: async ({ engine, identity, query }) => {
      const { context_id: contextId, ...page } = query;
      return replyWith(await engine.ideas.byContext(identity.orgId, viewerOf(identity), contextId, page), views.page);
    },
  });
}

function get(views: Views) {
  return operation({
    id: 'getIdea',
    method: 'get',
    path: '/v1/ideas/{idea_id}',
    tag: TAG,
    summary: 'Read an idea',
    permission: 'campaigns.read',
    params: ideaParams,
    success: { 200: { description: 'The idea.', schema: ideaView } },
    failures: SEES,
    handle: async ({ engine, identity, params }) =>
      replyWith(await ideaInReach(engine, identity, params.idea_id), ({ idea }) => views.one(idea)),
  });
}

function change(views: Views) {
  return operation({
    id: 'changeIdea',
    method: 'patch',
    path: '/v1/ideas/{idea_id}',
    tag: TAG,
    summary: 'Change an idea',
    description:
      'By its submitter while it is pending, by managers until it is accepted. tags are all that it bears from now on.',
    permission: 'ideas.submit',
    params: ideaParams,
    body: ideaChange,
    success: { 200: { description: 'The idea.', schema: ideaView } },
    failures: [
      'idea_unknown',
      'idea_accepted',
      'idea_not_competing',
      'campaign_ended',
      'tag_unknown',
      'text_too_long',
      'database_away',
      'outcome_unknown',
    ],
    handle: async ({ engine, identity, params, body }) => {
      const found = await ideaInReach(engine, identity, params.idea_id);
      if (!found.ok) return found;
      return replyWith(await engine.ideas.change(found.value, viewerOf(identity), body), views.one);
    },
  });
}

function decide(views: Views) {
  return operation({
    id: 'updateIdeaStatus',
    method: 'put',
    path: '/v1/ideas/{idea_id}/status',
    tag: TAG,
    summary: 'Decide on an idea',
    description:
      'By managers: approve -> competing (approved before the campaign has begun), accept -> accepted, start -> in_progress, ' +
      'complete -> complete, reject with a reason, merge into another idea. Accepting expends its coins, rejecting returns them, ' +
      'merging moves them.',
    permission: 'campaigns.manage',
    params: ideaParams,
    body: ideaStatusUpdate,
    success: { 200: { description: 'The idea.', schema: ideaView } },
    failures: DECIDES,
    handle: async ({ engine, identity, params, body }) => {
      const found = await ideaInReach(engine, identity, params.idea_id);
      if (!found.ok) return found;
      return replyWith(await engine.ideas.decide(found.value, viewerOf(identity), decisionOf(body)), views.one);
    },
  });
}

/** @param publicUrl where people find the pages; without it permalinks are paths */
export function ideaOperations(publicUrl: string | undefined): readonly Operation[] {
  const views = viewsOf(publicUrl);
  return [submit(views), list(views), similar(), byContext(views), get(views), change(views), decide(views)];
}
