SET LOCAL ROLE psephos_urn;
-- Opens, closes, cancels or publishes an election. Answers 'done' with the log position, or why not.
-- The exclusive lock is the barrier: it is granted only when every batch that started before has ended, batches that
-- start meanwhile are answered 'closing' without waiting, and later ones see the new state.
-- p_due: only if the election's own opens_at or closes_at has come (the sweep's condition, checked under the lock).
-- p_closes_at, p_duration (seconds): when one that is opened closes by itself; without them as the draft says.
CREATE OR REPLACE FUNCTION urn.change_state(p_org uuid, p_election uuid, p_to text, p_reason text, p_due boolean, p_actor text,
    p_closes_at timestamptz DEFAULT NULL, p_duration integer DEFAULT NULL)
  RETURNS TABLE (answer text, pos bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_election app.elections%ROWTYPE;
  v_pos bigint;
  v_closes_at timestamptz;
  v_present bigint;
  v_weight bigint;
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
      OR NOT EXISTS (SELECT FROM app.results r
        WHERE r.org_id = p_org AND r.election_id = p_election AND r.paper_version = v_election.paper_version)) THEN
    RETURN QUERY SELECT 'not_counted', 0::bigint; RETURN;
  END IF;
  IF p_to = 'published' AND EXISTS (SELECT FROM urn.paper_batch b
      WHERE b.org_id = p_org AND b.election_id = p_election AND b.confirmed_at IS NULL) THEN
    RETURN QUERY SELECT 'paper_waiting', 0::bigint; RETURN;
  END IF;
  v_closes_at := v_election.closes_at;
  IF p_to = 'open' THEN
    v_closes_at := coalesce(p_closes_at, clock_timestamp() + make_interval(secs => coalesce(p_duration, v_election.duration_seconds)),
      v_election.closes_at);
    IF v_closes_at <= clock_timestamp() THEN
      RETURN QUERY SELECT 'closes_in_the_past', 0::bigint; RETURN;
    END IF;
    IF v_election.roll_group_id IS NOT NULL AND NOT EXISTS (SELECT FROM app.groups g
        WHERE g.org_id = p_org AND g.group_id = v_election.roll_group_id) THEN
      RETURN QUERY SELECT 'no_group', 0::bigint; RETURN;
    END IF;
    PERFORM urn.make_inbox(p_election);
    IF v_election.roll = 'meeting' THEN
      PERFORM urn.enrol(p_org, p_election, v_election.meeting_id, NULL);
    ELSIF v_election.roll = 'members' THEN
      PERFORM urn.enrol_members(p_org, p_election, v_election.roll_group_id);
    END IF;
  ELSIF p_to = 'closed' AND v_election.present IS NULL AND v_election.meeting_id IS NOT NULL
      AND v_election.rules -> 'majority' ->> 'base' = 'present' THEN
    -- nobody has said how many are present: those whom the meeting knows to be at this moment
    SELECT p.present, p.weight INTO v_present, v_weight FROM urn.present_in(p_org, v_election.meeting_id) p;
  END IF;
  v_pos := urn.announce(p_org, p_election, CASE p_to WHEN 'open' THEN 'election.opened' ELSE 'election.' || p_to END,
    jsonb_strip_nulls(jsonb_build_object('state', p_to, 'reason', p_reason, 'by', p_actor, 'present', v_present,
      'closes_at', CASE p_to WHEN 'open' THEN to_char(v_closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END)));
  UPDATE app.elections e SET
      state = p_to,
      opened_at = CASE p_to WHEN 'open' THEN clock_timestamp() ELSE e.opened_at END,
      closed_at = CASE WHEN p_to IN ('closed', 'cancelled') THEN coalesce(e.closed_at, clock_timestamp()) ELSE e.closed_at END,
      -- a draft that is cancelled has no inbox to seal
      sealed_at = CASE WHEN p_to = 'cancelled' AND e.state = 'draft' THEN clock_timestamp() ELSE e.sealed_at END,
      published_at = CASE p_to WHEN 'published' THEN clock_timestamp() ELSE e.published_at END,
      closes_at = v_closes_at,
      present = coalesce(e.present, v_present),
      present_weight = CASE WHEN e.present IS NULL THEN v_weight ELSE e.present_weight END,
      opened_by = CASE p_to WHEN 'open' THEN p_actor ELSE e.opened_by END,
      closed_by = CASE WHEN p_to IN ('closed', 'cancelled') THEN p_actor ELSE e.closed_by END,
      published_by = CASE p_to WHEN 'published' THEN p_actor ELSE e.published_by END,
      cancel_reason = coalesce(p_reason, e.cancel_reason),
      changed_pos = v_pos
    WHERE e.org_id = p_org AND e.election_id = p_election;
  RETURN QUERY SELECT 'done', v_pos;
END $$;
REVOKE ALL ON FUNCTION urn.change_state(uuid, uuid, text, text, boolean, text, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.change_state(uuid, uuid, text, text, boolean, text, timestamptz, integer) TO psephos_app;

-- Moves the closing time of an open election to later. Answers 'done', 'no_end' (it has none), 'not_later', 'not_found', or
-- the state that forbids it; one whose time is over is 'closed', whether or not the sweep has been there.
CREATE OR REPLACE FUNCTION urn.extend_election(p_org uuid, p_election uuid, p_closes_at timestamptz, p_seconds integer, p_actor text)
  RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text;
  v_present timestamptz;
  v_new timestamptz;
  v_pos bigint;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM pg_advisory_xact_lock(hashtextextended(p_election::text, 7301));
  SELECT e.state, e.closes_at INTO v_state, v_present FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF v_state IS DISTINCT FROM 'open' THEN
    RETURN coalesce(v_state, 'not_found');
  ELSIF v_present IS NULL THEN
    RETURN 'no_end';
  ELSIF v_present <= clock_timestamp() THEN
    RETURN 'closed';
  END IF;
  v_new := coalesce(p_closes_at, v_present + make_interval(secs => p_seconds));
  IF v_new <= v_present THEN
    RETURN 'not_later';
  END IF;
  v_pos := urn.announce(p_org, p_election, 'election.extended', jsonb_build_object('state', 'open', 'by', p_actor,
    'closes_at', to_char(v_new AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')));
  UPDATE app.elections e SET closes_at = v_new, changed_pos = v_pos WHERE e.org_id = p_org AND e.election_id = p_election;
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.extend_election(uuid, uuid, timestamptz, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.extend_election(uuid, uuid, timestamptz, integer, text) TO psephos_app;

-- Writes a draft anew, as p_new has it whole, if it has not changed since p_pos. Answers 'done', 'changed', 'not_found', or
-- the state that forbids it.
CREATE OR REPLACE FUNCTION urn.edit_draft(p_org uuid, p_election uuid, p_new jsonb, p_pos bigint, p_actor text)
  RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text;
  v_changed bigint;
  v_pos bigint;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM pg_advisory_xact_lock(hashtextextended(p_election::text, 7301));
  SELECT e.state, e.changed_pos INTO v_state, v_changed FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF v_state IS DISTINCT FROM 'draft' THEN
    RETURN coalesce(v_state, 'not_found');
  ELSIF v_changed <> p_pos THEN
    RETURN 'changed';
  END IF;
  v_pos := urn.announce(p_org, p_election, 'election.edited', jsonb_build_object('state', 'draft', 'by', p_actor, 'title', p_new ->> 'title'));
  UPDATE app.elections e SET
      title = p_new ->> 'title', description = p_new ->> 'description', method = p_new -> 'method', options = p_new -> 'options',
      rules = p_new -> 'rules', secrecy = p_new ->> 'secrecy', visibility = p_new ->> 'visibility', roll = p_new ->> 'roll',
      roll_group_id = (p_new ->> 'rollGroupId')::uuid, secret_step = (p_new ->> 'secretStep')::integer,
      duration_seconds = (p_new ->> 'durationSeconds')::integer, present = (p_new ->> 'present')::integer,
      opens_at = (p_new ->> 'opensAt')::timestamptz, closes_at = (p_new ->> 'closesAt')::timestamptz, changed_pos = v_pos
    WHERE e.org_id = p_org AND e.election_id = p_election;
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.edit_draft(uuid, uuid, jsonb, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.edit_draft(uuid, uuid, jsonb, bigint, text) TO psephos_app;

-- Removes a draft and the credentials that were issued for it. Answers 'done', 'not_found', or the state that forbids it.
CREATE OR REPLACE FUNCTION urn.delete_draft(p_org uuid, p_election uuid, p_actor text)
  RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text;
  v_meeting uuid;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM pg_advisory_xact_lock(hashtextextended(p_election::text, 7301));
  SELECT e.state, e.meeting_id INTO v_state, v_meeting FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF v_state IS DISTINCT FROM 'draft' THEN
    RETURN coalesce(v_state, 'not_found');
  END IF;
  DELETE FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election;
  DELETE FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  PERFORM urn.announce(p_org, p_election, 'election.deleted', jsonb_build_object('by', p_actor, 'meeting', v_meeting));
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.delete_draft(uuid, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.delete_draft(uuid, uuid, text) TO psephos_app;

-- Whether a ballot with this credential could be cast into a draft: 'not_open', 'no_credential', 'not_found', or '' where the
-- election is a draft no more and the urn itself has to be asked.
CREATE OR REPLACE FUNCTION urn.draft_refusal(p_org uuid, p_election uuid, p_credential bytea)
  RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN coalesce((SELECT CASE WHEN e.state <> 'draft' THEN '' WHEN EXISTS (
      SELECT FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election AND k.credential = p_credential)
      THEN 'not_open' ELSE 'no_credential' END
    FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election), 'not_found');
END $$;
REVOKE ALL ON FUNCTION urn.draft_refusal(uuid, uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.draft_refusal(uuid, uuid, bytea) TO psephos_app;
