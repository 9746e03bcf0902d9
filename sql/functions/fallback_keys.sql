SET LOCAL ROLE psephos_urn;
-- The state of an election, and the key that its ballots are sealed with while they wait elsewhere: p_new if it has none yet and
-- is open. No key where it is not open and has none (any more); no row where there is no such election.
CREATE OR REPLACE FUNCTION urn.fallback_key(p_org uuid, p_election uuid, p_new bytea) RETURNS TABLE (state text, key bytea)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text;
  v_key bytea;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  SELECT e.state INTO v_state FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  IF v_state IS NULL THEN
    RETURN;
  END IF;
  SELECT k.key INTO v_key FROM urn.fallback_key k WHERE k.org_id = p_org AND k.election_id = p_election;
  IF v_key IS NULL AND v_state = 'open' THEN
    INSERT INTO urn.fallback_key AS k (org_id, election_id, key) VALUES (p_org, p_election, p_new)
      ON CONFLICT (org_id, election_id) DO UPDATE SET key = k.key RETURNING k.key INTO v_key;
  END IF;
  RETURN QUERY SELECT v_state, v_key;
END $$;
REVOKE ALL ON FUNCTION urn.fallback_key(uuid, uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.fallback_key(uuid, uuid, bytea) TO psephos_app;

-- Erases the key of an election that is over. Whoever calls it has seen that no ballot of it waits.
CREATE OR REPLACE FUNCTION urn.forget_fallback_key(p_org uuid, p_election uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  DELETE FROM urn.fallback_key k WHERE k.org_id = p_org AND k.election_id = p_election AND EXISTS (
    SELECT FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election AND e.state NOT IN ('draft', 'open'));
END $$;
REVOKE ALL ON FUNCTION urn.forget_fallback_key(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.forget_fallback_key(uuid, uuid) TO psephos_app;

-- Elections of these organisations that are over and whose key is still there.
CREATE OR REPLACE FUNCTION urn.late_fallback_keys(p_orgs uuid[]) RETURNS TABLE (org_id uuid, election_id uuid)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_org uuid;
BEGIN
  FOREACH v_org IN ARRAY p_orgs LOOP
    PERFORM set_config('app.org_id', v_org::text, true);
    RETURN QUERY SELECT k.org_id, k.election_id FROM urn.fallback_key k
      JOIN app.elections e ON e.org_id = v_org AND e.election_id = k.election_id
      WHERE k.org_id = v_org AND e.state NOT IN ('draft', 'open');
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION urn.late_fallback_keys(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.late_fallback_keys(uuid[]) TO psephos_app;
