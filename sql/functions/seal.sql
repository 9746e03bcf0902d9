SET LOCAL ROLE psephos_urn;
-- After the close: moves every ballot from the inbox to the box in the order of the tracking codes, writes the
-- election's credentials anew, and drops the inbox, in one transaction. Afterwards no stored row (xmin, order, page)
-- joins the spending of a credential to a ballot. Answers the ballots in the box, or null if there is nothing to seal.
CREATE OR REPLACE FUNCTION urn.seal(p_org uuid, p_election uuid) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_ballots bigint;
  v_spent bigint;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM pg_advisory_xact_lock(hashtextextended(p_election::text, 7301));
  PERFORM FROM app.elections e
    WHERE e.org_id = p_org AND e.election_id = p_election AND e.state IN ('closed', 'cancelled') AND e.sealed_at IS NULL;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  INSERT INTO urn.box (org_id, election_id, tracking_code, ballot, weight, voter)
    SELECT p_org, p_election, b.tracking_code, b.ballot, b.weight, b.voter
    FROM urn.inbox_ballots(p_election, 0, 9223372036854775807) b ORDER BY b.tracking_code;
  GET DIAGNOSTICS v_ballots = ROW_COUNT;
  WITH old AS (
    DELETE FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election
    RETURNING k.credential, k.weight, k.spend_key
  )
  INSERT INTO urn.credential (org_id, election_id, credential, weight, spend_key)
    SELECT p_org, p_election, o.credential, o.weight, o.spend_key FROM old o ORDER BY o.credential;
  SELECT count(*) INTO v_spent FROM urn.credential k WHERE k.org_id = p_org AND k.election_id = p_election AND k.spend_key IS NOT NULL;
  IF v_spent <> v_ballots THEN
    RAISE EXCEPTION '% spent credentials and % ballots', v_spent, v_ballots USING ERRCODE = 'internal_error';
  END IF;
  EXECUTE format('DROP TABLE urn.%I', urn.inbox_of(p_election));
  -- after the drop, which waits for a take_snapshot that still reads the inbox: nothing would remove its row later
  DELETE FROM urn.tally_snapshot s WHERE s.org_id = p_org AND s.election_id = p_election;
  UPDATE app.elections e SET sealed_at = clock_timestamp() WHERE e.org_id = p_org AND e.election_id = p_election;
  RETURN v_ballots;
END $$;
REVOKE ALL ON FUNCTION urn.seal(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.seal(uuid, uuid) TO psephos_app;

-- SHA-256 over the tracking codes of a sealed election as the published list shows them: 32 hexadecimal digits each, in
-- ascending order, each followed by a line feed. Null before the seal.
CREATE OR REPLACE FUNCTION urn.tracking_digest(p_org uuid, p_election uuid) RETURNS bytea
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_list text;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election AND e.sealed_at IS NOT NULL;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(string_agg(encode(b.tracking_code, 'hex') || E'\n', '' ORDER BY b.tracking_code), '') INTO v_list
    FROM urn.box b WHERE b.org_id = p_org AND b.election_id = p_election;
  RETURN sha256(convert_to(v_list, 'UTF8'));
END $$;
REVOKE ALL ON FUNCTION urn.tracking_digest(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.tracking_digest(uuid, uuid) TO psephos_app;
