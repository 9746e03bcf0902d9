SET LOCAL ROLE psephos_urn;
-- Coins that move by what happens to a campaign or an idea. Whoever calls holds the campaign's lock alone (urn.hold_campaign), so
-- that no batch of acts is under way and none begins.

CREATE OR REPLACE FUNCTION urn.hold_campaign(p_org uuid, p_campaign uuid) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM pg_advisory_xact_lock(hashtextextended(p_campaign::text, 7305));
END $$;
REVOKE ALL ON FUNCTION urn.hold_campaign(uuid, uuid) FROM PUBLIC;

-- Gives coins to each of p_users out of the campaign's own, once for each p_request. Answers to how many.
CREATE OR REPLACE FUNCTION urn.issue_coins(p_org uuid, p_campaign uuid, p_users uuid[], p_request uuid, p_kind text, p_amount bigint, p_by uuid)
  RETURNS integer
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  v_given integer;
BEGIN
  IF p_amount = 0 THEN
    RETURN 0;
  END IF;
  -- one probe a row, whatever the statistics say: a join of 10,000 new purses with themselves took 12 s
  WITH fresh AS MATERIALIZED (
    SELECT b.* FROM unnest(p_users) u (id)
    CROSS JOIN LATERAL (SELECT * FROM app.coin_balances x
      WHERE x.org_id = p_org AND x.campaign_id = p_campaign AND x.user_id = u.id FOR NO KEY UPDATE) b
    LEFT JOIN LATERAL (SELECT true AS given FROM app.ledger l
      WHERE l.org_id = p_org AND l.book = p_campaign AND l.holder = u.id AND l.request_id = p_request OFFSET 0) d ON true
    WHERE d.given IS NULL
  ), paid AS (
    INSERT INTO app.coin_balances AS b (org_id, campaign_id, user_id, available_coins, allocated_coins, expended_coins, expired_coins, issued_coins)
    SELECT p_org, p_campaign, f.user_id, f.available_coins + p_amount, f.allocated_coins, f.expended_coins, f.expired_coins,
      f.issued_coins + p_amount
    FROM fresh f
    ON CONFLICT (org_id, campaign_id, user_id) DO UPDATE SET available_coins = excluded.available_coins,
      issued_coins = excluded.issued_coins, updated_at = clock_timestamp()
  )
  INSERT INTO app.ledger (org_id, book, holder, request_id, batch, kind, amount, debit, debit_before, debit_after,
      credit, credit_before, credit_after, created_by)
    SELECT p_org, p_campaign, f.user_id, p_request, p_request, p_kind, p_amount, 'issued', -f.issued_coins, -f.issued_coins - p_amount,
      'available', f.available_coins, f.available_coins + p_amount, p_by
    FROM fresh f;
  GET DIAGNOSTICS v_given = ROW_COUNT;
  RETURN v_given;
END $$;
REVOKE ALL ON FUNCTION urn.issue_coins(uuid, uuid, uuid[], uuid, text, bigint, uuid) FROM PUBLIC;

-- Opens the purses of members of an active campaign and puts the initial allocation into each, once however often they join. A
-- purse that was closed is opened again as it was. Answers how many were given coins.
CREATE OR REPLACE FUNCTION urn.open_purses(p_org uuid, p_campaign uuid, p_users uuid[], p_by uuid) RETURNS integer
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_amount bigint;
BEGIN
  SELECT CASE WHEN p.coins_expired_at IS NULL THEN p.initial_allocation ELSE 0 END INTO v_amount
    FROM app.coin_policies p WHERE p.org_id = p_org AND p.campaign_id = p_campaign;
  INSERT INTO app.coin_balances AS b (org_id, campaign_id, user_id, available_coins, allocated_coins, expended_coins, expired_coins, issued_coins)
    SELECT DISTINCT p_org, p_campaign, u.id, 0, 0, 0, 0, 0 FROM unnest(p_users) u (id)
    ON CONFLICT (org_id, campaign_id, user_id) DO UPDATE SET is_open = true, updated_at = clock_timestamp() WHERE NOT b.is_open;
  RETURN urn.issue_coins(p_org, p_campaign, p_users, p_campaign, 'initial', v_amount, p_by);
