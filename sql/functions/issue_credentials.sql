SET LOCAL ROLE psephos_urn;
-- Issues credentials: p_keys 32 bytes each, p_weights micro-units in the same order. Issuing one twice changes nothing.
-- Answers how many were new, or a refusal: 'not_found', 'ended', 'too_many', or 'differs' with how many of them were
-- issued with another weight and the place of the first, counted from 0. Past the quota it raises PSQ01.
CREATE OR REPLACE FUNCTION urn.issue_credentials(p_org uuid, p_election uuid, p_keys bytea, p_weights bigint[], p_max bigint)
  RETURNS TABLE (issued integer, refusal text, differing integer, place integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text;
  v_before bigint;
  v_new bigint;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  IF octet_length(p_keys) <> cardinality(p_weights) * 32 THEN
    RAISE EXCEPTION '% bytes of credentials and % weights', octet_length(p_keys), cardinality(p_weights)
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- shared, so that a close waits for it as for a batch of ballots, and no credential appears after the close
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(p_election::text, 7301));
  -- one at a time: two that each count without the other could pass the limit together
  PERFORM pg_advisory_xact_lock(hashtextextended(p_election::text, 7302));
  SELECT e.state INTO v_state FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF v_state IS NULL THEN
    RETURN QUERY SELECT 0, 'not_found', 0, 0; RETURN;
  ELSIF v_state NOT IN ('draft', 'open') THEN
    RETURN QUERY SELECT 0, 'ended', 0, 0; RETURN;
  END IF;
  -- a scalar subquery: one index probe a credential, whatever the statistics of a fresh roll say
  SELECT count(DISTINCT g.credential) FILTER (WHERE g.held IS NULL),
         count(*) FILTER (WHERE g.weight <> coalesce(g.held, g.first)),
         min(g.o) FILTER (WHERE g.weight <> coalesce(g.held, g.first)) - 1
    INTO v_new, differing, place
    FROM (
      SELECT i.*, first_value(i.weight) OVER (PARTITION BY i.credential ORDER BY i.o) AS first,
             (SELECT k.weight FROM urn.credential k
              WHERE k.org_id = p_org AND k.election_id = p_election AND k.credential = i.credential) AS held
      FROM (SELECT w.o, w.weight, substring(p_keys FROM (w.o::integer - 1) * 32 + 1 FOR 32) AS credential
            FROM unnest(p_weights) WITH ORDINALITY w (weight, o)) i) g;
  IF differing > 0 THEN
    RETURN QUERY SELECT 0, 'differs', differing, place; RETURN;
  END IF;
  SELECT count(*) INTO v_before FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election;
  IF v_new > 0 AND v_before + v_new > p_max THEN
    RETURN QUERY SELECT 0, 'too_many', 0, 0; RETURN;
  END IF;
  INSERT INTO urn.credential (org_id, election_id, credential, weight)
    SELECT p_org, p_election, substring(p_keys FROM (w.o::integer - 1) * 32 + 1 FOR 32), w.weight
    FROM unnest(p_weights) WITH ORDINALITY w (weight, o)
    ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS issued = ROW_COUNT;
  PERFORM urn.meter_credentials(p_org, issued);
  RETURN QUERY SELECT issued, NULL::text, 0, 0;
END $$;
REVOKE ALL ON FUNCTION urn.issue_credentials(uuid, uuid, bytea, bigint[], bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.issue_credentials(uuid, uuid, bytea, bigint[], bigint) TO psephos_app;
