SET LOCAL ROLE psephos_door;
-- Attempts that all gateways count together. Rows belong to nobody; these functions are the only way to them.

-- Takes points in a window of so many milliseconds and answers what has been taken, and how long the window still lasts.
-- p_points may be 0 (looks) or negative (gives back); a window begins with the first point. p_forced: begins anew.
CREATE OR REPLACE FUNCTION door.take_points(p_key text, p_points integer, p_window_ms bigint, p_forced boolean)
  RETURNS TABLE (points bigint, left_ms double precision)
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO app.rate_limits AS r (key, points, ends_at)
    VALUES (p_key, greatest(0, p_points), clock_timestamp() + p_window_ms * interval '1 millisecond')
  ON CONFLICT (key) DO UPDATE SET
    points = CASE WHEN p_forced OR r.ends_at <= clock_timestamp() THEN excluded.points ELSE greatest(0, r.points + p_points) END,
    ends_at = CASE WHEN p_forced OR r.ends_at <= clock_timestamp() THEN excluded.ends_at ELSE r.ends_at END
  RETURNING r.points, greatest(0, extract(epoch FROM r.ends_at - clock_timestamp()) * 1000)::double precision
$$;
REVOKE ALL ON FUNCTION door.take_points(text, integer, bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.take_points(text, integer, bigint, boolean) TO psephos_app;

CREATE OR REPLACE FUNCTION door.points_taken(p_key text)
  RETURNS TABLE (points bigint, left_ms double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT r.points, greatest(0, extract(epoch FROM r.ends_at - clock_timestamp()) * 1000)::double precision
  FROM app.rate_limits r WHERE r.key = p_key AND r.ends_at > clock_timestamp()
$$;
REVOKE ALL ON FUNCTION door.points_taken(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.points_taken(text) TO psephos_app;

-- One attempt at a secret that people choose. The first few are free, then each is followed by a pause twice as long as
-- the one before, up to a longest; attempts within a pause are not taken. Answers how long to wait, 0: go on. The attempt
-- counts as failed until forget_points says otherwise, so that attempts side by side gain nothing.
CREATE OR REPLACE FUNCTION door.take_turn(p_key text, p_free integer, p_first_ms bigint, p_longest_ms bigint, p_forgotten_ms bigint)
  RETURNS double precision
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_now timestamptz;
  v_row app.rate_limits%ROWTYPE;
BEGIN
  INSERT INTO app.rate_limits (key, points, ends_at) VALUES (p_key, 0, clock_timestamp()) ON CONFLICT DO NOTHING;
  SELECT * INTO v_row FROM app.rate_limits r WHERE r.key = p_key FOR UPDATE;
  v_now := clock_timestamp();
  IF v_row.ends_at > v_now THEN
    RETURN extract(epoch FROM v_row.ends_at - v_now) * 1000;
  END IF;
  IF v_row.ends_at <= v_now - p_forgotten_ms * interval '1 millisecond' THEN
    v_row.points := 0;
  END IF;
  UPDATE app.rate_limits r SET points = v_row.points + 1,
      ends_at = v_now + CASE WHEN v_row.points + 1 < p_free THEN 0
        ELSE least(p_longest_ms, p_first_ms * power(2, least(v_row.points + 1 - p_free, 30))) END * interval '1 millisecond'
    WHERE r.key = p_key;
  RETURN 0;
END $$;
REVOKE ALL ON FUNCTION door.take_turn(text, integer, bigint, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.take_turn(text, integer, bigint, bigint, bigint) TO psephos_app;

CREATE OR REPLACE FUNCTION door.forget_points(p_key text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ DELETE FROM app.rate_limits r WHERE r.key = p_key RETURNING true $$;
REVOKE ALL ON FUNCTION door.forget_points(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.forget_points(text) TO psephos_app;

-- What has ended for longer than anything is remembered.
CREATE OR REPLACE FUNCTION door.clear_rate_limits(p_forgotten_ms bigint) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ DELETE FROM app.rate_limits r WHERE r.ends_at < clock_timestamp() - p_forgotten_ms * interval '1 millisecond' $$;
REVOKE ALL ON FUNCTION door.clear_rate_limits(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door.clear_rate_limits(bigint) TO psephos_app;