END $$;
REVOKE ALL ON FUNCTION urn.open_purses(uuid, uuid, uuid[], uuid) FROM PUBLIC;

-- Lays down what becomes of the coins on an idea, and writes it: p_kind expend (accepted), return (rejected; into the purse, or
-- away where coins have expired) or merge (onto p_into, as far as it can hold them; the rest returns). Answers the deltas of the
-- board.
CREATE OR REPLACE FUNCTION urn.settle_idea(p_org uuid, p_campaign uuid, p_idea uuid, p_kind text, p_into uuid, p_batch uuid, p_by uuid)
  RETURNS jsonb
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  v_quadratic boolean;
  v_to text;
  v_deltas jsonb;
BEGIN
  SELECT c.preset = 'quadratic', CASE WHEN p.coins_expired_at IS NULL THEN 'available' ELSE 'expired' END INTO v_quadratic, v_to
    FROM app.campaigns c JOIN app.coin_policies p ON p.org_id = c.org_id AND p.campaign_id = c.id
    WHERE c.org_id = p_org AND c.id = p_campaign;
  WITH holders AS MATERIALIZED (
    SELECT a.user_id AS u, a.amount AS a, coalesce(i.amount, 0) AS on_t, b.*,
           CASE WHEN p_kind <> 'merge' THEN 0
                WHEN v_quadratic THEN urn.votes_of(coalesce(i.amount, 0) + a.amount) ^ 2
                ELSE coalesce(i.amount, 0) + a.amount END::bigint AS kept
    FROM app.coin_allocations a
    CROSS JOIN LATERAL (SELECT x.available_coins, x.allocated_coins, x.expended_coins, x.expired_coins, x.issued_coins
      FROM app.coin_balances x WHERE x.org_id = p_org AND x.campaign_id = p_campaign AND x.user_id = a.user_id OFFSET 0) b
    LEFT JOIN LATERAL (SELECT x.amount FROM app.coin_allocations x
      WHERE x.org_id = p_org AND x.campaign_id = p_campaign AND x.user_id = a.user_id AND x.idea_id = p_into OFFSET 0) i ON true
    WHERE a.org_id = p_org AND a.idea_id = p_idea AND a.amount > 0 AND NOT a.is_expended
  ), settled AS MATERIALIZED (
    SELECT h.*, CASE p_kind WHEN 'expend' THEN 0 WHEN 'return' THEN h.a ELSE h.on_t + h.a - h.kept END AS back FROM holders h
  ), purses AS (
    INSERT INTO app.coin_balances AS b (org_id, campaign_id, user_id, available_coins, allocated_coins, expended_coins, expired_coins, issued_coins)
    SELECT p_org, p_campaign, s.u, s.available_coins + CASE v_to WHEN 'available' THEN s.back ELSE 0 END,
      s.allocated_coins - CASE p_kind WHEN 'expend' THEN s.a ELSE s.back END,
      s.expended_coins + CASE p_kind WHEN 'expend' THEN s.a ELSE 0 END,
      s.expired_coins + CASE v_to WHEN 'expired' THEN s.back ELSE 0 END, s.issued_coins
    FROM settled s
    ON CONFLICT (org_id, campaign_id, user_id) DO UPDATE SET available_coins = excluded.available_coins, allocated_coins = excluded.allocated_coins,
      expended_coins = excluded.expended_coins, expired_coins = excluded.expired_coins, updated_at = clock_timestamp()
  ), placed AS (
    INSERT INTO app.coin_allocations AS c (org_id, campaign_id, user_id, idea_id, amount, is_expended, expended_at)
    SELECT p_org, p_campaign, s.u, p_idea, CASE p_kind WHEN 'expend' THEN s.a ELSE 0 END, p_kind = 'expend',
      CASE p_kind WHEN 'expend' THEN clock_timestamp() END FROM settled s
    UNION ALL
    SELECT p_org, p_campaign, s.u, p_into, s.kept, false, NULL FROM settled s WHERE p_kind = 'merge'
    ON CONFLICT (org_id, campaign_id, user_id, idea_id) DO UPDATE SET amount = excluded.amount, is_expended = excluded.is_expended,
      expended_at = excluded.expended_at
  ), written AS (
    INSERT INTO app.ledger (org_id, book, holder, request_id, batch, kind, amount, debit, debit_of, debit_before, debit_after,
      credit, credit_of, credit_before, credit_after, created_by)
    SELECT p_org, p_campaign, s.u, p_batch, p_batch, p_kind, s.a, 'allocated', p_idea, s.a, 0,
      CASE p_kind WHEN 'expend' THEN 'expended' WHEN 'merge' THEN 'allocated' ELSE v_to END,
      CASE p_kind WHEN 'merge' THEN p_into END, c.before, c.before + s.a, p_by
    FROM settled s
    CROSS JOIN LATERAL (SELECT CASE WHEN p_kind = 'expend' THEN s.expended_coins WHEN p_kind = 'merge' THEN s.on_t
      WHEN v_to = 'expired' THEN s.expired_coins ELSE s.available_coins END AS before) c
    UNION ALL
    -- what a merged idea cannot hold (no square of votes) goes back; an act of its own for each holder
    SELECT p_org, p_campaign, s.u, gen_random_uuid(), p_batch, 'return', s.back, 'allocated', p_into, s.on_t + s.a, s.kept, v_to, NULL,
      c.before, c.before + s.back, p_by
    FROM settled s
    CROSS JOIN LATERAL (SELECT CASE v_to WHEN 'expired' THEN s.expired_coins ELSE s.available_coins END AS before) c
    WHERE p_kind = 'merge' AND s.back > 0
  )
  SELECT CASE p_kind
      WHEN 'expend' THEN '{}'::jsonb
      ELSE jsonb_build_object(p_idea, jsonb_build_array(-sum(s.a), -count(*), -sum(urn.votes_of(s.a))))
        || CASE p_kind WHEN 'merge' THEN jsonb_build_object(p_into, jsonb_build_array(sum(s.kept - s.on_t),
          count(*) FILTER (WHERE s.on_t = 0), sum(urn.votes_of(s.kept) - urn.votes_of(s.on_t)))) ELSE '{}' END END
    INTO v_deltas FROM settled s HAVING count(*) > 0;
  RETURN coalesce(v_deltas, '{}');
