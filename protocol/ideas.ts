import { z } from 'zod';
import { DESCRIPTION_MAX, TITLE_MAX } from './campaigns.ts';
import { pageOf, pageQuery } from './page.ts';
import { plainLine } from './plain-line.ts';
import { id, moment, text } from './text.ts';

export const IDEA_STATUSES = [
  'pending',
  'approved',
  'competing',
  'accepted',
  'in_progress',
  'complete',
  'rejected',
] as const;
export type IdeaStatus = (typeof IDEA_STATUSES)[number];

/** What managers do to an idea; each leads to one status, save merge, which rejects it in favour of another. */
export const IDEA_ACTS = ['approve', 'reject', 'accept', 'start', 'complete', 'merge'] as const;

const cost = z.int().min(1).max(1_000_000_000_000).nullable();
const contextId = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\x21-\x7e]+$/, 'contains blanks or characters beyond ASCII')
  .meta({ description: 'What it is about on the platform that links here.', example: 'feature-123' });
const permalinkSource = plainLine(1, 255).meta({
  description: 'The platform that links here.',
  example: 'forum.example.org',
});

const tags = z.array(id).max(10).meta({ description: 'Ids of tags of the campaign.' });

export const newIdea = z
  .strictObject({
    title: plainLine(1, TITLE_MAX),
    description: text(0, DESCRIPTION_MAX).optional(),
    tags: tags.optional(),
    cost: cost.optional().meta({ description: 'In a campaign with a budget: what it would cost.' }),
    context_id: contextId.optional(),
    permalink_source: permalinkSource.optional(),
    confirm_not_duplicate: z
      .boolean()
      .optional()
      .meta({ description: 'It was compared with what IDEA_002 named, and is another idea.' }),
  })
  .meta({
    id: 'IdeaSubmissionRequest',
    example: { title: 'A cycle path along the river', description: 'From the bridge to the mill.', cost: 120_000 },
  });

export const ideaChange = z
  .strictObject({ title: plainLine(1, TITLE_MAX), description: text(0, DESCRIPTION_MAX), tags, cost })
  .partial()
  .meta({
    id: 'IdeaChange',
    description: 'By its submitter while it is pending, by managers until it is accepted.',
    example: { title: 'A cycle path along the river, with lamps' },
  });

export const ideaStatusUpdate = z
  .strictObject({
    act: z.enum(IDEA_ACTS).optional().meta({ description: 'What to do; instead of status.' }),
    status: z
      .enum(['approved', 'competing', 'rejected', 'accepted', 'in_progress', 'complete'])
      .optional()
      .meta({ description: 'Where it shall come to; approved and competing both approve it.' }),
    reason: text(1, 2_000).optional().meta({ description: 'Why, for a rejection: its submitter reads it.' }),
    merge_into: id.optional().meta({ description: 'With act merge: the idea that takes its coins over.' }),
  })
  .refine(({ act, status }) => (act === undefined) !== (status === undefined), {
    path: ['act'],
    message: 'needs either act or status',
  })
  .meta({ id: 'IdeaStatusUpdate', example: { status: 'competing' } });

/** In paths. */
export const ideaParams = z.strictObject({ idea_id: id });
export const commentParams = z.strictObject({ idea_id: id, comment_id: id });

export const ideaView = z
  .strictObject({
    id,
    campaign_id: id.meta({ description: "The campaign's id." }),
    campaign: z.string().meta({ description: 'Its public name.' }),
    submitter_id: id,
    submitter_name: z.string(),
    title: z.string(),
    description: z.string(),
    status: z.enum(IDEA_STATUSES),
    tags: z.array(z.strictObject({ id, name: z.string(), color: z.string().nullable() })),
    cost: cost,
    coin_count: z
      .int()
      .nullable()
      .meta({ description: 'Coins on it, a second behind at most; null while totals are hidden.' }),
    comments: z.int(),
    context_id: z.string().nullable(),
    permalink_source: z.string().nullable(),
    permalink: z.string().meta({ description: 'Address of its page that stays.' }),
    rejected_reason: z.string().nullable(),
    merged_into: id.nullable(),
    submitted_at: moment,
    approved_at: moment.nullable(),
    accepted_at: moment.nullable(),
    started_at: moment.nullable(),
    completed_at: moment.nullable(),
  })
  .meta({ id: 'Idea' });
export const ideaPage = pageOf(ideaView, 'IdeaPage');
export type IdeaView = z.infer<typeof ideaView>;

export const IDEA_SORTS = ['newest', 'coins'] as const;

