import { z } from 'zod';
import { CAMPAIGN_STATUSES } from './campaigns.ts';
import { IDEA_STATUSES } from './ideas.ts';
import { timeZone } from './organisations.ts';
import { id, moment } from './text.ts';

/** Rows of the lists of top ideas and top tags. */
export const TOP_ROWS = 10;
/** Buckets of one answer, the newest: three weeks of hours, more than a year of days. */
export const BUCKETS_MAX = 504;
/** Weeks of joining of one answer, the newest. */
export const COHORTS_MAX = 26;

const count = z.int().nonnegative();
const coins = count.nullable().meta({ description: 'null while totals are hidden.' });
const day = z.iso.date();

const participation = z
  .strictObject({
    invited: count.meta({ description: 'Invited by a manager and not in yet.' }),
    requested: count.meta({ description: 'Asked to join and wait for a manager.' }),
    joined: count.meta({ description: 'In it now.' }),
    active_day: count.meta({
      description: 'Gave, moved or took back coins, proposed or commented, in the last 24 full hours and this one.',
    }),
    active_week: count.meta({ description: 'The same, in the last seven days.' }),
    gave: count.meta({ description: 'Have ever given coins.' }),
    submitted: count.meta({ description: 'Have proposed an idea.' }),
  })
  .meta({ id: 'CampaignParticipation', description: 'Members.' });

const coinBucket = z
  .strictObject({
    start: moment,
    given: count.meta({ description: 'From purses onto ideas.' }),
    taken_back: count.meta({ description: 'From ideas into purses, by their owners.' }),
    moved: count.meta({ description: 'From one idea to another, by their owners.' }),
    returned: count.meta({
      description: 'From ideas that were rejected or merged; coins that a merger took over are not.',
    }),
    expended: count.meta({ description: 'On ideas that were accepted.' }),
  })
  .meta({ id: 'CampaignCoinBucket' });

const funnel = z
  .strictObject({
    submitted: count,
    approved: count,
    accepted: count,
    started: count,
    completed: count,
    rejected: count,
    merged: count,
    now: z
      .record(z.enum(IDEA_STATUSES), count)
      .meta({ description: 'Ideas by their status of now; merged ones are rejected.' }),
  })
  .meta({ id: 'IdeaFunnel', description: 'Ideas that ever came so far.' });

const topIdea = z
  .strictObject({ idea_id: id, title: z.string(), status: z.enum(IDEA_STATUSES), coins: count, comments: count })
  .meta({ id: 'TopIdea' });

const topTag = z
  .strictObject({
    tag_id: id,
    name: z.string(),
    color: z.string().nullable(),
    ideas: count.meta({ description: 'Ideas that bear it and can be seen by everyone.' }),
    coins,
  })
  .meta({ id: 'TopTag' });

const cohort = z
  .strictObject({
    week: day.meta({ description: 'Monday of the week, in UTC, in which they joined for the first time.' }),
    joined: count,
    gave: count.meta({ description: 'How many of them ever gave coins.' }),
    weeks: z
      .array(count)
      .meta({ description: 'How many of them gave in that week, in the next, and so on until now.' }),
  })
  .meta({ id: 'CampaignCohort' });

export const campaignAnalytics = z
  .strictObject({
    campaign_id: id.meta({ description: "The campaign's id." }),
    title: z.string(),
    status: z.enum(CAMPAIGN_STATUSES),
    hidden: z.boolean().meta({
      description:
        'Totals are shown once the campaign is completed; coins_over_time and top_ideas are empty until then.',
    }),
    total_coins: count.nullable().meta({ description: 'On all ideas together, expended ones too; null while hidden.' }),
    participation,
    bucket: z.enum(['hour', 'day']),
    coins_over_time: z
      .array(coinBucket)
      .meta({ description: 'Oldest first; buckets in which nothing moved are left out.' }),
    funnel,
    top_ideas: z.array(topIdea).meta({ description: 'Ten ideas with most coins, most first.' }),
    top_tags: z
      .array(topTag)
      .meta({ description: 'Ten tags with most coins, most first; while hidden, with most ideas.' }),
    cohorts: z.array(cohort).meta({ description: 'Oldest first.' }),
    watermark: z
      .strictObject({
        pos: count.meta({ description: 'Log position that all of it is exact to.' }),
        at: moment.meta({ description: 'When this was read.' }),
        behind: count.meta({ description: 'Rows of the log that are not in it yet: 0 in quiet times.' }),
      })
      .meta({ description: 'What the figures are exact to.' }),
  })
  .meta({ id: 'CampaignAnalytics' });
export type CampaignAnalyticsView = z.infer<typeof campaignAnalytics>;

const bucket = z
  .enum(['hour', 'day'])
  .optional()
  .meta({ description: `Width of the buckets, day if left out; the newest ${BUCKETS_MAX} are told.` });
const zone = timeZone.optional().meta({ description: 'By whose clock days begin; UTC if left out.' });

export const analyticsQuery = z.strictObject({ bucket, time_zone: zone });

export const ANALYTICS_TABLES = ['coins', 'ideas', 'tags', 'funnel', 'participation', 'cohorts'] as const;

export const analyticsCsvQuery = z.strictObject({
  bucket,
  time_zone: zone,
  table: z.enum(ANALYTICS_TABLES).optional().meta({ description: 'Which of the tables; coins over time if left out.' }),
});

export const analyticsReportQuery = z.strictObject({
  lang: z.enum(['en', 'de']).optional().meta({ description: 'Language of the report; en if left out.' }),
  time_zone: zone,
});
