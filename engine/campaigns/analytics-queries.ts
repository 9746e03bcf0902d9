import { BUCKETS_MAX, COHORTS_MAX, TOP_ROWS } from '../../protocol/campaign-analytics.ts';
import type { IdeaStatus } from '../../protocol/ideas.ts';
import type { Transaction } from '../db/index.ts';
import type { AnalyticsFigures, AnalyticsQuery, Cohort, IdeaFunnel, TopIdea } from './analytics-figures.ts';
import type { Campaign } from './campaign.ts';

/** SQL of the figures of campaigns. */

interface AnalyticsRow {
  readonly at: Date;
  readonly pos: bigint;
  readonly head: bigint;
  readonly this_week: string;
  readonly figures: (IdeaFunnel & AnalyticsFigures['participation'] & { proposers: number; coins: number }) | null;
  readonly active_day: bigint;
  readonly active_week: bigint;
  readonly buckets: {
    start: string;
    given: number;
    taken_back: number;
    moved: number;
    returned: number;
    expended: number;
  }[];
  readonly ideas: TopIdea[];
  readonly tags: AnalyticsFigures['topTags'];
  readonly cohorts: Omit<Cohort, 'weeks'>[];
  readonly weeks: { cohort: string; week: string; gave: number }[];
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** One statement, so that all of it is of one moment. */
export async function selectAnalytics(
  tx: Transaction,
  { orgId, id }: Pick<Campaign, 'orgId' | 'id'>,
  { bucket, timeZone }: AnalyticsQuery,
  byIdeas: boolean,
): Promise<AnalyticsFigures> {
  const of = (table: string) => tx`${tx(table)} x WHERE x.org_id = ${orgId} AND x.campaign_id = ${id}`;
  const [row] = await tx<AnalyticsRow[]>`
    SELECT clock_timestamp() AS at, date_trunc('week', clock_timestamp() AT TIME ZONE 'UTC')::date::text AS this_week,
      coalesce((SELECT c.pos FROM app.consumer_cursors c WHERE c.org_id = ${orgId} AND c.consumer = 'campaigns'), 0) AS pos,
      coalesce((SELECT h.pos FROM app.log_head h WHERE h.org_id = ${orgId}), 0) AS head,
      (SELECT to_jsonb(x) FROM ${of('app.campaign_figures')}) AS figures,
      (SELECT coalesce(sum(x.members), 0)::bigint FROM ${of('app.campaign_active')}
        AND x.hour >= date_trunc('hour', now(), 'UTC') - interval '24 hours') AS active_day,
      (SELECT coalesce(sum(x.members), 0)::bigint FROM ${of('app.campaign_active')}
        AND x.hour >= date_trunc('hour', now(), 'UTC') - interval '168 hours') AS active_week,
      (SELECT coalesce(jsonb_agg(to_jsonb(b) ORDER BY b.start), '[]') FROM (
        SELECT date_trunc(${bucket}, x.hour, ${timeZone}) AS start, sum(x.given) AS given, sum(x.taken_back) AS taken_back,
          sum(x.moved) AS moved, sum(x.returned) AS returned, sum(x.expended) AS expended
        FROM (SELECT * FROM ${of('app.campaign_hours')} ORDER BY x.hour DESC LIMIT ${bucket === 'hour' ? BUCKETS_MAX : BUCKETS_MAX * 24}) x
        GROUP BY 1) b) AS buckets,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('ideaId', t.id, 'title', t.title, 'status', t.status, 'coins', t.coin_count,
          'comments', t.comments) ORDER BY t.coin_count DESC, t.id), '[]')
        FROM (SELECT i.id, i.title, i.status, x.coin_count, x.comments
          FROM app.idea_totals x JOIN app.ideas i ON i.org_id = x.org_id AND i.id = x.idea_id
          WHERE x.org_id = ${orgId} AND x.campaign_id = ${id} AND x.coin_count > 0 AND i.status NOT IN ('pending', 'rejected')
          ORDER BY x.coin_count DESC, x.idea_id LIMIT ${TOP_ROWS}) t) AS ideas,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('tagId', t.id, 'name', t.name, 'color', t.color, 'ideas', t.ideas, 'coins', t.coins)
          ORDER BY t.rank), '[]')
        FROM (SELECT g.id, g.name, g.color, x.ideas, x.coins,
            row_number() OVER (ORDER BY CASE WHEN ${byIdeas} THEN 0 ELSE x.coins END DESC, x.ideas DESC, g.name_key) AS rank
          FROM app.campaign_tag_totals x JOIN app.campaign_tags g ON g.org_id = x.org_id AND g.id = x.tag_id
          WHERE x.org_id = ${orgId} AND x.campaign_id = ${id} AND x.ideas > 0
          ORDER BY rank LIMIT ${TOP_ROWS}) t) AS tags,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('week', c.cohort, 'joined', c.joined, 'gave', c.gave) ORDER BY c.cohort), '[]')
        FROM (SELECT x.cohort, x.joined, x.gave FROM ${of('app.campaign_cohorts')}
          ORDER BY x.cohort DESC LIMIT ${COHORTS_MAX}) c) AS cohorts,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('cohort', x.cohort, 'week', x.week, 'gave', x.gave)), '[]')
        FROM ${of('app.campaign_cohort_weeks')}
          AND x.cohort >= coalesce((SELECT min(c.cohort) FROM (SELECT x.cohort FROM ${of('app.campaign_cohorts')}
            ORDER BY x.cohort DESC LIMIT ${COHORTS_MAX}) c), x.cohort)) AS weeks`;
  return figuresOf(row as AnalyticsRow);
}

function figuresOf(row: AnalyticsRow): AnalyticsFigures {
  const count = (name: keyof NonNullable<AnalyticsRow['figures']>) => row.figures?.[name] ?? 0;
  const lastMs = Date.parse(row.this_week);
  return {
    participation: {
      invited: count('invited'),
      requested: count('requested'),
      joined: count('joined'),
      activeDay: Number(row.active_day),
      activeWeek: Number(row.active_week),
      gave: count('gave'),
      submitted: count('proposers'),
    },
    coins: count('coins'),
    buckets: row.buckets.map(({ start, taken_back: takenBack, ...coins }) => ({
      start: new Date(start),
      takenBack,
      ...coins,
    })),
    funnel: {
      submitted: count('submitted'),
      approved: count('approved'),
      accepted: count('accepted'),
      started: count('started'),
      completed: count('completed'),
      rejected: count('rejected'),
      merged: count('merged'),
      refused: count('refused'),
    },
    topIdeas: row.ideas,
    topTags: row.tags,
    cohorts: row.cohorts.map((cohort) => ({ ...cohort, weeks: weeksOf(cohort.week, lastMs, row.weeks) })),
    pos: Number(row.pos),
    behind: Math.max(0, Number(row.head) - Number(row.pos)),
    at: row.at,
  };
}

/** A figure for each week from the cohort's own to this one. */
function weeksOf(cohort: string, lastMs: number, rows: AnalyticsRow['weeks']): number[] {
  const firstMs = Date.parse(cohort);
  const weeks = new Array<number>(Math.max(1, Math.round((lastMs - firstMs) / WEEK_MS) + 1)).fill(0);
  for (const row of rows) {
    if (row.cohort !== cohort) continue;
    const n = Math.round((Date.parse(row.week) - firstMs) / WEEK_MS);
    if (n >= 0 && n < weeks.length) weeks[n] = row.gave;
  }
  return weeks;
}

export async function selectIdeaRows(
  tx: Transaction,
  orgId: string,
  campaignId: string,
  limit: number,
): Promise<TopIdea[]> {
  const rows = await tx<{ id: string; title: string; status: IdeaStatus; coin_count: bigint; comments: number }[]>`
    SELECT i.id, i.title, i.status, x.coin_count, x.comments
    FROM app.idea_totals x JOIN app.ideas i ON i.org_id = x.org_id AND i.id = x.idea_id
    WHERE x.org_id = ${orgId} AND x.campaign_id = ${campaignId} AND i.status NOT IN ('pending', 'rejected')
    ORDER BY x.coin_count DESC, x.idea_id LIMIT ${limit}`;
  return rows.map(({ id, coin_count: coins, ...row }) => ({ ideaId: id, coins: Number(coins), ...row }));
}