const statuses = z
  .string()
  .transform((list) => [...new Set(list.split(','))])
  .pipe(z.array(z.enum(IDEA_STATUSES, `is not one of ${IDEA_STATUSES.join(', ')}`)))
  .meta({
    description: 'One status, or several with commas between; left out: all that the caller may see.',
    example: 'competing,accepted',
  });

export const ideaQuery = pageQuery.extend({
  status: statuses.optional(),
  tag: id.optional().meta({ description: 'Only ideas that bear this tag.' }),
  context_id: contextId.optional(),
  mine: z.enum(['true']).optional().meta({ description: 'Only the own ideas, pending and rejected ones too.' }),
  sort: z.enum(IDEA_SORTS).optional().meta({ description: 'newest (default), or coins: most coins first.' }),
});

/** Ideas that pages of other platforms show to anybody. */
export const embeddedIdeasQuery = z.strictObject({
  campaign: id.meta({
    description: "The campaign's id, not its public name: that is unique in its organisation only.",
  }),
  context_id: contextId.optional().meta({ description: 'Only what is about this.' }),
});

export const embeddedIdeas = z
  .strictObject({
    campaign: z.strictObject({
      id,
      campaign_id: z.string(),
      title: z.string(),
      status: z.enum(['active', 'completed']),
      url: z.string().meta({ description: 'Its page.' }),
    }),
    propose_url: z
      .string()
      .nullable()
      .meta({ description: 'Where an idea about the context is proposed; null once the campaign is completed.' }),
    items: z.array(
      z.strictObject({
        id,
        title: z.string(),
        status: z.enum(IDEA_STATUSES),
        coin_count: z.int().nullable().meta({ description: 'null while totals are hidden.' }),
        permalink: z.string(),
      }),
    ),
  })
  .meta({ id: 'EmbeddedIdeas', description: 'Most coins first; newest first while totals are hidden. 20 at most.' });
export type EmbeddedIdeasView = z.infer<typeof embeddedIdeas>;

/** Ideas that a platform finds again by what they are about there, over all campaigns that the caller sees. */
export const ideasByContextQuery = pageQuery.extend({ context_id: contextId });

export const similarIdeasQuery = z.strictObject({
  title: z.string().trim().min(1).max(TITLE_MAX),
  description: z.string().max(2_000).optional(),
});

export const similarIdeas = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id,
        title: z.string(),
        status: z.enum(IDEA_STATUSES),
        coin_count: z.int().nullable(),
        score: z.number().min(0).max(1).meta({ description: 'How alike, from 0 to 1.' }),
      }),
    ),
  })
  .meta({ id: 'SimilarIdeas', description: 'Most alike first.' });

export const newComment = z
  .strictObject({ text: text(1, 2_000) })
  .meta({ id: 'NewIdeaComment', example: { text: 'Yes, and lit at night.' } });

export const commentView = z
  .strictObject({
    id,
    author_id: id,
    author_name: z.string(),
    text: z.string().nullable().meta({ description: 'null: it was removed.' }),
    created_at: moment,
    removed_at: moment.nullable(),
  })
  .meta({ id: 'IdeaComment' });
export const commentPage = pageOf(commentView, 'IdeaCommentPage');
export type CommentView = z.infer<typeof commentView>;

/** Result of a campaign with a budget, or the ranking of any other; the same for the page and the printed report. */
export const campaignResult = z
  .strictObject({
    campaign_id: id,
    rule: z.enum(['greedy', 'equal_shares', 'equal_shares_add1', 'ranking']),
    budget: z.int().nullable(),
    spent: z.int().nullable(),
    pos: z.int().meta({ description: 'Log position that it was counted at.' }),
    final: z.boolean().meta({ description: 'The campaign is completed: it changes no more.' }),
    completion: z.string().nullable().meta({ description: 'How money that was left over was spent, in words.' }),
    ideas: z.array(
      z.strictObject({
        idea_id: id,
        title: z.string(),
        cost: z.int().nullable(),
        coins: z.int(),
        givers: z.int(),
        votes: z
          .int()
          .meta({ description: 'In a quadratic campaign the votes that coins bought; elsewhere the coins.' }),
        rank: z.int(),
        wins: z.boolean().meta({ description: 'The budget pays for it; without a budget: a manager has accepted it.' }),
        tie: z.boolean().meta({ description: 'It is level with another one, and the documented rule decided.' }),
      }),
    ),
  })
  .meta({ id: 'CampaignResult' });
export type CampaignResultView = z.infer<typeof campaignResult>;
