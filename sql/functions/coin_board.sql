SET LOCAL ROLE psephos_urn;
-- The board of a campaign as it stands: coins and givers of each idea, exact to the answered position of the organisation's log. One
-- statement, one snapshot: positions are taken in the transactions that move the coins. Votes are what a quadratic campaign counts:
-- the square root of each giver's coins. Ideas without coins are left out; one row without an idea where there are none at all.
CREATE OR REPLACE FUNCTION urn.coin_board(p_org uuid, p_campaign uuid)
  RETURNS TABLE (pos bigint, idea_id uuid, coins bigint, givers bigint, votes bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY
    SELECT h.pos, a.idea_id, a.coins, a.givers, a.votes
    FROM (SELECT coalesce((SELECT x.pos FROM app.log_head x WHERE x.org_id = p_org), 0) AS pos) h
    LEFT JOIN (
      SELECT x.idea_id, sum(x.amount)::bigint AS coins, count(*) AS givers, sum(urn.votes_of(x.amount))::bigint AS votes
      FROM app.coin_allocations x WHERE x.org_id = p_org AND x.campaign_id = p_campaign AND x.amount > 0 GROUP BY x.idea_id) a ON true;
END $$;
REVOKE ALL ON FUNCTION urn.coin_board(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.coin_board(uuid, uuid) TO psephos_app;
