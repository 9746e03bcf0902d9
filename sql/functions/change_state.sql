SET LOCAL ROLE psephos_urn;
-- Opens, closes, cancels or publishes an election. Answers 'done' with the log position, or why not.
-- The exclusive lock is the barrier: it is granted only when every batch that started before has ended, batches that
-- start meanwhile are answered 'closing' without waiting, and later ones see the new state.
-- p_due: only if the election's own opens_at or closes_at has come (the sweep's condition, checked under the lock).
CREATE OR REPLACE FUNCTION urn.change_state(p_org uuid, p_election uuid, p_to text, p_reason text, p_due boolean, p_actor text)
  RETURNS TABLE (answer text, pos bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_election app.elections%ROWTYPE;
  v_pos bigint;
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'the barrier must be the first thing that its transaction does';
  END IF;
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM pg_advisory_xact_lock(hashtextextended(p_election::text, 7301));
  SELECT * INTO v_election FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'not_found', 0::bigint; RETURN;
  END IF;
  -- there is no way back to 'draft': a state that is not named here must not pass for a permitted one
  IF NOT (CASE p_to
      WHEN 'open' THEN v_election.state = 'draft'
      WHEN 'closed' THEN v_election.state = 'open'
      WHEN 'cancelled' THEN v_election.state IN ('draft', 'open', 'closed')
      WHEN 'published' THEN v_election.state = 'closed'
      ELSE false END) THEN
    RETURN QUERY SELECT v_election.state, 0::bigint; RETURN;
  END IF;
  IF p_due AND NOT coalesce(CASE p_to WHEN 'open' THEN v_election.opens_at ELSE v_election.closes_at END <= clock_timestamp(), false) THEN
    RETURN QUERY SELECT 'not_due', 0::bigint; RETURN;
  END IF;
  IF p_to = 'published' AND (v_election.sealed_at IS NULL
      OR NOT EXISTS (SELECT FROM app.results r WHERE r.org_id = p_org AND r.election_id = p_election)) THEN
    RETURN QUERY SELECT 'not_counted', 0::bigint; RETURN;
  END IF;
  IF p_to = 'open' THEN
    IF v_election.closes_at <= clock_timestamp() THEN
      RETURN QUERY SELECT 'closes_in_the_past', 0::bigint; RETURN;
    END IF;
    PERFORM urn.make_inbox(p_election);
    IF v_election.roll = 'meeting' THEN
      PERFORM urn.enrol(p_org, p_election, v_election.meeting_id, NULL);
    END IF;
  END IF;
  v_pos := urn.announce(p_org, p_election, CASE p_to WHEN 'open' THEN 'election.opened' ELSE 'election.' || p_to END,
    jsonb_strip_nulls(jsonb_build_object('state', p_to, 'reason', p_reason, 'by', p_actor)));
  UPDATE app.elections e SET
      state = p_to,
      opened_at = CASE p_to WHEN 'open' THEN clock_timestamp() ELSE e.opened_at END,
      closed_at = CASE WHEN p_to IN ('closed', 'cancelled') THEN coalesce(e.closed_at, clock_timestamp()) ELSE e.closed_at END,
      -- a draft that is cancelled has no inbox to seal
      sealed_at = CASE WHEN p_to = 'cancelled' AND e.state = 'draft' THEN clock_timestamp() ELSE e.sealed_at END,
      published_at = CASE p_to WHEN 'published' THEN clock_timestamp() ELSE e.published_at END,
      cancel_reason = coalesce(p_reason, e.cancel_reason),
      changed_pos = v_pos
    WHERE e.org_id = p_org AND e.election_id = p_election;
  RETURN QUERY SELECT 'done', v_pos;
END $$;
REVOKE ALL ON FUNCTION urn.change_state(uuid, uuid, text, text, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.change_state(uuid, uuid, text, text, boolean, text) TO psephos_app;
