import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { plainLine } from './plain-line.ts';
import { chosenMoment, id, moment, text } from './text.ts';

/** Longest texts, in UTF-16 units. */
export const TITLE_MAX = 255;
export const DESCRIPTION_MAX = 20_000;

export const CAMPAIGN_TYPES = ['open', 'mediated', 'closed'] as const;
export const CAMPAIGN_STATUSES = ['draft', 'active', 'completed', 'archived'] as const;
export const CAMPAIGN_PRESETS = ['ideas', 'budget', 'priority', 'quadratic'] as const;
export const BUDGET_RULES = ['greedy', 'equal_shares', 'equal_shares_add1'] as const;
export const COIN_EXPIRIES = ['never', 'at_end', 'at'] as const;

const UUID_SHAPE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The public name of a campaign in addresses; never of the shape of an id, so that a path can hold either. */
const publicName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{1,98}[a-z0-9]$/,
    'is not 3 to 100 small letters, digits and hyphens, with no hyphen at the ends',
  )
  .refine((name) => !UUID_SHAPE.test(name), 'looks like an id')
  .meta({ description: 'Public name in addresses, unique in the organisation.', example: 'better-city-2026' });

/** In paths: the public name, or the id. */
export const campaignParams = z.strictObject({
  campaign_id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,98}[a-z0-9]$/, 'is no campaign_id')
    .meta({ description: 'The campaign_id (public name), or the id.', example: 'better-city-2026' }),
});

const coinCount = z.int().min(0).max(1_000_000);

const policyFields = {
  initial_allocation: coinCount.meta({ description: 'Coins that each participant gets once.', default: 100 }),
  idea_submission_reward: coinCount.meta({ description: 'Coins for each own idea that is approved.', default: 0 }),
  allow_reallocation: z.boolean().meta({ description: 'Coins may be moved from one idea to another.', default: true }),
  allow_recycling: z.boolean().meta({ description: 'Coins may be taken back into the purse.', default: true }),
  coin_expiry: z.enum(COIN_EXPIRIES).meta({
    description: 'Coins in purses: never expire, at_end of the campaign, or at coins_expire_at.',
    default: 'never',
  }),
  coins_expire_at: chosenMoment.nullable().meta({ description: 'Goes with coin_expiry at, and only with it.' }),
};

/** What is left out stays as it is; in a new campaign it has its default. */
const coinPolicyChange = z
  .strictObject(policyFields)
  .partial()
  .meta({
    id: 'CoinPolicyChange',
    example: { initial_allocation: 100, allow_reallocation: true },
  });

const coinPolicy = z
  .strictObject({ ...policyFields, coins_expired_at: moment.nullable() })
  .meta({ id: 'CoinPolicy', description: 'The rules by which coins come into the campaign, move in it, and end.' });

const settings = {
  title: plainLine(1, TITLE_MAX),
  description: text(0, DESCRIPTION_MAX),
  campaign_type: z.enum(CAMPAIGN_TYPES).meta({
    description:
      'Who may join and submit: open = anyone in the organisation, mediated = on approval, closed = by invitation.',
  }),
  preset: z.enum(CAMPAIGN_PRESETS).meta({
    description:
      'ideas: coins show support. budget: ideas have costs, the budget decides. priority: coins are weights. quadratic: k votes cost k × k coins.',
  }),
  budget: z.int().min(1).max(1_000_000_000_000).nullable().meta({
    description: 'For the preset budget: what accepted ideas may cost together, in whole units of its currency.',
  }),
  budget_rule: z.enum(BUDGET_RULES).nullable().meta({ description: 'For the preset budget: how it is spent.' }),
  hide_totals: z.boolean().meta({ description: 'Totals are shown to nobody before the campaign is completed.' }),
  embeddable: z.boolean().meta({
    description: 'Pages of other platforms may show its ideas to anybody (GET /v1/embed/ideas), unless it is closed.',
    default: false,
  }),
  start_date: chosenMoment
    .nullable()
    .meta({ description: 'When it becomes active by itself; null: when a manager says so.' }),
  end_date: chosenMoment
    .nullable()
    .meta({ description: 'When it is completed by itself; null: when a manager says so.' }),
  banner_id: id.nullable().meta({
    description: 'A picture that was uploaded (POST /v1/campaigns/{campaign_id}/pictures, or POST /v1/pictures).',
  }),
  icon_id: id.nullable().meta({ description: 'The same, for lists.' }),
};

export const newCampaign = z
  .strictObject({ ...settings, campaign_id: publicName, coin_policy: coinPolicyChange })
  .partial()
  .required({ title: true, campaign_type: true })
  .meta({
    id: 'NewCampaign',
    description: 'campaign_id is made from the title where it is left out; the preset is ideas.',
    example: { title: 'Better city 2026', campaign_type: 'open', coin_policy: { initial_allocation: 100 } },
  });
export type NewCampaignBody = z.output<typeof newCampaign>;

export const campaignChange = z
  .strictObject({ ...settings, coin_policy: coinPolicyChange })
  .partial()
  .meta({
    id: 'CampaignChange',
    description:
      'What changes; what is left out stays. The preset, how many coins everyone gets, and hidden totals stay once the campaign is active.',
    example: { end_date: '2026-12-24T18:00:00Z' },
  });
export type CampaignChangeBody = z.output<typeof campaignChange>;

