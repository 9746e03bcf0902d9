SET LOCAL ROLE psephos_urn;
-- Ballots on paper. Every function that writes holds the election's advisory lock shared, so that it is over before a
-- change of state or comes after it, and a lock of its own, so that two heaps cannot share the last declared ballots. The
-- election's row is locked before the log's head, as everywhere under the shared lock.

-- Says that paper was touched: of a secret election how many ballots, never what they say.
CREATE OR REPLACE FUNCTION urn.announce_paper(p_org uuid, p_election uuid, p_kind text, p_ballots integer, p_person text, p_counts boolean)
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_pos bigint;
BEGIN
  UPDATE app.elections e SET paper_version = e.paper_version + p_counts::integer
    WHERE e.org_id = p_org AND e.election_id = p_election;
  v_pos := urn.announce(p_org, p_election, p_kind, jsonb_build_object('ballots', p_ballots, 'by', p_person));
  UPDATE app.elections e SET changed_pos = v_pos WHERE e.org_id = p_org AND e.election_id = p_election;
END $$;
REVOKE ALL ON FUNCTION urn.announce_paper(uuid, uuid, text, integer, text, boolean) FROM PUBLIC;

-- The state of the election once nobody else can touch its paper or its state; null where there is none.
CREATE OR REPLACE FUNCTION urn.lock_paper(p_org uuid, p_election uuid) RETURNS text
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(p_election::text, 7301));
  PERFORM pg_advisory_xact_lock(hashtextextended(p_election::text, 7306));
  SELECT e.state INTO v_state FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  RETURN v_state;
END $$;
REVOKE ALL ON FUNCTION urn.lock_paper(uuid, uuid) FROM PUBLIC;

