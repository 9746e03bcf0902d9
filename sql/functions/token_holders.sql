SET LOCAL ROLE psephos_door;
-- Whose election it is: a voting link names no organisation. Told to the engine alone, and to no caller.
CREATE OR REPLACE FUNCTION door.find_election(p_election uuid) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT e.org_id FROM app.elections e WHERE e.election_id = p_election LIMIT 1 $$;
REVOKE ALL ON FUNCTION door.find_election(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.find_election(uuid) TO psephos_app;

SET LOCAL ROLE psephos_urn;
-- One row where the credential is on the roll, with whether it was spent. Its holder could learn the same by casting.
CREATE OR REPLACE FUNCTION urn.find_credential(p_org uuid, p_election uuid, p_credential bytea) RETURNS TABLE (spent boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY SELECT k.spend_key IS NOT NULL FROM urn.credential k
    WHERE k.org_id = p_org AND k.election_id = p_election AND k.credential = p_credential;
END $$;
REVOKE ALL ON FUNCTION urn.find_credential(uuid, uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.find_credential(uuid, uuid, bytea) TO psephos_app;