export const campaignStatusChange = z
  .strictObject({ status: z.enum(['active', 'completed', 'archived']) })
  .meta({ id: 'CampaignStatusChange', example: { status: 'active' } });

export const CAMPAIGN_MEMBER_STATES = ['invited', 'requested', 'joined', 'left'] as const;
const memberRole = z.enum(['manager', 'member']);

export const campaignView = z
  .strictObject({
    id: id.meta({ description: 'For the socket, and for links that must never break.' }),
    campaign_id: z.string().meta({ description: 'Public name in addresses.' }),
    title: z.string(),
    description: z.string(),
    campaign_type: z.enum(CAMPAIGN_TYPES),
    status: z.enum(CAMPAIGN_STATUSES),
    preset: z.enum(CAMPAIGN_PRESETS),
    budget: z.int().nullable(),
    budget_rule: z.enum(BUDGET_RULES).nullable(),
    hide_totals: z.boolean(),
    embeddable: z.boolean(),
    start_date: moment.nullable(),
    end_date: moment.nullable(),
    banner_image_url: z.string().nullable(),
    icon_url: z.string().nullable(),
    created_at: moment,
    activated_at: moment.nullable(),
    completed_at: moment.nullable(),
    coin_policy: coinPolicy,
    members: z.int().meta({ description: 'How many have joined.' }),
    ideas: z.int().meta({ description: 'How many ideas can be seen by everyone: neither pending nor rejected.' }),
    pending_ideas: z
      .int()
      .nullable()
      .meta({ description: 'How many wait for moderation; null for who does not manage it.' }),
    membership: z
      .strictObject({ role: memberRole, state: z.enum(CAMPAIGN_MEMBER_STATES) })
      .nullable()
      .meta({ description: 'The own part in it; null: none.' }),
    can_manage: z.boolean().meta({ description: 'Whether the caller runs it: a manager, or an administrator.' }),
  })
  .meta({ id: 'Campaign' });
export const campaignPage = pageOf(campaignView, 'CampaignPage');
export type CampaignView = z.infer<typeof campaignView>;

export const campaignQuery = pageQuery.extend({
  status: z.enum(CAMPAIGN_STATUSES).optional(),
  mine: z.enum(['true']).optional().meta({ description: 'Only campaigns that the caller has a part in.' }),
});

/** Which picture is uploaded: a banner may be wider than an icon. */
export const campaignPictureQuery = z.strictObject({
  for: z.enum(['banner', 'icon']).meta({ description: 'banner: at most 1,600 pixels wide and high; icon: 800.' }),
});

export const campaignMemberQuery = pageQuery.extend({ state: z.enum(CAMPAIGN_MEMBER_STATES).optional() });

/** Invitations: members of the organisation, by id or by e-mail address; all of them or none. */
export const memberInvitations = z
  .array(
    z
      .strictObject({ user_id: id, email: z.email().max(254).toLowerCase(), role: memberRole })
      .partial()
      .refine(
        ({ user_id: userId, email }) => (userId === undefined) !== (email === undefined),
        'needs either user_id or email',
      ),
  )
  .min(1)
  .max(1_000)
  .meta({
    id: 'CampaignInvitations',
    description: 'role is member where it is left out.',
    example: [{ email: 'ada@example.org', role: 'member' }],
  });

export const invitationsMade = z
  .strictObject({
    invited: z.int().meta({ description: 'Who was not in it before.' }),
    admitted: z.int().meta({ description: 'Who had asked to join and is in now.' }),
    unchanged: z.int(),
  })
  .meta({ id: 'CampaignInvitationsMade' });

export const campaignMemberView = z
  .strictObject({
    user_id: id,
    name: z.string(),
    role: memberRole,
    state: z.enum(CAMPAIGN_MEMBER_STATES),
    invited_at: moment,
    joined_at: moment.nullable(),
  })
  .meta({ id: 'CampaignMember' });
export const campaignMemberPage = pageOf(campaignMemberView, 'CampaignMemberPage');
export type CampaignMemberView = z.infer<typeof campaignMemberView>;

export const campaignMemberChange = z
  .strictObject({ role: memberRole.optional(), state: z.enum(['joined', 'left']).optional() })
  .meta({
    id: 'CampaignMemberChange',
    description: 'state joined admits who asked to join; left takes out: coins stay where they are.',
    example: { state: 'joined' },
  });

export const newTag = z
  .strictObject({
    name: plainLine(1, 100),
    description: text(0, 1_000).nullable().optional(),
    color: z
      .string()
      .toLowerCase()
      .regex(/^#[0-9a-f]{6}$/, 'is no colour; write it like #0f766e')
      .nullable()
      .optional(),
  })
  .meta({ id: 'NewCampaignTag', example: { name: 'Cycling', color: '#0f766e' } });

export const tagChange = newTag
  .partial()
  .meta({ id: 'CampaignTagChange', description: 'What is left out stays.', example: { color: '#b45309' } });

export const tagView = z
  .strictObject({
    id,
    name: z.string(),
    description: z.string().nullable(),
    color: z.string().nullable(),
    ideas: z.int().meta({ description: 'How many visible ideas bear it.' }),
    created_at: moment,
  })
  .meta({ id: 'CampaignTag' });
export const tagList = z.strictObject({ items: z.array(tagView) }).meta({ id: 'CampaignTagList' });
export type TagView = z.infer<typeof tagView>;
