SET LOCAL ROLE psephos_urn;
-- The ballots of a published election in the order of their tracking codes, after p_after.
CREATE OR REPLACE FUNCTION urn.published_ballots(p_org uuid, p_election uuid, p_after bytea, p_limit integer)
  RETURNS TABLE (tracking_code bytea, ballot text, weight bigint, voter text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY SELECT b.tracking_code, b.ballot, b.weight,
      CASE WHEN e.secrecy = 'named' THEN coalesce(r.name, encode(b.voter, 'hex')) END
    FROM app.elections e
    JOIN urn.box b ON b.org_id = e.org_id AND b.election_id = e.election_id
    LEFT JOIN app.electoral_roll r ON r.org_id = b.org_id AND r.election_id = b.election_id AND r.credential = b.voter
    WHERE e.org_id = p_org AND e.election_id = p_election AND e.state = 'published' AND b.tracking_code > p_after
    ORDER BY b.tracking_code LIMIT p_limit;
END $$;
REVOKE ALL ON FUNCTION urn.published_ballots(uuid, uuid, bytea, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.published_ballots(uuid, uuid, bytea, integer) TO psephos_app;

-- One ballot of a published election by its tracking code.
CREATE OR REPLACE FUNCTION urn.find_ballot(p_org uuid, p_election uuid, p_tracking_code bytea)
  RETURNS TABLE (ballot text, weight bigint, voter text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY SELECT b.ballot, b.weight, CASE WHEN e.secrecy = 'named' THEN coalesce(r.name, encode(b.voter, 'hex')) END
    FROM app.elections e
    JOIN urn.box b ON b.org_id = e.org_id AND b.election_id = e.election_id
    LEFT JOIN app.electoral_roll r ON r.org_id = b.org_id AND r.election_id = b.election_id AND r.credential = b.voter
    WHERE e.org_id = p_org AND e.election_id = p_election AND e.state = 'published' AND b.tracking_code = p_tracking_code;
END $$;
REVOKE ALL ON FUNCTION urn.find_ballot(uuid, uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.find_ballot(uuid, uuid, bytea) TO psephos_app;
