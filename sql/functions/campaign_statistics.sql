SET LOCAL ROLE psephos_owner;
-- What the ledger says of coins on ideas, at the time of the log's row that announced it: of batches the row that names them, of
-- expended coins the acceptance of their idea.
CREATE OR REPLACE FUNCTION app.campaign_movements(p_org uuid, p_campaign uuid, p_pos bigint)
  RETURNS TABLE (holder uuid, kind text, amount bigint, at timestamptz)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off -- all of both is read: what joins them is a hash
AS $$
  SELECT g.holder, g.kind, g.amount, l.at
  FROM app.log l JOIN app.ledger g ON g.org_id = p_org AND g.book = p_campaign AND g.batch = (l.payload ->> 'batch')::uuid
  WHERE l.org_id = p_org AND l.topic = p_campaign AND l.kind = 'campaign.coins' AND l.pos <= p_pos
  UNION ALL
  SELECT g.holder, g.kind, g.amount, l.at
  FROM app.log l JOIN app.ledger g ON g.org_id = p_org AND g.book = p_campaign AND g.kind = 'expend' AND g.debit_of = (l.payload ->> 'idea')::uuid
  WHERE l.org_id = p_org AND l.topic = p_campaign AND l.kind = 'idea.accepted' AND l.pos <= p_pos
