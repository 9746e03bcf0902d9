SET LOCAL ROLE psephos_owner;
-- Compares what must be equal in a campaign, each computed anew from its rows: the ledger, the purses, the allocations and the
-- deltas in the log. One row a contradiction; none where all agree.
CREATE OR REPLACE FUNCTION app.audit_coins(p_org uuid, p_campaign uuid)
  RETURNS TABLE (what text, who uuid, expected bigint, found bigint)
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY
    WITH legs AS MATERIALIZED (
      SELECT l.holder, l.debit AS account, l.debit_of AS idea, -l.amount AS amount FROM app.ledger l
      WHERE l.org_id = p_org AND l.book = p_campaign
      UNION ALL
      SELECT l.holder, l.credit, l.credit_of, l.amount FROM app.ledger l WHERE l.org_id = p_org AND l.book = p_campaign
    ), sums AS (
      SELECT g.holder, g.account, sum(g.amount)::bigint AS amount FROM legs g GROUP BY g.holder, g.account
    ), purses AS (
      SELECT b.user_id AS holder, v.account, v.amount FROM app.coin_balances b
      CROSS JOIN LATERAL (VALUES ('available', b.available_coins), ('allocated', b.allocated_coins), ('expended', b.expended_coins),
        ('expired', b.expired_coins), ('issued', -b.issued_coins)) v (account, amount)
      WHERE b.org_id = p_org AND b.campaign_id = p_campaign
    ), placed AS (
      SELECT a.user_id AS holder, a.idea_id, CASE WHEN a.is_expended THEN 0 ELSE a.amount END AS amount,
             CASE WHEN a.is_expended THEN a.amount ELSE 0 END AS expended
      FROM app.coin_allocations a WHERE a.org_id = p_org AND a.campaign_id = p_campaign
    )
    SELECT 'ledger of all', NULL::uuid, 0::bigint, sum(g.amount)::bigint FROM legs g HAVING sum(g.amount) <> 0
    UNION ALL
    SELECT 'purse ' || coalesce(p.account, s.account), coalesce(p.holder, s.holder), coalesce(s.amount, 0), coalesce(p.amount, 0)
    FROM sums s FULL JOIN purses p ON p.holder = s.holder AND p.account = s.account
    WHERE coalesce(s.amount, 0) <> coalesce(p.amount, 0)
    UNION ALL
    SELECT 'allocations of one', coalesce(a.holder, p.holder), coalesce(p.amount, 0), coalesce(a.amount, 0)
    FROM (SELECT x.holder, sum(x.amount)::bigint AS amount FROM placed x GROUP BY x.holder) a
    FULL JOIN (SELECT * FROM purses x WHERE x.account = 'allocated') p ON p.holder = a.holder
    WHERE coalesce(a.amount, 0) <> coalesce(p.amount, 0)
    UNION ALL
    SELECT 'coins of one on an idea', coalesce(a.idea_id, g.idea), coalesce(g.amount, 0), coalesce(a.amount, 0)
    FROM (SELECT x.holder, x.idea, sum(x.amount)::bigint AS amount FROM legs x WHERE x.account = 'allocated' GROUP BY x.holder, x.idea) g
    FULL JOIN placed a ON a.holder = g.holder AND a.idea_id = g.idea
    WHERE coalesce(a.amount, 0) <> coalesce(g.amount, 0)
    UNION ALL
    SELECT 'board ' || f.figure, coalesce(a.idea_id, d.idea), coalesce(d.figures[f.n], 0), coalesce(a.figures[f.n], 0)
    FROM (SELECT x.idea_id, ARRAY[sum(x.amount + x.expended), count(*) FILTER (WHERE x.amount + x.expended > 0),
        sum(floor(sqrt((x.amount + x.expended)::double precision)))]::bigint[] AS figures
      FROM placed x GROUP BY x.idea_id) a
    FULL JOIN (SELECT e.key::uuid AS idea, ARRAY[sum((e.value ->> 0)::bigint), sum((e.value ->> 1)::bigint), sum((e.value ->> 2)::bigint)]::bigint[] AS figures
      FROM app.log l CROSS JOIN LATERAL jsonb_each(l.payload -> 'deltas') e
      WHERE l.org_id = p_org AND l.topic = p_campaign AND l.kind = 'campaign.coins' GROUP BY 1) d ON d.idea = a.idea_id
    CROSS JOIN (VALUES (1, 'coins'), (2, 'givers'), (3, 'votes')) f (n, figure)
    WHERE coalesce(a.figures[f.n], 0) <> coalesce(d.figures[f.n], 0);
END $$;
REVOKE ALL ON FUNCTION app.audit_coins(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.audit_coins(uuid, uuid) TO psephos_app;
