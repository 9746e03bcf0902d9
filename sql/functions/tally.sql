SET LOCAL ROLE psephos_urn;
-- Follows the running tally of an open (or closed, not yet sealed) election from log position p_after.
-- In a secret election, while it is open, only whole steps of at least k (secret_step) ballots are given out. Steps are
-- cut from the batches in log order, so every gateway finds the same cuts, and nobody who compares two gateways learns fewer
-- than k ballots at once. A position that is no cut is refused: windows of one's own choice would overlap to single batches.
-- Answers one row: the election's state (all that it allows to be seen is in the figures), sealed (ask urn.count_box instead), cut_pos and cut_size (ballots between p_after and the cut),
-- head_pos (the newest batch or change of state, whichever came last: it never falls) and head_size (ballots between p_after
-- and the newest batch), at (commit of the cut's batch) and the ballots of the cut as
-- patterns. From p_after = 0 it begins with the snapshot.
CREATE OR REPLACE FUNCTION urn.follow_tally(p_org uuid, p_election uuid, p_after bigint)
  RETURNS TABLE (state text, sealed boolean, cut_pos bigint, cut_size bigint, head_pos bigint, head_size bigint, at timestamptz,
                 ballots text[], counts bigint[], weights bigint[])
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_step integer;
  v_inbox text := urn.inbox_of(p_election);
  v_batch record;
  v_waiting bigint := 0;
  v_from bigint := p_after;
  v_base bigint;
  v_is_cut boolean;
  v_snapshot urn.tally_snapshot%ROWTYPE;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  SELECT e.state, CASE WHEN e.secrecy = 'secret' AND e.state = 'open' THEN e.secret_step ELSE 1 END, e.changed_pos INTO state, v_step, head_pos
    FROM app.elections e WHERE e.org_id = p_org AND e.election_id = p_election;
  sealed := false; cut_pos := p_after; cut_size := 0; head_size := 0;
  IF state IS NULL OR state = 'draft' THEN
    RETURN NEXT; RETURN;
  END IF;
  BEGIN
    -- held to the end of the transaction, so that the inbox cannot be sealed away between two looks at it (a follower
    -- that met the seal used to fail with 42P01)
    EXECUTE format('LOCK TABLE urn.%I IN ACCESS SHARE MODE', v_inbox);
  EXCEPTION WHEN undefined_table THEN
    sealed := true;
    -- read again: between the first look and this one it was closed
    SELECT e.state, e.changed_pos INTO state, head_pos FROM app.elections e
      WHERE e.org_id = p_org AND e.election_id = p_election;
    RETURN NEXT; RETURN;
  END;
  SELECT * INTO v_snapshot FROM urn.tally_snapshot s WHERE s.org_id = p_org AND s.election_id = p_election;
  IF p_after = 0 AND v_snapshot.pos IS NOT NULL THEN
    v_from := v_snapshot.pos; cut_pos := v_snapshot.pos; cut_size := v_snapshot.cast_count; at := v_snapshot.at;
    head_pos := greatest(head_pos, cut_pos);
  END IF;
  -- cuts are found from one that is known: the beginning, or the snapshot; with steps of one every position will do
  v_base := CASE WHEN v_step = 1 THEN v_from WHEN v_snapshot.pos <= v_from THEN v_snapshot.pos ELSE 0 END;
  v_is_cut := v_base = v_from;
  FOR v_batch IN EXECUTE format('SELECT i.pos, i.size, i.at FROM urn.%I i WHERE i.pos > $1 ORDER BY i.pos', v_inbox) USING v_base LOOP
    v_waiting := v_waiting + v_batch.size;
    head_pos := greatest(head_pos, v_batch.pos);
    CONTINUE WHEN v_waiting < v_step;
    IF v_batch.pos > v_from THEN
      cut_pos := v_batch.pos; cut_size := cut_size + v_waiting; at := v_batch.at;
    END IF;
    v_is_cut := v_is_cut OR v_batch.pos = v_from;
    v_waiting := 0;
  END LOOP;
  IF NOT v_is_cut THEN
    RAISE EXCEPTION 'position % is no cut of this election', p_after USING ERRCODE = 'invalid_parameter_value';
  END IF;
  head_size := cut_size + v_waiting;
  SELECT array_agg(p.ballot), array_agg(p.n), array_agg(p.w) INTO ballots, counts, weights FROM (
    SELECT a.ballot, sum(a.n)::bigint AS n, sum(a.w)::bigint AS w FROM (
      SELECT b.ballot, 1::bigint AS n, b.weight AS w FROM urn.inbox_ballots(p_election, v_from, cut_pos) b
      UNION ALL
      SELECT u.ballot, u.n, u.w FROM unnest(v_snapshot.ballots, v_snapshot.counts, v_snapshot.weights) u (ballot, n, w)
      WHERE p_after = 0) a
    GROUP BY a.ballot) p;
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION urn.follow_tally(uuid, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.follow_tally(uuid, uuid, bigint) TO psephos_app;

-- Brings the snapshot up to the newest cut, so that the next start reads only what came after.
CREATE OR REPLACE FUNCTION urn.take_snapshot(p_org uuid, p_election uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_tally record;
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  -- one at a time, so that an older figure never replaces a newer one
  IF NOT pg_try_advisory_xact_lock(hashtextextended(p_election::text, 7302)) THEN
    RETURN;
  END IF;
  SELECT * INTO v_tally FROM urn.follow_tally(p_org, p_election, 0);
  IF v_tally.sealed OR v_tally.cut_size = 0 THEN
    RETURN;
  END IF;
  INSERT INTO urn.tally_snapshot AS s (org_id, election_id, pos, cast_count, ballots, counts, weights, at)
    VALUES (p_org, p_election, v_tally.cut_pos, v_tally.cut_size, v_tally.ballots, v_tally.counts, v_tally.weights, v_tally.at)
    ON CONFLICT (org_id, election_id) DO UPDATE SET pos = excluded.pos, cast_count = excluded.cast_count,
      ballots = excluded.ballots, counts = excluded.counts, weights = excluded.weights, at = excluded.at;
END $$;
REVOKE ALL ON FUNCTION urn.take_snapshot(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.take_snapshot(uuid, uuid) TO psephos_app;

-- Counts the ballots themselves, never a running figure: from the box, which is empty until the election is sealed.
CREATE OR REPLACE FUNCTION urn.count_box(p_org uuid, p_election uuid)
  RETURNS TABLE (ballot text, count bigint, weight bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM set_config('app.org_id', p_org::text, true);
  RETURN QUERY SELECT b.ballot, count(*), sum(b.weight)::bigint FROM urn.box b
    WHERE b.org_id = p_org AND b.election_id = p_election GROUP BY b.ballot ORDER BY b.ballot;
END $$;
REVOKE ALL ON FUNCTION urn.count_box(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION urn.count_box(uuid, uuid) TO psephos_app;