$$;
REVOKE ALL ON FUNCTION app.campaign_movements(uuid, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.campaign_movements(uuid, uuid, bigint) TO psephos_app;

-- Counts a campaign anew, from the log up to p_pos and the ledger: what a worker counts as the log goes on
-- (engine/campaigns/statistics.ts) must come to the same. Whoever calls holds that worker's cursor of the organisation at p_pos.
CREATE OR REPLACE FUNCTION app.rebuild_campaign_statistics(p_org uuid, p_campaign uuid, p_pos bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
BEGIN
  DELETE FROM app.campaign_figures f WHERE f.org_id = p_org AND f.campaign_id = p_campaign;
  DELETE FROM app.campaign_hours h WHERE h.org_id = p_org AND h.campaign_id = p_campaign;
  DELETE FROM app.campaign_people p WHERE p.org_id = p_org AND p.campaign_id = p_campaign;
  DELETE FROM app.campaign_active a WHERE a.org_id = p_org AND a.campaign_id = p_campaign;
  DELETE FROM app.campaign_cohorts c WHERE c.org_id = p_org AND c.campaign_id = p_campaign;
  DELETE FROM app.campaign_cohort_weeks c WHERE c.org_id = p_org AND c.campaign_id = p_campaign;
  DELETE FROM app.campaign_tag_totals t WHERE t.org_id = p_org AND t.campaign_id = p_campaign;

  INSERT INTO app.idea_totals AS t (org_id, campaign_id, idea_id, coin_count, counted_tags)
    SELECT p_org, p_campaign, i.id, coalesce(d.coins, 0), CASE WHEN i.status IN ('pending', 'rejected') THEN '{}' ELSE
      ARRAY(SELECT g.tag_id FROM app.idea_tags g WHERE g.org_id = p_org AND g.idea_id = i.id ORDER BY g.tag_id) END
    FROM app.ideas i
    LEFT JOIN (SELECT e.key::uuid AS idea, sum((e.value ->> 0)::bigint) AS coins
      FROM app.log l CROSS JOIN LATERAL jsonb_each(l.payload -> 'deltas') e
      WHERE l.org_id = p_org AND l.topic = p_campaign AND l.kind = 'campaign.coins' AND l.pos <= p_pos GROUP BY 1) d ON d.idea = i.id
    WHERE i.org_id = p_org AND i.campaign_id = p_campaign
    ON CONFLICT (org_id, idea_id) DO UPDATE SET coin_count = excluded.coin_count, counted_tags = excluded.counted_tags;
  INSERT INTO app.campaign_tag_totals (org_id, campaign_id, tag_id, ideas, coins)
    SELECT p_org, p_campaign, g.id, count(*), sum(t.coin_count) FROM app.idea_totals t CROSS JOIN LATERAL unnest(t.counted_tags) u
    JOIN app.campaign_tags g ON g.org_id = p_org AND g.id = u
    WHERE t.org_id = p_org AND t.campaign_id = p_campaign GROUP BY g.id;

  INSERT INTO app.campaign_hours (org_id, campaign_id, hour, given, taken_back, moved, returned, expended)
    SELECT p_org, p_campaign, date_trunc('hour', m.at, 'UTC'), coalesce(sum(m.amount) FILTER (WHERE m.kind = 'allocate'), 0),
      coalesce(sum(m.amount) FILTER (WHERE m.kind = 'withdraw'), 0), coalesce(sum(m.amount) FILTER (WHERE m.kind = 'reallocate'), 0),
      coalesce(sum(m.amount) FILTER (WHERE m.kind = 'return'), 0), coalesce(sum(m.amount) FILTER (WHERE m.kind = 'expend'), 0)
    FROM app.campaign_movements(p_org, p_campaign, p_pos) m GROUP BY 3;

  WITH acts AS MATERIALIZED (
    SELECT m.holder AS user_id, m.at, m.kind = 'allocate' AS gave, false AS proposed FROM app.campaign_movements(p_org, p_campaign, p_pos) m
    WHERE m.kind IN ('allocate', 'withdraw', 'reallocate')
    UNION ALL
    SELECT (l.payload ->> 'by')::uuid, l.at, false, l.kind = 'idea.submitted' FROM app.log l
    WHERE l.org_id = p_org AND l.topic = p_campaign AND l.kind IN ('idea.submitted', 'idea.commented') AND l.pos <= p_pos
  ), members AS (
    SELECT m.user_id, m.state, date_trunc('week', m.joined_at AT TIME ZONE 'UTC')::date AS cohort FROM app.campaign_members m
    WHERE m.org_id = p_org AND m.campaign_id = p_campaign
  ), people AS (
    INSERT INTO app.campaign_people (org_id, campaign_id, user_id, state, cohort, active_hour, gave_week, proposed)
    SELECT p_org, p_campaign, user_id, m.state, m.cohort, a.hour, a.week, coalesce(a.proposed, false) FROM members m
    FULL JOIN (SELECT x.user_id, date_trunc('hour', max(x.at), 'UTC') AS hour,
        date_trunc('week', max(x.at) FILTER (WHERE x.gave) AT TIME ZONE 'UTC')::date AS week, bool_or(x.proposed) AS proposed
      FROM acts x GROUP BY x.user_id) a USING (user_id)
    RETURNING user_id, state, cohort, active_hour, gave_week, proposed
  ), active AS (
    INSERT INTO app.campaign_active (org_id, campaign_id, hour, members)
    SELECT p_org, p_campaign, p.active_hour, count(*) FROM people p WHERE p.active_hour IS NOT NULL GROUP BY p.active_hour
  ), cohorts AS (
    INSERT INTO app.campaign_cohorts (org_id, campaign_id, cohort, joined, gave)
    SELECT p_org, p_campaign, p.cohort, count(*), count(p.gave_week) FROM people p WHERE p.cohort IS NOT NULL GROUP BY p.cohort
  ), weeks AS (
    INSERT INTO app.campaign_cohort_weeks (org_id, campaign_id, cohort, week, gave)
    SELECT p_org, p_campaign, m.cohort, date_trunc('week', x.at AT TIME ZONE 'UTC')::date, count(DISTINCT x.user_id)
    FROM acts x JOIN members m ON m.user_id = x.user_id WHERE x.gave AND m.cohort IS NOT NULL GROUP BY 3, 4
  ), steps AS (
    SELECT l.kind, count(*) AS n, count(*) FILTER (WHERE i.approved_at IS NULL) AS refused
    FROM app.log l JOIN app.ideas i ON i.org_id = p_org AND i.id = (l.payload ->> 'idea')::uuid
    WHERE l.org_id = p_org AND l.topic = p_campaign AND l.kind LIKE 'idea.%' AND l.pos <= p_pos GROUP BY l.kind
  ), step AS (
    SELECT coalesce(jsonb_object_agg(s.kind, s.n), '{}') AS n,
      coalesce(sum(s.refused) FILTER (WHERE s.kind IN ('idea.rejected', 'idea.merged')), 0) AS refused FROM steps s
  )
  INSERT INTO app.campaign_figures (org_id, campaign_id, invited, requested, joined, gave, proposers, submitted, approved, accepted,
      started, completed, rejected, merged, refused, coins)
    SELECT p_org, p_campaign, p.invited, p.requested, p.joined, p.gave, p.proposers, coalesce((s.n ->> 'idea.submitted')::bigint, 0),
      coalesce((s.n ->> 'idea.approved')::bigint, 0), coalesce((s.n ->> 'idea.accepted')::bigint, 0),
      coalesce((s.n ->> 'idea.started')::bigint, 0), coalesce((s.n ->> 'idea.completed')::bigint, 0),
      coalesce((s.n ->> 'idea.rejected')::bigint, 0), coalesce((s.n ->> 'idea.merged')::bigint, 0), s.refused,
      (SELECT coalesce(sum(t.coin_count), 0) FROM app.idea_totals t WHERE t.org_id = p_org AND t.campaign_id = p_campaign)
    FROM step s CROSS JOIN (SELECT count(*) FILTER (WHERE x.state = 'invited') AS invited,
        count(*) FILTER (WHERE x.state = 'requested') AS requested, count(*) FILTER (WHERE x.state = 'joined') AS joined,
        count(x.gave_week) AS gave, count(*) FILTER (WHERE x.proposed) AS proposers FROM people x) p;
END $$;
REVOKE ALL ON FUNCTION app.rebuild_campaign_statistics(uuid, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.rebuild_campaign_statistics(uuid, uuid, bigint) TO psephos_app;