-- How many ballots on paper were handed out. Answers 'done', 'not_found', 'entered' (more are in batches already) or the
-- state that forbids it.
CREATE OR REPLACE FUNCTION urn.declare_paper(p_org uuid, p_election uuid, p_ballots integer, p_person text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text := urn.lock_paper(p_org, p_election);
BEGIN
  IF v_state IS NULL OR v_state IN ('published', 'cancelled') THEN
    RETURN coalesce(v_state, 'not_found');
  END IF;
  IF p_ballots < (SELECT coalesce(sum(b.ballots), 0) FROM urn.paper_batch b WHERE b.org_id = p_org AND b.election_id = p_election) THEN
    RETURN 'entered';
  END IF;
  UPDATE app.elections e SET paper_declared = p_ballots WHERE e.org_id = p_org AND e.election_id = p_election;
  PERFORM urn.announce_paper(p_org, p_election, 'election.paper_declared', p_ballots, p_person, true);
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.declare_paper(uuid, uuid, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.declare_paper(uuid, uuid, integer, text) TO psephos_app;

-- The first count of a heap. Answers 'done', 'not_found', 'too_many' (more than declared) or the state that forbids it.
CREATE OR REPLACE FUNCTION urn.enter_paper(p_org uuid, p_election uuid, p_batch uuid, p_label text, p_ballots integer, p_form text,
    p_keys text[], p_figures bigint[], p_person text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text := urn.lock_paper(p_org, p_election);
BEGIN
  IF v_state IS NULL OR v_state NOT IN ('open', 'closed') THEN
    RETURN coalesce(v_state, 'not_found');
  END IF;
  IF p_ballots + (SELECT coalesce(sum(b.ballots), 0) FROM urn.paper_batch b WHERE b.org_id = p_org AND b.election_id = p_election)
      > (SELECT e.paper_declared FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election) THEN
    RETURN 'too_many';
  END IF;
  INSERT INTO urn.paper_batch (org_id, election_id, batch_id, label, ballots, form, keys, figures, entered_by)
    VALUES (p_org, p_election, p_batch, p_label, p_ballots, p_form, p_keys, p_figures, p_person);
  PERFORM urn.announce_paper(p_org, p_election, 'election.paper_entered', p_ballots, p_person, false);
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.enter_paper(uuid, uuid, uuid, text, integer, text, text[], bigint[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.enter_paper(uuid, uuid, uuid, text, integer, text, text[], bigint[], text) TO psephos_app;

-- The second count. Answers 'done'; 'mismatch' with the keys whose figures differ, never with the first count's figures;
-- 'same_person', 'other_form', 'confirmed' (it is already), 'no_batch', 'not_found', or the state that forbids it.
CREATE OR REPLACE FUNCTION urn.confirm_paper(p_org uuid, p_election uuid, p_batch uuid, p_ballots integer, p_form text,
    p_keys text[], p_figures bigint[], p_person text)
  RETURNS TABLE (answer text, differing text[])
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text := urn.lock_paper(p_org, p_election);
  v_batch urn.paper_batch%ROWTYPE;
BEGIN
  differing := '{}';
  IF v_state IS NULL OR v_state NOT IN ('open', 'closed') THEN
    answer := coalesce(v_state, 'not_found'); RETURN NEXT; RETURN;
  END IF;
  SELECT * INTO v_batch FROM urn.paper_batch b WHERE b.org_id = p_org AND b.election_id = p_election AND b.batch_id = p_batch;
  answer := CASE WHEN v_batch.batch_id IS NULL THEN 'no_batch' WHEN v_batch.confirmed_at IS NOT NULL THEN 'confirmed'
    WHEN v_batch.entered_by = p_person THEN 'same_person' WHEN v_batch.form <> p_form THEN 'other_form' END;
  IF answer IS NOT NULL THEN
    RETURN NEXT; RETURN;
  END IF;
  IF v_batch.ballots = p_ballots AND v_batch.keys = p_keys AND v_batch.figures = p_figures THEN
    UPDATE urn.paper_batch b SET confirmed_by = p_person, confirmed_at = clock_timestamp()
      WHERE b.org_id = p_org AND b.election_id = p_election AND b.batch_id = p_batch;
    PERFORM urn.announce_paper(p_org, p_election, 'election.paper_confirmed', p_ballots, p_person, true);
    answer := 'done';
  ELSE
    SELECT coalesce(array_agg(coalesce(a.key, b.key) ORDER BY coalesce(a.key, b.key)), '{}') INTO differing
      FROM unnest(v_batch.keys, v_batch.figures) a (key, figure)
      FULL JOIN unnest(p_keys, p_figures) b (key, figure) ON b.key = a.key
      WHERE a.figure IS DISTINCT FROM b.figure;
    UPDATE urn.paper_batch b SET mismatches = b.mismatches + 1
      WHERE b.org_id = p_org AND b.election_id = p_election AND b.batch_id = p_batch;
    PERFORM urn.announce_paper(p_org, p_election, 'election.paper_mismatch', v_batch.ballots, p_person, false);
    answer := 'mismatch';
  END IF;
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION urn.confirm_paper(uuid, uuid, uuid, integer, text, text[], bigint[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.confirm_paper(uuid, uuid, uuid, integer, text, text[], bigint[], text) TO psephos_app;

-- Takes a batch back, confirmed or not. Answers 'done', 'no_batch', 'not_found', or the state that forbids it.
CREATE OR REPLACE FUNCTION urn.withdraw_paper(p_org uuid, p_election uuid, p_batch uuid, p_person text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_state text := urn.lock_paper(p_org, p_election);
  v_ballots integer;
  v_counted boolean;
BEGIN
  IF v_state IS NULL OR v_state NOT IN ('open', 'closed') THEN
    RETURN coalesce(v_state, 'not_found');
  END IF;
  DELETE FROM urn.paper_batch b WHERE b.org_id = p_org AND b.election_id = p_election AND b.batch_id = p_batch
    RETURNING b.ballots, b.confirmed_at IS NOT NULL INTO v_ballots, v_counted;
  IF NOT FOUND THEN
    RETURN 'no_batch';
  END IF;
  PERFORM urn.announce_paper(p_org, p_election, 'election.paper_withdrawn', v_ballots, p_person, v_counted);
  RETURN 'done';
END $$;
REVOKE ALL ON FUNCTION urn.withdraw_paper(uuid, uuid, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.withdraw_paper(uuid, uuid, uuid, text) TO psephos_app;

-- The batches, oldest first. What they say is given out once the election has closed, and of confirmed ones only.
CREATE OR REPLACE FUNCTION urn.paper_batches(p_org uuid, p_election uuid)
  RETURNS TABLE (batch_id uuid, label text, ballots integer, form text, keys text[], figures bigint[], entered_by text,
    entered_at timestamptz, mismatches integer, confirmed_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY SELECT b.batch_id, b.label, b.ballots, b.form, CASE WHEN shown.yes THEN b.keys END, CASE WHEN shown.yes THEN b.figures END,
      b.entered_by, b.entered_at, b.mismatches, b.confirmed_at
    FROM app.elections e
    JOIN urn.paper_batch b ON b.org_id = e.org_id AND b.election_id = e.election_id
    CROSS JOIN LATERAL (SELECT e.state IN ('closed', 'published') AND b.confirmed_at IS NOT NULL AS yes) shown
    WHERE e.org_id = p_org AND e.election_id = p_election ORDER BY b.entered_at, b.batch_id;
END $$;
REVOKE ALL ON FUNCTION urn.paper_batches(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.paper_batches(uuid, uuid) TO psephos_app;

-- Keeps a counted result, unless what counts on paper has changed since it was read (p_version). The digest stays the one
-- of the running tally at the close. True where it is the stored one now.
CREATE OR REPLACE FUNCTION urn.store_result(p_org uuid, p_election uuid, p_result jsonb, p_digest bytea, p_version integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF urn.lock_paper(p_org, p_election) IS DISTINCT FROM 'closed'
      OR (SELECT e.paper_version FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election) <> p_version THEN
    RETURN false;
  END IF;
  INSERT INTO app.results AS r (org_id, election_id, result, tally_digest, paper_version)
    VALUES (p_org, p_election, p_result, p_digest, p_version)
    ON CONFLICT (org_id, election_id) DO UPDATE SET result = excluded.result, paper_version = excluded.paper_version,
      counted_at = clock_timestamp() WHERE r.paper_version < excluded.paper_version;
  IF FOUND THEN
    PERFORM urn.announce(p_org, p_election, 'election.counted', '{}');
  END IF;
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION urn.store_result(uuid, uuid, jsonb, bytea, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.store_result(uuid, uuid, jsonb, bytea, integer) TO psephos_app;
