import type { IdeaComment } from '../../engine/index.ts';
import {
  type CommentView,
  commentPage,
  commentParams,
  commentView,
  ideaParams,
  newComment,
} from '../../protocol/ideas.ts';
import { pageQuery } from '../../protocol/page.ts';
import { participantOf, viewerOf } from '../auth/campaign-reach.ts';
import { ideaInReach } from './ideas.ts';
import { type Operation, operation, replyWith } from './operation.ts';

const TAG = 'Ideas';

function commentAsJson(comment: IdeaComment): CommentView {
  return {
    id: comment.id,
    author_id: comment.authorId,
    author_name: comment.authorName,
    text: comment.text,
    created_at: comment.createdAt.toISOString(),
    removed_at: comment.removedAt?.toISOString() ?? null,
  };
}

const add = operation({
  id: 'addIdeaComment',
  method: 'post',
  path: '/v1/ideas/{idea_id}/comments',
  tag: TAG,
  summary: 'Comment on an idea',
  description: 'By members who have joined its campaign, and by who runs it; until it is archived.',
  permission: 'ideas.submit',
  params: ideaParams,
  body: newComment,
  creates: true,
  success: { 201: { description: 'The comment.', schema: commentView } },
  failures: ['idea_unknown', 'campaign_inactive', 'text_too_long', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params, body }) => {
    const found = await ideaInReach(engine, identity, params.idea_id);
    if (!found.ok) return found;
    const participant = participantOf(identity);
    if (!participant.ok) return participant;
    return replyWith(await engine.ideaComments.add(found.value, viewerOf(identity), body.text), (comment) => ({
      status: 201,
      body: commentAsJson(comment),
    }));
  },
});

const list = operation({
  id: 'listIdeaComments',
  method: 'get',
  path: '/v1/ideas/{idea_id}/comments',
  tag: TAG,
  summary: 'Read the comments on an idea',
  description: 'Oldest first. One that was taken away keeps its place, without its text.',
  permission: 'campaigns.read',
  params: ideaParams,
  query: pageQuery,
  success: { 200: { description: 'A page of comments.', schema: commentPage } },
  failures: ['idea_unknown', 'database_away'],
  handle: async ({ engine, identity, params, query }) => {
    const found = await ideaInReach(engine, identity, params.idea_id);
    if (!found.ok) return found;
    return replyWith(await engine.ideaComments.list(found.value, query), ({ items, nextCursor }) => ({
      status: 200,
      body: { items: items.map(commentAsJson), next_cursor: nextCursor },
    }));
  },
});

const remove = operation({
  id: 'removeIdeaComment',
  method: 'delete',
  path: '/v1/ideas/{idea_id}/comments/{comment_id}',
  tag: TAG,
  summary: 'Take a comment away',
  description: 'Your own; managers anybody’s. Its text is gone, its place stays.',
  permission: 'ideas.submit',
  params: commentParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['idea_unknown', 'not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const found = await ideaInReach(engine, identity, params.idea_id);
    if (!found.ok) return found;
    const outcome = await engine.ideaComments.remove(found.value, viewerOf(identity), params.comment_id);
    return replyWith(outcome, () => ({ status: 204 }));
  },
});

export const ideaCommentOperations: readonly Operation[] = [add, list, remove];
