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
