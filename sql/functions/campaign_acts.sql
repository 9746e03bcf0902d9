SET LOCAL ROLE psephos_urn;
-- What managers and the clock do to a campaign and its ideas. Each holds the campaign alone, does the act and what follows for the
-- coins, and announces both; or answers why not, and changes nothing.

-- p_act: activate, complete, archive, expire (its coins). p_due: only where it is time by the campaign's own dates.
-- Answers done, not_found, not_due, or the status that does not allow it.
CREATE OR REPLACE FUNCTION urn.change_campaign(p_org uuid, p_campaign uuid, p_act text, p_by uuid, p_due boolean) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_campaign record;
  v_idea record;
  v_coins integer := 0;
BEGIN
  PERFORM urn.hold_campaign(p_org, p_campaign);
  SELECT c.status, c.start_date, c.end_date, p.coin_expiry, p.coins_expire_at, p.coins_expired_at,
         p.idea_submission_reward AS reward INTO v_campaign
    FROM app.campaigns c JOIN app.coin_policies p ON p.org_id = c.org_id AND p.campaign_id = c.id
    WHERE c.org_id = p_org AND c.id = p_campaign;
  IF NOT FOUND THEN
    RETURN 'not_found';
  END IF;
  IF v_campaign.status <> (CASE p_act WHEN 'activate' THEN 'draft' WHEN 'complete' THEN 'active' WHEN 'archive' THEN 'completed'
      ELSE v_campaign.status END) OR p_act = 'expire' AND (v_campaign.status NOT IN ('active', 'completed') OR v_campaign.coins_expired_at IS NOT NULL) THEN
    RETURN v_campaign.status;
  END IF;
  IF p_due AND NOT coalesce(clock_timestamp() >= (CASE p_act WHEN 'activate' THEN v_campaign.start_date WHEN 'complete'
      THEN v_campaign.end_date WHEN 'expire' THEN v_campaign.coins_expire_at END), false) THEN
    RETURN 'not_due';
  END IF;
  CASE p_act
    WHEN 'activate' THEN
      IF v_campaign.end_date <= clock_timestamp() THEN
        RETURN 'ended';
      END IF;
      UPDATE app.campaigns c SET status = 'active', activated_at = clock_timestamp() WHERE c.org_id = p_org AND c.id = p_campaign;
      UPDATE app.ideas i SET status = 'competing' WHERE i.org_id = p_org AND i.campaign_id = p_campaign AND i.status = 'approved';
      v_coins := urn.open_purses(p_org, p_campaign, ARRAY(SELECT m.user_id FROM app.campaign_members m
        WHERE m.org_id = p_org AND m.campaign_id = p_campaign AND m.state = 'joined'), p_by);
      -- ideas that were approved before there were purses
      FOR v_idea IN SELECT i.id, i.submitter_id FROM app.ideas i
          WHERE i.org_id = p_org AND i.campaign_id = p_campaign AND i.status = 'competing' LOOP
        PERFORM urn.issue_coins(p_org, p_campaign, ARRAY[v_idea.submitter_id], v_idea.id, 'reward', v_campaign.reward, p_by);
      END LOOP;
    WHEN 'complete' THEN
      UPDATE app.campaigns c SET status = 'completed', completed_at = clock_timestamp() WHERE c.org_id = p_org AND c.id = p_campaign;
      IF v_campaign.coin_expiry = 'at_end' THEN
        v_coins := urn.expire_purses(p_org, p_campaign, p_by);
      END IF;
    WHEN 'archive' THEN
      UPDATE app.campaigns c SET status = 'archived', archived_at = clock_timestamp() WHERE c.org_id = p_org AND c.id = p_campaign;
    WHEN 'expire' THEN
      v_coins := urn.expire_purses(p_org, p_campaign, p_by);
  END CASE;
  PERFORM urn.announce(p_org, p_campaign, CASE p_act WHEN 'activate' THEN 'campaign.activated' WHEN 'complete' THEN 'campaign.completed'
    WHEN 'archive' THEN 'campaign.archived' ELSE 'campaign.coins_expired' END, jsonb_build_object('by', p_by, 'purses', v_coins));
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.change_campaign(uuid, uuid, text, uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.change_campaign(uuid, uuid, text, uuid, boolean) TO psephos_app;

-- Members who have joined (rows of campaign_members say so) get a purse where the campaign is active; those of others are opened when
-- it is activated. p_open false: they have left, their coins stay where they are and move no more. Answers how many were given coins.
CREATE OR REPLACE FUNCTION urn.change_purses(p_org uuid, p_campaign uuid, p_users uuid[], p_open boolean, p_by uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  -- shared: it changes nothing that acts of others look at, and keeps the campaign's status as it is
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(p_campaign::text, 7305));
  IF NOT p_open THEN
    UPDATE app.coin_balances b SET is_open = false, updated_at = clock_timestamp()
      WHERE b.org_id = p_org AND b.campaign_id = p_campaign AND b.user_id = ANY (p_users);
    RETURN 0;
  END IF;
  IF NOT EXISTS (SELECT FROM app.campaigns c WHERE c.org_id = p_org AND c.id = p_campaign AND c.status = 'active') THEN
    RETURN 0;
  END IF;
  RETURN urn.open_purses(p_org, p_campaign, ARRAY(SELECT m.user_id FROM app.campaign_members m
    WHERE m.org_id = p_org AND m.campaign_id = p_campaign AND m.user_id = ANY (p_users) AND m.state = 'joined'), p_by);
END $$;
REVOKE ALL ON FUNCTION urn.change_purses(uuid, uuid, uuid[], boolean, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.change_purses(uuid, uuid, uuid[], boolean, uuid) TO psephos_app;

-- p_act: approve, reject, accept, start, complete, merge (into p_into). What becomes of the coins is the table in docs/guides/coins.md:
-- accepting expends them, rejecting returns them, merging moves them. Answers done, not_found, no_target (merging into itself, into
-- another campaign's or into one that takes no coins), campaign (its status allows no such act), or the idea's status that does not.
CREATE OR REPLACE FUNCTION urn.change_idea(p_org uuid, p_campaign uuid, p_idea uuid, p_act text, p_reason text, p_into uuid, p_by uuid)
  RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  c_from constant jsonb := '{"approve": ["pending"], "reject": ["pending", "approved", "competing"], "accept": ["competing"],
    "start": ["accepted"], "complete": ["in_progress"], "merge": ["pending", "approved", "competing"]}';
  v_status text;
  v_campaign text;
  v_submitter uuid;
  v_target text;
  v_to text;
  v_batch uuid := gen_random_uuid();
  v_deltas jsonb := '{}';
  v_reward bigint;
BEGIN
  PERFORM urn.hold_campaign(p_org, p_campaign);
  SELECT i.status, i.submitter_id, c.status INTO v_status, v_submitter, v_campaign
    FROM app.ideas i JOIN app.campaigns c ON c.org_id = i.org_id AND c.id = i.campaign_id
    WHERE i.org_id = p_org AND i.id = p_idea AND i.campaign_id = p_campaign;
  IF v_status IS NULL THEN
    RETURN 'not_found';
  END IF;
  IF NOT c_from -> p_act ? v_status THEN
    RETURN v_status;
  END IF;
  IF v_campaign = 'archived' OR p_act = 'approve' AND v_campaign = 'completed' OR p_act IN ('accept', 'start', 'complete') AND v_campaign = 'draft' THEN
    RETURN 'campaign';
  END IF;
  IF p_act = 'merge' THEN
    SELECT i.status INTO v_target FROM app.ideas i WHERE i.org_id = p_org AND i.id = p_into AND i.campaign_id = p_campaign AND i.id <> p_idea;
    -- coins can only come to lie on an idea that competes; one without coins may join any that is still open
    IF v_target IS NULL OR v_target NOT IN ('pending', 'approved', 'competing') OR v_status = 'competing' AND v_target <> 'competing' THEN
      RETURN 'no_target';
    END IF;
  END IF;
  v_to := CASE p_act WHEN 'approve' THEN CASE v_campaign WHEN 'draft' THEN 'approved' ELSE 'competing' END WHEN 'accept' THEN 'accepted'
    WHEN 'start' THEN 'in_progress' WHEN 'complete' THEN 'complete' ELSE 'rejected' END;
  UPDATE app.ideas i SET status = v_to,
      approved_at = CASE p_act WHEN 'approve' THEN clock_timestamp() ELSE i.approved_at END,
      accepted_at = CASE p_act WHEN 'accept' THEN clock_timestamp() ELSE i.accepted_at END,
      started_at = CASE p_act WHEN 'start' THEN clock_timestamp() ELSE i.started_at END,
      completed_at = CASE p_act WHEN 'complete' THEN clock_timestamp() ELSE i.completed_at END,
      rejected_at = CASE v_to WHEN 'rejected' THEN clock_timestamp() END,
      rejected_reason = CASE v_to WHEN 'rejected' THEN p_reason END, merged_into = CASE p_act WHEN 'merge' THEN p_into END
    WHERE i.org_id = p_org AND i.id = p_idea;
  IF p_act IN ('accept', 'reject', 'merge') THEN
    v_deltas := urn.settle_idea(p_org, p_campaign, p_idea,
      CASE p_act WHEN 'accept' THEN 'expend' WHEN 'reject' THEN 'return' ELSE 'merge' END, p_into, v_batch, p_by);
  ELSIF p_act = 'approve' THEN
    -- whoever has no purse, for the campaign has not begun or was never joined, is not rewarded; the idea is the request: once
    SELECT CASE WHEN p.coins_expired_at IS NULL THEN p.idea_submission_reward ELSE 0 END INTO v_reward
      FROM app.coin_policies p WHERE p.org_id = p_org AND p.campaign_id = p_campaign;
    PERFORM urn.issue_coins(p_org, p_campaign, ARRAY[v_submitter], p_idea, 'reward', v_reward, p_by);
  END IF;
  IF v_deltas <> '{}' THEN
    PERFORM urn.announce(p_org, p_campaign, 'campaign.coins', jsonb_build_object('batch', v_batch, 'size', 0, 'deltas', v_deltas));
  END IF;
  PERFORM urn.announce(p_org, p_campaign, CASE p_act WHEN 'approve' THEN 'idea.approved' WHEN 'reject' THEN 'idea.rejected'
    WHEN 'accept' THEN 'idea.accepted' WHEN 'start' THEN 'idea.started' WHEN 'complete' THEN 'idea.completed' ELSE 'idea.merged' END,
    jsonb_strip_nulls(jsonb_build_object('by', p_by, 'idea', p_idea, 'into', p_into)));
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.change_idea(uuid, uuid, uuid, text, text, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.change_idea(uuid, uuid, uuid, text, text, uuid, uuid) TO psephos_app;