END $$;
REVOKE ALL ON FUNCTION urn.settle_idea(uuid, uuid, uuid, text, uuid, uuid, uuid) FROM PUBLIC;

-- What lies in purses ends. Answers of how many purses.
CREATE OR REPLACE FUNCTION urn.expire_purses(p_org uuid, p_campaign uuid, p_by uuid) RETURNS integer
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $$
DECLARE
  v_batch uuid := gen_random_uuid();
  v_purses integer;
BEGIN
  WITH full_purses AS MATERIALIZED (
    SELECT b.* FROM app.coin_balances b
    WHERE b.org_id = p_org AND b.campaign_id = p_campaign AND b.available_coins > 0 FOR NO KEY UPDATE
  ), emptied AS (
    INSERT INTO app.coin_balances AS b (org_id, campaign_id, user_id, available_coins, allocated_coins, expended_coins, expired_coins, issued_coins)
    SELECT p_org, p_campaign, f.user_id, 0, f.allocated_coins, f.expended_coins, f.expired_coins + f.available_coins, f.issued_coins
    FROM full_purses f
    ON CONFLICT (org_id, campaign_id, user_id) DO UPDATE SET available_coins = 0, expired_coins = excluded.expired_coins,
      updated_at = clock_timestamp()
  )
  INSERT INTO app.ledger (org_id, book, holder, request_id, batch, kind, amount, debit, debit_before, debit_after,
      credit, credit_before, credit_after, created_by)
    SELECT p_org, p_campaign, f.user_id, v_batch, v_batch, 'expire', f.available_coins, 'available', f.available_coins, 0,
      'expired', f.expired_coins, f.expired_coins + f.available_coins, p_by
    FROM full_purses f;
  GET DIAGNOSTICS v_purses = ROW_COUNT;
  UPDATE app.coin_policies p SET coins_expired_at = clock_timestamp() WHERE p.org_id = p_org AND p.campaign_id = p_campaign;
  RETURN v_purses;
END $$;
REVOKE ALL ON FUNCTION urn.expire_purses(uuid, uuid, uuid) FROM PUBLIC;
