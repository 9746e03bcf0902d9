SET LOCAL ROLE psephos_urn;
-- Issues credentials: p_keys 32 bytes each, p_weights micro-units in the same order. Issuing one twice changes nothing.
-- Answers how many were new, or a refusal: 'not_found', 'ended', 'too_many'.
CREATE OR REPLACE FUNCTION urn.issue_credentials(p_org uuid, p_election uuid, p_keys bytea, p_weights bigint[], p_max bigint)
  RETURNS TABLE (issued integer, refusal text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text;
  v_before bigint;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  IF octet_length(p_keys) <> cardinality(p_weights) * 32 THEN
    RAISE EXCEPTION '% bytes of credentials and % weights', octet_length(p_keys), cardinality(p_weights)
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- shared, so that a close waits for it as for a batch of ballots, and no credential appears after the close
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(p_election::text, 7301));
  SELECT e.state INTO v_state FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF v_state IS NULL THEN
    RETURN QUERY SELECT 0, 'not_found'; RETURN;
  ELSIF v_state NOT IN ('draft', 'open') THEN
    RETURN QUERY SELECT 0, 'ended'; RETURN;
  END IF;
  SELECT count(*) INTO v_before FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election;
  IF v_before + cardinality(p_weights) > p_max THEN
    RETURN QUERY SELECT 0, 'too_many'; RETURN;
  END IF;
  INSERT INTO urn.credential (org_id, election_id, credential, weight)
    SELECT p_org, p_election, substring(p_keys FROM (w.o::integer - 1) * 32 + 1 FOR 32), w.weight
    FROM unnest(p_weights) WITH ORDINALITY w (weight, o)
    ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS issued = ROW_COUNT;
  RETURN QUERY SELECT issued, NULL::text;
END $$;
REVOKE ALL ON FUNCTION urn.issue_credentials(uuid, uuid, bytea, bigint[], bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.issue_credentials(uuid, uuid, bytea, bigint[], bigint) TO psephos_app;

-- The credential of an attendee. The leading zero byte keeps it apart from the SHA-256 of any one-time token: tokens
-- are text without control characters.
CREATE OR REPLACE FUNCTION urn.attendee_credential(p_election uuid, p_attendee uuid) RETURNS bytea
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT sha256('\x00'::bytea || convert_to('attendee', 'UTF8') || uuid_send(p_election) || uuid_send(p_attendee)) $$;
REVOKE ALL ON FUNCTION urn.attendee_credential(uuid, uuid) FROM PUBLIC;

-- Puts attendees on the electoral roll of one election of their meeting.
CREATE OR REPLACE FUNCTION urn.enrol(p_org uuid, p_election uuid, p_meeting uuid, p_attendee uuid) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  WITH entered AS (
    INSERT INTO app.electoral_roll (org_id, election_id, voter_id, name, credential)
    SELECT p_org, p_election, a.attendee_id, a.name, urn.attendee_credential(p_election, a.attendee_id)
    FROM app.attendees a
    WHERE a.org_id = p_org AND a.meeting_id = p_meeting AND (p_attendee IS NULL OR a.attendee_id = p_attendee)
    ON CONFLICT DO NOTHING
    RETURNING credential
  )
  INSERT INTO urn.credential (org_id, election_id, credential, weight)
  SELECT p_org, p_election, e.credential, 1000000 FROM entered e
  ON CONFLICT DO NOTHING
$$;
REVOKE ALL ON FUNCTION urn.enrol(uuid, uuid, uuid, uuid) FROM PUBLIC;

-- Somebody has joined: a place on the roll of every election of the meeting that is open and takes attendees.
CREATE OR REPLACE FUNCTION urn.enrol_attendee(p_org uuid, p_meeting uuid, p_attendee uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_election uuid;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  FOR v_election IN
    SELECT e.election_id FROM app.elections e
    WHERE e.org_id = p_org AND e.meeting_id = p_meeting AND e.roll = 'meeting' AND e.state IN ('draft', 'open')
    ORDER BY e.election_id
  LOOP
    -- Drafts too: one that is being opened at this moment may have read the attendees before this one was there. The
    -- lock waits for it, and its state is read again afterwards.
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(v_election::text, 7301));
    IF (SELECT e.state = 'open' FROM app.elections e WHERE e.org_id = p_org AND e.election_id = v_election) THEN
      PERFORM urn.enrol(p_org, v_election, p_meeting, p_attendee);
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION urn.enrol_attendee(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.enrol_attendee(uuid, uuid, uuid) TO psephos_app;
