SET LOCAL ROLE psephos_urn;
-- How many hold a credential and how many have spent it, with weights in micro-units. Never how.
CREATE OR REPLACE FUNCTION urn.participation(p_org uuid, p_election uuid)
  RETURNS TABLE (roll bigint, roll_weight bigint, voted bigint, voted_weight bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY SELECT count(*), coalesce(sum(k.weight), 0)::bigint, count(k.spend_key),
      coalesce(sum(k.weight) FILTER (WHERE k.spend_key IS NOT NULL), 0)::bigint
    FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election;
END $$;
REVOKE ALL ON FUNCTION urn.participation(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.participation(uuid, uuid) TO psephos_app;

-- The electoral roll by name, after p_after: whether each has voted, never how. p_voted: only those who have, or have not.
CREATE OR REPLACE FUNCTION urn.participants(p_org uuid, p_election uuid, p_voted boolean, p_after uuid, p_limit integer)
  RETURNS TABLE (voter_id uuid, name text, voted boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY SELECT r.voter_id, r.name, k.spend_key IS NOT NULL
    FROM app.electoral_roll r
    JOIN urn.credential k ON k.org_id = r.org_id AND k.election_id = r.election_id AND k.credential = r.credential
    WHERE r.org_id = p_org AND r.election_id = p_election
      AND (p_voted IS NULL OR (k.spend_key IS NOT NULL) = p_voted)
      AND (p_after IS NULL OR (r.name, r.voter_id) > (
        SELECT a.name, a.voter_id FROM app.electoral_roll a WHERE a.org_id = p_org AND a.election_id = p_election AND a.voter_id = p_after))
    ORDER BY r.name, r.voter_id LIMIT p_limit;
END $$;
REVOKE ALL ON FUNCTION urn.participants(uuid, uuid, boolean, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.participants(uuid, uuid, boolean, uuid, integer) TO psephos_app;
