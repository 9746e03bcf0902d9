import type { Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { FigureChanges, HourCoins, PersonActs } from './log-figures.ts';

/** SQL that keeps the statistics of campaigns. Whoever calls holds the consumer's cursor of the organisation. */

function listOf(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}

/** Those that are still there, kept from being deleted until the transaction ends. */
export async function lockCampaigns(
  tx: Transaction,
  orgId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ id: string }[]>`
    SELECT id FROM app.campaigns WHERE org_id = ${orgId} AND id = ANY (${listOf(ids)}::text::uuid[]) FOR KEY SHARE`;
  return new Set(rows.map(({ id }) => id));
}

export interface CoinBatch {
  readonly batch: string;
  readonly given: number;
  readonly takenBack: number;
  readonly moved: number;
  readonly givers: readonly string[];
  /** who moved coins or took them back */
  readonly others: readonly string[];
}

export async function takeBatches(tx: Transaction, orgId: string, batches: readonly string[]): Promise<CoinBatch[]> {
  const rows = await tx<
    { batch: string; given: bigint; taken_back: bigint; moved: bigint; givers: string; others: string }[]
  >`
    DELETE FROM app.coin_batches WHERE org_id = ${orgId} AND batch = ANY (${listOf(batches)}::text::uuid[])
    RETURNING batch, given, taken_back, moved, array_to_string(givers, ',') AS givers, array_to_string(others, ',') AS others`;
  const ids = (text: string) => (text === '' ? [] : text.split(','));
  return rows.map((row) => ({
    batch: row.batch,
    given: Number(row.given),
    takenBack: Number(row.taken_back),
    moved: Number(row.moved),
    givers: ids(row.givers),
    others: ids(row.others),
  }));
}

/**
 * Adds coins to ideas, and counts each under its tags as they are now: not before it is approved, and not once it is rejected.
 * What is not changed is not written, so that the search is not told of it. Where totals are shown its submitter is told of
 * what it got, a while after the first coin, and a day after the last time.
 */
export async function countIdeas(tx: Transaction, orgId: string, deltas: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...deltas].map(([idea, delta]) => ({ idea, delta }));
  const { coinsToldAfterMs: first, coinsToldEveryMs: every } = limits;
  await tx`
    WITH seen AS MATERIALIZED (
      SELECT i.campaign_id, i.id, d.delta, t.idea_id IS NULL AS fresh, coalesce(t.coin_count, 0) AS was,
        coalesce(t.counted_tags, '{}') AS old_tags, d.delta > 0 AND (NOT c.hide_totals OR c.status IN ('completed', 'archived')) AS tell,
        CASE WHEN i.status IN ('pending', 'rejected') THEN '{}' ELSE
          ARRAY(SELECT g.tag_id FROM app.idea_tags g WHERE g.org_id = i.org_id AND g.idea_id = i.id ORDER BY g.tag_id) END AS new_tags
      FROM jsonb_to_recordset(${tx.json(rows)}) d (idea uuid, delta bigint)
      JOIN app.ideas i ON i.org_id = ${orgId} AND i.id = d.idea
      JOIN app.campaigns c ON c.org_id = i.org_id AND c.id = i.campaign_id
      LEFT JOIN app.idea_totals t ON t.org_id = i.org_id AND t.idea_id = i.id
    ), written AS (
      INSERT INTO app.idea_totals AS t (org_id, campaign_id, idea_id, coin_count, counted_tags, untold_coins, tell_at)
      SELECT ${orgId}, s.campaign_id, s.id, s.delta, s.new_tags, CASE WHEN s.tell THEN s.delta ELSE 0 END,
        CASE WHEN s.tell THEN clock_timestamp() + make_interval(secs => ${first / 1_000}) END
      FROM seen s WHERE s.fresh OR s.delta <> 0 OR s.old_tags <> s.new_tags ORDER BY s.id
      ON CONFLICT (org_id, idea_id) DO UPDATE SET coin_count = t.coin_count + excluded.coin_count,
        counted_tags = excluded.counted_tags,
        untold_coins = CASE WHEN t.tell_at IS NULL AND excluded.tell_at IS NULL THEN 0 ELSE t.untold_coins + excluded.coin_count END,
        tell_at = coalesce(t.tell_at, greatest(excluded.tell_at, CASE WHEN excluded.tell_at IS NOT NULL THEN
          t.told_at + make_interval(secs => ${every / 1_000}) END))
    ), tags AS (
      SELECT s.campaign_id, x.tag_id, sum(x.ideas) AS ideas, sum(x.coins) AS coins FROM seen s
      CROSS JOIN LATERAL (
        SELECT u AS tag_id, -1 AS ideas, -s.was AS coins FROM unnest(s.old_tags) u
        UNION ALL SELECT u, 1, s.was + s.delta FROM unnest(s.new_tags) u) x
      WHERE EXISTS (SELECT FROM app.campaign_tags k WHERE k.org_id = ${orgId} AND k.id = x.tag_id)
      GROUP BY s.campaign_id, x.tag_id HAVING sum(x.ideas) <> 0 OR sum(x.coins) <> 0
    )
    INSERT INTO app.campaign_tag_totals AS t (org_id, campaign_id, tag_id, ideas, coins)
    SELECT ${orgId}, g.campaign_id, g.tag_id, g.ideas, g.coins FROM tags g ORDER BY g.tag_id
    ON CONFLICT (org_id, campaign_id, tag_id) DO UPDATE SET ideas = t.ideas + excluded.ideas, coins = t.coins + excluded.coins`;
}

