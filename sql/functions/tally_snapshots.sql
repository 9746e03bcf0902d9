SET LOCAL ROLE psephos_urn;
-- Brings an open election's snapshot up where at least p_ballots came after it, so that a gateway that begins to watch it reads
-- no more than that. Answers whether it did.
CREATE OR REPLACE FUNCTION urn.keep_snapshot(p_org uuid, p_election uuid, p_ballots bigint) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_after bigint;
  v_since bigint;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  SELECT s.pos INTO v_after FROM urn.tally_snapshot s WHERE s.org_id = p_org AND s.election_id = p_election;
  BEGIN
    EXECUTE format('SELECT coalesce(sum(i.size), 0) FROM urn.%I i WHERE i.pos > $1', urn.inbox_of(p_election))
      INTO v_since USING coalesce(v_after, 0);
  EXCEPTION WHEN undefined_table THEN
    RETURN false; -- sealed meanwhile
  END;
  IF v_since < p_ballots THEN
    RETURN false;
  END IF;
  PERFORM urn.take_snapshot(p_org, p_election);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION urn.keep_snapshot(uuid, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.keep_snapshot(uuid, uuid, bigint) TO psephos_app;

-- The urn's part of app.refresh_statistics: its tables belong to another role.
CREATE OR REPLACE FUNCTION urn.refresh_statistics(p_rows bigint, p_done text[]) RETURNS text
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT app.analyse_most_changed(p_rows, p_done) $$;
REVOKE ALL ON FUNCTION urn.refresh_statistics(bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.refresh_statistics(bigint, text[]) TO psephos_app;