export async function selectCoinCounts(
  tx: Transaction,
  orgId: string,
  ideas: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx<{ idea_id: string; coin_count: bigint }[]>`
    SELECT idea_id, coin_count FROM app.idea_totals WHERE org_id = ${orgId} AND idea_id = ANY (${listOf(ideas)}::text::uuid[])`;
  return new Map(rows.map((row) => [row.idea_id, Number(row.coin_count)]));
}

/** Those of ended ideas that were rejected or merged while they waited for moderation. */
export async function selectNeverApproved(tx: Transaction, orgId: string, ideas: readonly string[]): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    SELECT id FROM app.ideas WHERE org_id = ${orgId} AND id = ANY (${listOf(ideas)}::text::uuid[]) AND approved_at IS NULL`;
  return rows.map(({ id }) => id);
}

/** Counts each member once as what they are and did. Answers what that adds to the figures of their campaigns. */
export async function countPeople(
  tx: Transaction,
  orgId: string,
  people: readonly PersonActs[],
): Promise<(FigureChanges & { campaign: string })[]> {
  const told = people.map(({ weeks, ...person }) => ({ ...person, weeks: [...weeks] }));
  const rows = await tx<(Record<string, bigint> & { campaign: string })[]>`
    WITH seen AS MATERIALIZED (
      SELECT t.campaign, t.user AS user_id, m.state, p.state AS old_state, p.cohort AS old_cohort,
        coalesce(p.cohort, date_trunc('week', m.joined_at AT TIME ZONE 'UTC')::date) AS cohort,
        p.active_hour AS old_hour, greatest(p.active_hour, t.hour) AS active_hour, p.gave_week AS old_gave,
        ARRAY(SELECT w FROM unnest(t.weeks) w WHERE p.gave_week IS NULL OR w > p.gave_week) AS weeks,
        coalesce(p.proposed, false) AS old_proposed, coalesce(p.proposed, false) OR t.proposed AS proposed
      FROM jsonb_to_recordset(${tx.json(told)}) t (campaign uuid, "user" uuid, hour timestamptz, weeks date[], proposed boolean)
      LEFT JOIN app.campaign_members m ON m.org_id = ${orgId} AND m.campaign_id = t.campaign AND m.user_id = t.user
      LEFT JOIN app.campaign_people p ON p.org_id = ${orgId} AND p.campaign_id = t.campaign AND p.user_id = t.user
      WHERE m.user_id IS NOT NULL OR t.hour IS NOT NULL
    ), changed AS MATERIALIZED (
      SELECT s.*, greatest(s.old_gave, (SELECT max(w) FROM unnest(s.weeks) w)) AS gave_week FROM seen s
      WHERE s.state IS DISTINCT FROM s.old_state OR s.cohort IS DISTINCT FROM s.old_cohort OR s.weeks <> '{}'
        OR s.active_hour IS DISTINCT FROM s.old_hour OR s.proposed <> s.old_proposed
    ), kept AS (
      INSERT INTO app.campaign_people AS p (org_id, campaign_id, user_id, state, cohort, active_hour, gave_week, proposed)
      SELECT ${orgId}, c.campaign, c.user_id, c.state, c.cohort, c.active_hour, c.gave_week, c.proposed FROM changed c
      ON CONFLICT (org_id, campaign_id, user_id) DO UPDATE SET state = excluded.state, cohort = excluded.cohort,
        active_hour = excluded.active_hour, gave_week = excluded.gave_week, proposed = excluded.proposed
    ), active AS (
      INSERT INTO app.campaign_active AS a (org_id, campaign_id, hour, members)
      SELECT ${orgId}, c.campaign, x.hour, sum(x.members) FROM changed c
      CROSS JOIN LATERAL (VALUES (c.old_hour, -1), (c.active_hour, 1)) x (hour, members)
      WHERE c.active_hour IS DISTINCT FROM c.old_hour AND x.hour IS NOT NULL
      GROUP BY c.campaign, x.hour HAVING sum(x.members) <> 0
      ON CONFLICT (org_id, campaign_id, hour) DO UPDATE SET members = a.members + excluded.members
    ), cohorts AS (
      INSERT INTO app.campaign_cohorts AS k (org_id, campaign_id, cohort, joined, gave)
      SELECT ${orgId}, c.campaign, c.cohort, count(*) FILTER (WHERE c.old_cohort IS NULL),
        count(*) FILTER (WHERE c.old_gave IS NULL AND c.weeks <> '{}')
      FROM changed c WHERE c.cohort IS NOT NULL AND (c.old_cohort IS NULL OR c.old_gave IS NULL AND c.weeks <> '{}')
      GROUP BY c.campaign, c.cohort
      ON CONFLICT (org_id, campaign_id, cohort) DO UPDATE SET joined = k.joined + excluded.joined, gave = k.gave + excluded.gave
    ), cohort_weeks AS (
      INSERT INTO app.campaign_cohort_weeks AS k (org_id, campaign_id, cohort, week, gave)
      SELECT ${orgId}, c.campaign, c.cohort, w.week, count(*) FROM changed c CROSS JOIN LATERAL unnest(c.weeks) w (week)
      WHERE c.cohort IS NOT NULL GROUP BY c.campaign, c.cohort, w.week
      ON CONFLICT (org_id, campaign_id, cohort, week) DO UPDATE SET gave = k.gave + excluded.gave
    )
    SELECT c.campaign,
      count(*) FILTER (WHERE c.state = 'invited') - count(*) FILTER (WHERE c.old_state = 'invited') AS invited,
      count(*) FILTER (WHERE c.state = 'requested') - count(*) FILTER (WHERE c.old_state = 'requested') AS requested,
      count(*) FILTER (WHERE c.state = 'joined') - count(*) FILTER (WHERE c.old_state = 'joined') AS joined,
      count(*) FILTER (WHERE c.old_gave IS NULL AND c.weeks <> '{}') AS gave,
      count(*) FILTER (WHERE c.proposed AND NOT c.old_proposed) AS proposers
    FROM changed c GROUP BY c.campaign`;
  return rows.map(({ campaign, ...changes }) => ({
    ...(Object.fromEntries(Object.entries(changes).map(([name, by]) => [name, Number(by)])) as FigureChanges),
    campaign,
  })) as (FigureChanges & { campaign: string })[];
}

export async function addHours(tx: Transaction, orgId: string, hours: readonly HourCoins[]): Promise<void> {
  await tx`
    INSERT INTO app.campaign_hours AS h (org_id, campaign_id, hour, given, taken_back, moved, returned, expended)
    SELECT ${orgId}, t.campaign, t.hour, t.given, t.taken_back, t.moved, t.returned, t.expended
    FROM jsonb_to_recordset(${tx.json(hours as never)}) t (campaign uuid, hour timestamptz, given bigint, taken_back bigint,
      moved bigint, returned bigint, expended bigint)
    ON CONFLICT (org_id, campaign_id, hour) DO UPDATE SET given = h.given + excluded.given,
      taken_back = h.taken_back + excluded.taken_back, moved = h.moved + excluded.moved,
      returned = h.returned + excluded.returned, expended = h.expended + excluded.expended`;
}

export async function addFigures(
  tx: Transaction,
  orgId: string,
  changes: ReadonlyMap<string, FigureChanges>,
): Promise<void> {
  const rows = [...changes].map(([campaign, columns]) => ({ campaign, ...columns }));
  await tx`
    INSERT INTO app.campaign_figures AS f (org_id, campaign_id, invited, requested, joined, gave, proposers, submitted, approved,
      accepted, started, completed, rejected, merged, refused, coins)
    SELECT ${orgId}, t.campaign, coalesce(t.invited, 0), coalesce(t.requested, 0), coalesce(t.joined, 0), coalesce(t.gave, 0),
      coalesce(t.proposers, 0), coalesce(t.submitted, 0), coalesce(t.approved, 0), coalesce(t.accepted, 0), coalesce(t.started, 0),
      coalesce(t.completed, 0), coalesce(t.rejected, 0), coalesce(t.merged, 0), coalesce(t.refused, 0), coalesce(t.coins, 0)
    FROM jsonb_to_recordset(${tx.json(rows)}) t (campaign uuid, invited bigint, requested bigint, joined bigint, gave bigint,
      proposers bigint, submitted bigint, approved bigint, accepted bigint, started bigint, completed bigint, rejected bigint,
      merged bigint, refused bigint, coins bigint)
    ON CONFLICT (org_id, campaign_id) DO UPDATE SET invited = f.invited + excluded.invited, requested = f.requested + excluded.requested,
      joined = f.joined + excluded.joined, gave = f.gave + excluded.gave, proposers = f.proposers + excluded.proposers,
      submitted = f.submitted + excluded.submitted, approved = f.approved + excluded.approved,
      accepted = f.accepted + excluded.accepted, started = f.started + excluded.started,
      completed = f.completed + excluded.completed, rejected = f.rejected + excluded.rejected,
      merged = f.merged + excluded.merged, refused = f.refused + excluded.refused, coins = f.coins + excluded.coins`;
}

/** @param pos log position up to which all rows have been counted */
export async function rebuild(tx: Transaction, orgId: string, campaignId: string, pos: number): Promise<void> {
  await tx`SELECT app.rebuild_campaign_statistics(${orgId}, ${campaignId}, ${pos})`;
}
